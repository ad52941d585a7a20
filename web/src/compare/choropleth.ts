import type { ExpressionSpecification, LayerSpecification, Map as MapLibre, MapLayerMouseEvent } from 'maplibre-gl';
import type { TileJson } from '../api';

const SOURCE = 'compare';
const FILL = 'compare-fill';
const LAYERS = [FILL, 'compare-outline', 'compare-casing', 'compare-marked'];
/** How many areas are coloured in one frame, so that the map moves on meanwhile. */
const AREAS_PER_FRAME = 1500;
const OPACITY = 0.85;
/** Tiles of all zooms begin so many zooms before the areas in them can be read. */
const EARLIER = 5;

/** The colour an area is filled with; null is clear. */
export type Fill = string | null;

/**
 * The areas of one level, each filled with a colour of its own, under the lines and names of the map and over its
 * buildings, which show through.
 */
export class Choropleth {
  private tiles: TileJson | null = null;
  /** The layers of buildings that were put under the fills, each with the one that it came before. */
  private lowered: [layer: string, before: string | undefined][] = [];
  private sourceLayer = '';
  private wanted = new Map<string, Fill>();
  private readonly drawn = new Map<string, Fill>();
  private painting = new AbortController();
  private marked: string | null = null;

  constructor(
    private readonly map: MapLibre,
    private readonly onHover: (code: string | null) => void,
  ) {}

  show(tiles: TileJson, sourceLayer: string, fills: Map<string, Fill>): void {
    if (sourceLayer !== this.sourceLayer || !this.map.getSource(SOURCE)) {
      this.remove();
      this.tiles = tiles;
      this.sourceLayer = sourceLayer;
      this.add(tiles);
    }
    this.recolour(fills);
  }

  recolour(fills: Map<string, Fill>): void {
    this.wanted = fills;
    void this.paint();
  }

  remove(): void {
    this.painting.abort();
    this.map.off('mousemove', FILL, this.hover);
    this.map.off('mouseleave', FILL, this.leave);
    for (const [layer, before] of this.lowered) this.map.moveLayer(layer, before);
    for (const layer of LAYERS) if (this.map.getLayer(layer)) this.map.removeLayer(layer);
    if (this.map.getSource(SOURCE)) this.map.removeSource(SOURCE);
    this.lowered = [];
    this.drawn.clear();
    this.tiles = null;
    this.sourceLayer = '';
    this.marked = null;
  }

  mark(code: string | null): void {
    if (code === this.marked || !this.tiles) return;
    if (this.marked !== null) this.setState(this.marked, { marked: false });
    if (code !== null) this.setState(code, { marked: true });
    this.marked = code;
  }

  /** The first zoom at which these areas are drawn. */
  get firstZoom(): number {
    return this.tiles?.minzoom ?? 0;
  }

  get isDrawn(): boolean {
    return this.tiles !== null && this.map.getZoom() >= this.firstZoom;
  }

  get isLoaded(): boolean {
    return this.isDrawn && this.map.isSourceLoaded(SOURCE);
  }

  /** The areas at least partly in a part of the map, in pixels. */
  codesWithin(width: number, height: number): Set<string> {
    const box: [[number, number], [number, number]] = [
      [0, 0],
      [width, height],
    ];
    const found = this.map.queryRenderedFeatures(box, { layers: [FILL], validate: false });
    return new Set(found.map(({ properties }) => String(properties['code'])));
  }

  private add({ tiles, minzoom, maxzoom, bounds }: TileJson): void {
    this.map.addSource(SOURCE, {
      type: 'vector',
      tiles,
      minzoom,
      maxzoom,
      promoteId: 'code',
      ...(bounds && { bounds: bounds as [number, number, number, number] }),
    });
    const { layers } = this.map.getStyle();
    const below = layers.find(({ type }) => type === 'line' || type === 'symbol')?.id;
    const above = layers.find(({ type }) => type === 'fill-extrusion' || type === 'symbol')?.id;
    for (const layer of this.fills()) this.map.addLayer(layer, below);
    for (const layer of this.marks()) this.map.addLayer(layer, above);
    this.lowerBuildings(layers);
    this.map.on('mousemove', FILL, this.hover);
    this.map.on('mouseleave', FILL, this.leave);
  }

  /** Under the fills buildings fade, whatever colours the theme gives them meanwhile. */
  private lowerBuildings(layers: LayerSpecification[]): void {
    const first = layers.findIndex(({ type }) => type === 'line' || type === 'symbol');
    layers.forEach((layer, place) => {
      // One that was chosen stands out still.
      if (place < first || layer.type !== 'fill-extrusion' || layer.id.startsWith('selected-')) return;
      this.lowered.unshift([layer.id, layers[place + 1]?.id]);
      this.map.moveLayer(layer.id, FILL);
    });
  }

  private fills(): LayerSpecification[] {
    const common = { source: SOURCE, 'source-layer': this.sourceLayer };
    return [
      {
        id: FILL,
        type: 'fill',
        ...common,
        paint: {
          'fill-antialias': false,
          'fill-opacity': OPACITY,
          'fill-color': ['to-color', ['feature-state', 'colour'], 'rgba(0,0,0,0)'],
        },
      },
      {
        id: 'compare-outline',
        type: 'line',
        ...common,
        // From afar lines as wide as those of the near would be all that is seen.
        paint: {
          'line-color': '#6b7a91',
          'line-width': ['interpolate', ['linear'], ['zoom'], this.readZoom - 3, 0.1, this.readZoom, 0.8],
        },
      },
    ];
  }

  private marks(): LayerSpecification[] {
    const common = { source: SOURCE, 'source-layer': this.sourceLayer, layout: { 'line-join': 'round' } } as const;
    const widthIfMarked = (width: number): ExpressionSpecification => [
      'case',
      ['boolean', ['feature-state', 'marked'], false],
      width,
      0,
    ];
    return [
      {
        id: 'compare-casing',
        type: 'line',
        ...common,
        paint: { 'line-color': '#ffffff', 'line-width': widthIfMarked(6) },
      },
      {
        id: 'compare-marked',
        type: 'line',
        ...common,
        paint: { 'line-color': '#c2185b', 'line-width': widthIfMarked(3) },
      },
    ];
  }

  private readonly hover = ({ features }: MapLayerMouseEvent): void => {
    const code: unknown = features?.[0]?.properties['code'];
    if (code !== undefined) this.onHover(String(code));
  };

  private readonly leave = (): void => this.onHover(null);

  /** The zoom from which on the areas can be told apart. */
  private get readZoom(): number {
    return this.firstZoom + EARLIER;
  }

  private async paint(): Promise<void> {
    this.painting.abort();
    const { signal } = (this.painting = new AbortController());
    let areas = 0;
    for (const [code, fill] of this.wanted) {
      if (this.drawn.get(code) === fill) continue;
      this.setState(code, { colour: fill });
      this.drawn.set(code, fill);
      areas += 1;
      if (areas % AREAS_PER_FRAME !== 0) continue;
      await nextFrame();
      if (signal.aborted) return;
    }
  }

  private setState(code: string, state: Record<string, unknown>): void {
    this.map.setFeatureState({ source: SOURCE, sourceLayer: this.sourceLayer, id: code }, state);
  }
}

function nextFrame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
