import { fetchLayerStats, type LayerStats, type RecordLayer } from '../api';
import { BASIC } from '../kinds';
import type { Choice } from './choice';
import { binsOf, isWhole, isWithin, unitOf, type Bin, type Span } from './periods';

/** How many records there are in each period. */
export interface Dated {
  /** The periods, the first one first; none where nothing is dated. */
  periods: string[];
  bins: CountedBin[];
}

/** The records of a class of a layer, by area and period. */
export interface Records extends Dated {
  stats: LayerStats;
}

/** A bar of the chart, with how many records all areas have then. */
export interface CountedBin extends Bin {
  count: number;
}

/** Asks for the records of the class that is chosen; null where the totals of the areas say it all. */
export async function fetchRecords(
  { kind, level, attribute, class: path }: Choice,
  { layer, areas }: { layer: RecordLayer | undefined; areas: number },
  signal: AbortSignal,
): Promise<Records | null> {
  if (!layer || attribute !== null || (!layer.time && path === null)) return null;
  const query = {
    level,
    ...(kind !== BASIC && { kind }),
    ...(path !== null && { class: path }),
    ...(layer.time && { period: unitOf(layer.time, areas) }),
  };
  const stats = await fetchLayerStats(layer.id, query, signal);
  const periods = stats.periods.filter((period) => period !== '');
  const bins = binsOf(periods).map((bin) => ({ ...bin, count: total(countsIn(stats, placesOf(bin.periods, stats))) }));
  return { stats, periods, bins };
}

/** How many records each area has in a span; those without a time are in the whole alone. */
export function countsWithin({ stats }: Records, span: Span): Map<string, number> {
  const isCounted = (period: string) => (period === '' ? isWhole(span) : isWithin(period, span));
  return countsIn(stats, placesOf(stats.periods.filter(isCounted), stats));
}

/** How many records without a time each area has. */
export function undatedCounts({ stats }: Records): Map<string, number> {
  return countsIn(stats, placesOf([''], stats));
}

/** How many records have no time. */
export function undated(records: Records): number {
  return records.periods.length === 0 ? 0 : total(undatedCounts(records));
}

/** The bar that stands for a span, if it is one. */
export function binOf({ bins, periods }: Dated, span: Span): CountedBin | undefined {
  const chosen = periods.filter((period) => isWithin(period, span));
  return isWhole(span) ? undefined : bins.find((bin) => bin.periods.join() === chosen.join());
}

function placesOf(periods: string[], stats: LayerStats): number[] {
  return periods.map((period) => stats.periods.indexOf(period)).filter((place) => place >= 0);
}

function countsIn({ areas }: LayerStats, places: number[]): Map<string, number> {
  return new Map(areas.map(({ code, counts }) => [code, places.reduce((sum, place) => sum + counts[place]!, 0)]));
}

function total(counts: Map<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
