import type {
  ExpressionSpecification,
  GeoJSONSource,
  LayerSpecification,
  Map as MapLibre,
  MapLayerMouseEvent,
} from 'maplibre-gl';
import type { TileJson } from '../api';
import type { Convert } from '../coordinates';
import { hatchTile } from './hatch';
import { outlines, OUTLINES_MAX } from './outlines';

/** The areas in tiles, and from afar, where the tiles of their level have not begun, as one file. */
const NEAR = 'compare';
const FAR = 'compare-far';
const SOURCES = [NEAR, FAR];
const PARTS = ['fill', 'hatching', 'outline', 'casing', 'marked'] as const;
const FILLS = SOURCES.map((source) => `${source}-fill`);
const HATCH_IMAGE = 'compare-hatch';
/** The hatch is drawn at twice its size for screens of high resolution. */
const HATCH_SCALE = 2;
/** How many areas are coloured in one frame, so that the map moves on meanwhile. */
const AREAS_PER_FRAME = 1500;
const OPACITY = 0.85;

/** What an area is filled with. */
export type Fill = { colour: string } | 'hatched' | 'clear';

/**
 * The areas of one level, each filled with a colour of its own, under the lines and names of the map and over its
 * buildings, which show through.
 */
export class Choropleth {
  private tiles: TileJson | null = null;
  private far: 'unknown' | 'loading' | 'loaded' | 'failed' = 'unknown';
  private loading = new AbortController();
  /** The layers of buildings that were put under the fills, each with the one that it came before. */
  private lowered: [layer: string, before: string | undefined][] = [];
  private sourceLayer = '';
  private wanted = new Map<string, Fill>();
  private readonly drawn = new Map<string, Fill>();
  private painting = new AbortController();
  private marked: string | null = null;

  constructor(
    private readonly map: MapLibre,
    private readonly shown: Convert,
    private readonly onHover: (code: string | null) => void,
  ) {}

  show(tiles: TileJson, sourceLayer: string, fills: Map<string, Fill>): void {
    if (sourceLayer !== this.sourceLayer || !this.map.getSource(NEAR)) {
      this.remove();
      this.tiles = tiles;
      this.sourceLayer = sourceLayer;
      this.add(tiles);
    }
    this.recolour(fills);
    this.followZoom();
  }

  recolour(fills: Map<string, Fill>): void {
    this.wanted = fills;
    void this.paint();
  }

  remove(): void {
    this.painting.abort();
    this.loading.abort();
    this.map.off('zoomend', this.followZoom);
    this.map.off('mousemove', FILLS, this.hover);
    this.map.off('mouseleave', FILLS, this.leave);
    for (const [layer, before] of this.lowered) this.map.moveLayer(layer, before);
    for (const source of SOURCES) {
      for (const part of PARTS) if (this.map.getLayer(`${source}-${part}`)) this.map.removeLayer(`${source}-${part}`);
      if (this.map.getSource(source)) this.map.removeSource(source);
    }
    if (this.map.hasImage(HATCH_IMAGE)) this.map.removeImage(HATCH_IMAGE);
    this.lowered = [];
    this.drawn.clear();
    this.tiles = null;
    this.far = 'unknown';
    this.sourceLayer = '';
    this.marked = null;
  }

  mark(code: string | null): void {
    if (code === this.marked || !this.tiles) return;
    if (this.marked !== null) this.setState(this.marked, { marked: false });
    if (code !== null) this.setState(code, { marked: true });
    this.marked = code;
  }

  /** The first zoom at which these areas are in tiles. */
  get firstZoom(): number {
    return this.tiles?.minzoom ?? 0;
  }

  /** Whether they are drawn, or will be as soon as they have come. */
  get isDrawn(): boolean {
    return this.tiles !== null && (this.isNear || this.far === 'loading' || this.far === 'loaded');
  }

  get isLoaded(): boolean {
    if (!this.isDrawn) return false;
    return this.isNear ? this.map.isSourceLoaded(NEAR) : this.far === 'loaded' && this.map.isSourceLoaded(FAR);
  }

  private get isNear(): boolean {
    return this.map.getZoom() >= this.firstZoom;
  }

  /** The areas at least partly in a part of the map, in pixels. */
  codesWithin(width: number, height: number): Set<string> {
    const box: [[number, number], [number, number]] = [
      [0, 0],
      [width, height],
    ];
    const found = this.map.queryRenderedFeatures(box, { layers: FILLS, validate: false });
    return new Set(found.map(({ properties }) => String(properties['code'])));
  }

  private add({ tiles, minzoom, maxzoom, bounds }: TileJson): void {
    const hatch = hatchTile(HATCH_SCALE);
    const pixels = hatch.getContext('2d')!.getImageData(0, 0, hatch.width, hatch.height);
    this.map.addImage(HATCH_IMAGE, pixels, { pixelRatio: HATCH_SCALE });
    this.map.addSource(NEAR, {
      type: 'vector',
      tiles,
      minzoom,
      maxzoom,
      promoteId: 'code',
      ...(bounds && { bounds: bounds as [number, number, number, number] }),
    });
    const nothing = { type: 'FeatureCollection' as const, features: [] };
    this.map.addSource(FAR, { type: 'geojson', data: nothing, promoteId: 'code', maxzoom: Math.max(minzoom, 1) });
    const { layers } = this.map.getStyle();
    const below = layers.find(({ type }) => type === 'line' || type === 'symbol')?.id;
    const above = layers.find(({ type }) => type === 'fill-extrusion' || type === 'symbol')?.id;
    for (const source of SOURCES) {
      const of = { source, ...(source === NEAR ? { 'source-layer': this.sourceLayer } : { maxzoom: minzoom }) };
      for (const layer of fills(of)) this.map.addLayer(layer, below);
      for (const layer of marks(of)) this.map.addLayer(layer, above);
    }
    this.lowerBuildings(layers);
    this.map.on('zoomend', this.followZoom);
    this.map.on('mousemove', FILLS, this.hover);
    this.map.on('mouseleave', FILLS, this.leave);
  }

  /** Under the fills buildings fade, whatever colours the theme gives them meanwhile. */
  private lowerBuildings(layers: LayerSpecification[]): void {
    const first = layers.findIndex(({ type }) => type === 'line' || type === 'symbol');
    layers.forEach((layer, place) => {
      // One that was chosen stands out still.
      if (place < first || layer.type !== 'fill-extrusion' || layer.id.startsWith('selected-')) return;
      this.lowered.unshift([layer.id, layers[place + 1]?.id]);
      this.map.moveLayer(layer.id, FILLS[0]);
    });
  }

  /** From afar the areas are fetched, once. */
  private readonly followZoom = (): void => {
    if (this.isNear || this.far !== 'unknown' || this.wanted.size > OUTLINES_MAX) return;
    this.loading = new AbortController();
    this.far = 'loading';
    void this.loadFar(this.loading.signal);
  };

  private async loadFar(signal: AbortSignal): Promise<void> {
    try {
      for await (const add of outlines(this.sourceLayer, this.shown, signal))
        await this.map.getSource<GeoJSONSource>(FAR)?.updateData({ add });
      if (!signal.aborted) this.far = 'loaded';
    } catch {
      if (!signal.aborted) this.far = 'failed';
    }
    if (!signal.aborted) this.map.triggerRepaint();
  }

  private readonly hover = ({ features }: MapLayerMouseEvent): void => {
    const code: unknown = features?.[0]?.properties['code'];
    if (code !== undefined) this.onHover(String(code));
  };

  private readonly leave = (): void => this.onHover(null);

  private async paint(): Promise<void> {
    this.painting.abort();
    const { signal } = (this.painting = new AbortController());
    let areas = 0;
    for (const [code, fill] of this.wanted) {
      if (sameFill(this.drawn.get(code), fill)) continue;
      this.setState(code, stateOf(fill));
      this.drawn.set(code, fill);
      areas += 1;
      if (areas % AREAS_PER_FRAME !== 0) continue;
      await nextFrame();
      if (signal.aborted) return;
    }
  }

  private setState(id: string, state: Record<string, unknown>): void {
    this.map.setFeatureState({ source: NEAR, sourceLayer: this.sourceLayer, id }, state);
    this.map.setFeatureState({ source: FAR, id }, state);
  }
}

/** Where layers have their areas from, and up to which zoom. */
interface Origin {
  source: string;
  'source-layer'?: string;
  maxzoom?: number;
}

function fills(origin: Origin): LayerSpecification[] {
  return [
    {
      id: `${origin.source}-fill`,
      type: 'fill',
      ...origin,
      paint: {
        'fill-antialias': false,
        'fill-opacity': OPACITY,
        'fill-color': ['to-color', ['feature-state', 'colour'], 'rgba(0,0,0,0)'],
      },
    },
    {
      id: `${origin.source}-hatching`,
      type: 'fill',
      ...origin,
      paint: {
        'fill-pattern': HATCH_IMAGE,
        'fill-opacity': ['case', ['boolean', ['feature-state', 'hatched'], false], OPACITY, 0],
      },
    },
    {
      id: `${origin.source}-outline`,
      type: 'line',
      ...origin,
      // From afar lines as wide as those of the near would be all that is seen.
      paint: { 'line-color': '#6b7a91', 'line-width': origin.source === FAR ? 0.2 : 0.8 },
    },
  ];
}

function marks(origin: Origin): LayerSpecification[] {
  const common = { ...origin, layout: { 'line-join': 'round' } } as const;
  const widthIfMarked = (width: number): ExpressionSpecification => [
    'case',
    ['boolean', ['feature-state', 'marked'], false],
    width,
    0,
  ];
  return [
    {
      id: `${origin.source}-casing`,
      type: 'line',
      ...common,
      paint: { 'line-color': '#ffffff', 'line-width': widthIfMarked(6) },
    },
    {
      id: `${origin.source}-marked`,
      type: 'line',
      ...common,
      paint: { 'line-color': '#c2185b', 'line-width': widthIfMarked(3) },
    },
  ];
}

function stateOf(fill: Fill): Record<string, unknown> {
  return { colour: typeof fill === 'object' ? fill.colour : null, hatched: fill === 'hatched' };
}

function sameFill(one: Fill | undefined, other: Fill): boolean {
  if (typeof one === 'object' && typeof other === 'object') return one.colour === other.colour;
  return one === other;
}

function nextFrame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
