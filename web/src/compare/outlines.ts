import type { Feature, Position } from 'geojson';
import { fetchFeatures } from '../api';
import type { Convert } from '../coordinates';

/** More areas than a city has; the shapes of more would take too long to come. */
export const OUTLINES_MAX = 30_000;

/** The shapes of all areas of a layer in the coordinates of the map, each with its code, page by page. */
export async function* outlines(layer: string, shown: Convert, signal: AbortSignal): AsyncGenerator<Feature[]> {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await fetchFeatures(layer, cursor, signal);
    yield page.features.map((feature) => outline(feature, shown));
    cursor = page.next;
  }
}

function outline({ id, geometry }: Feature, shown: Convert): Feature {
  const ring = (positions: Position[]) => positions.map(([lng = 0, lat = 0]) => shown([lng, lat]));
  const properties = { code: String(id) };
  if (geometry.type === 'Polygon')
    return { type: 'Feature', properties, geometry: { ...geometry, coordinates: geometry.coordinates.map(ring) } };
  if (geometry.type !== 'MultiPolygon') return { type: 'Feature', properties, geometry };
  const coordinates = geometry.coordinates.map((rings) => rings.map(ring));
  return { type: 'Feature', properties, geometry: { ...geometry, coordinates } };
}
