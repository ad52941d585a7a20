import type { DataDrivenPropertyValueSpecification, ExpressionSpecification, FilterSpecification, LayerSpecification, Map as MapLibre, VectorTileSource } from 'maplibre-gl';
import { fetchTileJson, type TileJson } from '../api';
import { t } from '../i18n';
import { onRecoloured } from '../map';
import { showNotice } from '../notice';
import { PLATE_SOURCE, tileJsonUrl, type Plate } from '../plate';
import { theme } from '../theme';
import { REST, UNSAID, type ColouredClass } from './classes';
import { OUTLINE } from './palette';

/** The attribute of records in tiles that is their class, its names from the top down with `/` between them. */
const CLASS = 'class';
const TOP: ExpressionSpecification = [
  'let',
  'path',
  ['concat', ['coalesce', ['get', CLASS], UNSAID], '/'],
  ['slice', ['var', 'path'], 0, ['index-of', '/', ['var', 'path']]],
];

/** As the style has it. */
type Colour = DataDrivenPropertyValueSpecification<string> | undefined;

/** A layer of records as the style draws it. */
interface Drawn {
  circle: string;
  /** The circles and what else is drawn of it, the lowest first. */
  ids: string[];
  minzoom: number;
  colour: Colour;
  stroke: Colour;
}

/** How a layer of records is to be drawn. */
export interface Look {
  classes: ColouredClass[];
  /** What is asked of the server beside the layer. */
  query: string;
}

/** Draws layers of records in the colours of their classes, and those records alone that are wanted. */
export class RecordPainter {
  private readonly drawn = new Map<string, Drawn>();
  private readonly described = new Map<string, Promise<TileJson>>();
  /** What the tiles of a layer were last asked with. */
  private readonly asked = new Map<string, string>();

  /** Of a map whose style is there; `repaint` is run when its colours are those of another theme. */
  constructor(
    private readonly map: MapLibre,
    private readonly plate: Plate,
    repaint: () => void,
  ) {
    const { layers } = plate.style;
    for (const layer of layers) {
      const id = (layer.metadata as Record<string, unknown> | undefined)?.['baseplate:layer'];
      if (layer.type !== 'circle' || typeof id !== 'string') continue;
      const ids = layers.filter((other) => 'source-layer' in other && other['source-layer'] === id).map((other) => other.id);
      this.drawn.set(id, { circle: layer.id, ids, minzoom: layer.minzoom ?? 0, colour: undefined, stroke: undefined });
    }
    this.noteColours();
    onRecoloured(() => {
      this.noteColours();
      repaint();
    });
  }

  /** The colour that the style gives a layer. */
  colourOf(id: string): string {
    return String(this.drawn.get(id)?.colour ?? 'transparent');
  }

  /** The zoom from which on a layer is drawn. */
  firstZoom(id: string): number {
    return this.drawn.get(id)?.minzoom ?? 0;
  }

  /** Whether records of a layer have their class in tiles. */
  async hasClasses(id: string): Promise<boolean> {
    const { vector_layers: layers } = await this.describe(id);
    return layers.some((layer) => layer.id === id && CLASS in layer.fields);
  }

  paint(id: string, { classes, query }: Look): void {
    const drawn = this.drawn.get(id);
    const { map } = this;
    if (!drawn || !map.getLayer(drawn.circle)) return;
    const isParted = classes.length > 0;
    map.setPaintProperty(drawn.circle, 'circle-color', isParted ? colourBy(classes, drawn.colour) : drawn.colour);
    map.setPaintProperty(drawn.circle, 'circle-stroke-color', isParted ? OUTLINE[theme()] : drawn.stroke);
    const drawnIds = drawn.ids.filter((layer) => map.getLayer(layer));
    for (const layer of drawnIds) map.setFilter(layer, filterBy(classes));
    if ((this.asked.get(id) ?? '') !== query) void this.ask(id, query);
  }

  private noteColours(): void {
    const styles = new Map(this.plate.style.layers.map((layer) => [layer.id, layer]));
    for (const drawn of this.drawn.values()) {
      const style = styles.get(drawn.circle);
      if (style?.type !== 'circle') continue;
      drawn.colour = style.paint?.['circle-color'];
      drawn.stroke = style.paint?.['circle-stroke-color'];
    }
  }

  private describe(id: string): Promise<TileJson> {
    const known = this.described.get(id) ?? fetchTileJson(tileJsonUrl(this.plate, id), new AbortController().signal);
    this.described.set(id, known);
    // What was not told may be asked for again.
    known.catch(() => this.described.delete(id));
    return known;
  }

  /** Takes the records that a query asks for from the server, which counts what is put together in one point. */
  private async ask(id: string, query: string): Promise<void> {
    this.asked.set(id, query);
    const tileJson = await this.describe(id).catch(() => null);
    if (this.asked.get(id) !== query) return;
    if (!tileJson) {
      this.asked.delete(id);
      return showNotice(t('tilesFailed'));
    }
    const tiles = tileJson.tiles.map((address) => (query ? `${address}${address.includes('?') ? '&' : '?'}${query}` : address));
    const source = this.sourceOf(id);
    if (source === PLATE_SOURCE) this.part(id, { ...tileJson, tiles });
    else this.map.getSource<VectorTileSource>(source)?.setTiles(tiles);
  }

  private sourceOf(id: string): string {
    const layer = this.map.getLayer(this.drawn.get(id)!.circle);
    return layer?.source ?? PLATE_SOURCE;
  }

  /** Draws a layer from tiles of its own, where the style takes it from those of the whole plate. */
  private part(id: string, { tiles, minzoom, maxzoom, bounds }: TileJson): void {
    const source = `records-${id}`;
    this.map.addSource(source, { type: 'vector', tiles, minzoom, maxzoom, ...(bounds && { bounds: bounds as [number, number, number, number] }) });
    const { layers } = this.map.getStyle();
    for (const name of this.drawn.get(id)!.ids) {
      const place = layers.findIndex((layer) => layer.id === name);
      const layer = layers[place];
      if (!layer) continue;
      this.map.removeLayer(name);
      this.map.addLayer({ ...layer, source } as LayerSpecification, this.above(layers, place));
    }
  }

  /** The layer that is drawn right over one of those that there were. */
  private above(layers: LayerSpecification[], place: number): string | undefined {
    return layers.slice(place + 1).find(({ id }) => this.map.getLayer(id))?.id;
  }
}

function colourBy(classes: ColouredClass[], plain: Colour): ExpressionSpecification {
  const named = classes.filter(({ name }) => name !== REST && name !== UNSAID).flatMap(({ name, colour }) => [name, colour]);
  const rest = classes.find(({ name }) => name === REST)?.colour ?? plain;
  return ['match', TOP, UNSAID, plain, ...named, rest] as unknown as ExpressionSpecification;
}

/** Leaves out the classes that are off; null where none is. */
function filterBy(classes: ColouredClass[]): FilterSpecification | null {
  const off = classes.filter(({ isOn }) => !isOn).map(({ name }) => name);
  if (off.length === 0) return null;
  const isOff: ExpressionSpecification = ['in', TOP, ['literal', off]];
  if (!off.includes(REST)) return ['!', isOff];
  const known = [UNSAID, ...classes.map(({ name }) => name)];
  return ['all', ['!', isOff], ['in', TOP, ['literal', known]]];
}
