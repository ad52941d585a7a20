import type { AddLayerObject, LayerSpecification, Map as MapLibre, StyleSpecification } from 'maplibre-gl';
import type { Bounds } from './api';
import { converter, type Convert } from './coordinates';
import { loadStyle } from './theme';

/** The vector source of the server's style that holds every layer of the plate. */
export const PLATE_SOURCE = 'plate';

export interface Plate {
  name?: string;
  generation?: string;
  builtAt?: string;
  /** What is shown first, in the coordinates of the map. */
  bounds?: Bounds;
  /** What the server draws, in the theme that is chosen; `firstStyle` is what the map begins with. */
  style: StyleSpecification;
  /** From the coordinates of the plate to those in which the map shows it, and back. */
  shown: Convert;
  stored: Convert;
}

/** Loads the style; what the server says about the plate stands in the style's metadata. */
export async function loadPlate(): Promise<Plate> {
  const style = await loadStyle();
  const metadata = (style.metadata ?? {}) as Record<string, unknown>;
  const { name, generation, built_at: builtAt, bounds, crs } = ownEntries(metadata);
  const plate: Plate = { style, ...converter(crs) };
  if (typeof name === 'string') plate.name = name;
  if (typeof generation === 'string' || typeof generation === 'number') plate.generation = String(generation);
  if (typeof builtAt === 'string') plate.builtAt = builtAt;
  if (isBounds(bounds)) plate.bounds = bounds;
  return plate;
}

/** The style without the records that it does not show: the sources of hundreds of layers would all be asked for at once. */
export function firstStyle({ style }: Plate): StyleSpecification {
  const layers = style.layers.filter((layer) => !isRecords(layer) || layer.layout?.visibility !== 'none');
  const used = new Set(layers.map((layer) => 'source' in layer && layer.source));
  const left = new Set(style.layers.filter((layer) => !layers.includes(layer)).map((layer) => 'source' in layer && layer.source));
  const sources = Object.entries(style.sources).filter(([id]) => used.has(id) || !left.has(id));
  return { ...style, layers, sources: Object.fromEntries(sources) };
}

function isRecords({ metadata }: LayerSpecification): boolean {
  return (metadata as Record<string, unknown> | undefined)?.['baseplate:layer'] !== undefined;
}

/** Puts a layer of the style, and its source, where the map does not have them yet. */
export function addToMap(map: MapLibre, { style }: Plate, id: string): void {
  const place = style.layers.findIndex((layer) => layer.id === id);
  const layer = style.layers[place];
  if (!layer || map.getLayer(id)) return;
  const source = 'source' in layer ? layer.source : undefined;
  const of = source === undefined ? undefined : style.sources[source];
  if (source !== undefined && of && !map.getSource(source)) map.addSource(source, of);
  const above = style.layers.slice(place + 1).find((other) => map.getLayer(other.id));
  map.addLayer({ ...layer, layout: { ...layer.layout, visibility: 'visible' } } as AddLayerObject, above?.id);
}

/** Where the tiles of one layer are described, in the coordinates of the style. */
export function tileJsonUrl({ style }: Plate, layer: string): string {
  const source = style.sources[PLATE_SOURCE];
  const url = new URL((source?.type === 'vector' && source.url) || 'tiles/', document.baseURI);
  url.pathname = url.pathname.replace(/[^/]*$/, `${layer}.json`);
  return url.href;
}

function ownEntries(metadata: Record<string, unknown>): Record<string, unknown> {
  const prefix = 'baseplate:';
  const own = Object.entries(metadata).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

function isBounds(value: unknown): value is Bounds {
  return Array.isArray(value) && value.length === 4 && value.every((n) => Number.isFinite(n));
}
