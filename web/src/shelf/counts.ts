import { fetchLayerStats, type RecordLayer } from '../api';
import { isWhole, type Span } from '../compare/periods';

/** How many records of a layer there are, by their highest class; all of them by an empty name where they have no classes. */
export type Counts = ReadonlyMap<string, number>;

/** Counts the records of a span; those of a layer without times are of any. */
export async function fetchCounts(layer: RecordLayer, span: Span, signal: AbortSignal): Promise<Counts> {
  const isParted = (layer.class_levels ?? 0) > 0;
  const { from, to } = layer.time && !isWhole(span) ? span : { from: null, to: null };
  if (!isParted && from === null && to === null) return new Map([['', layer.rows]]);
  const query = { ...(isParted && { classes: '0' }), ...(from !== null && { from }), ...(to !== null && { to }) };
  const { classes, areas } = await fetchLayerStats(layer.id, query, signal);
  const counts = areas[0]?.counts ?? [];
  return new Map(classes.map((name, place) => [name, counts[place] ?? 0]));
}

export function totalOf(counts: Counts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
