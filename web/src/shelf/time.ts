import { fetchLayerStats, type RecordLayer } from '../api';
import { binsOf, unitOf, type Unit } from '../compare/periods';
import type { Dated } from '../compare/records';

/** The records of some layers over time, all together; null where none of them is dated. */
export async function fetchDated(layers: RecordLayer[], signal: AbortSignal): Promise<Dated | null> {
  const times = layers.flatMap(({ time }) => (time ? [time] : []));
  if (times.length === 0) return null;
  const extent = { zone: times[0]!.zone, first: Math.min(...times.map(({ first }) => first)), last: Math.max(...times.map(({ last }) => last)) };
  const unit = unitOf(extent, 1);
  const counts = new Map<string, number>();
  const answers = await Promise.all(layers.map(({ id }) => fetchLayerStats(id, { period: unit }, signal)));
  for (const { periods, areas } of answers)
    periods.forEach((period, place) => counts.set(period, (counts.get(period) ?? 0) + (areas[0]?.counts[place] ?? 0)));
  counts.delete('');
  const known = [...counts.keys()].toSorted();
  if (known.length === 0) return null;
  const periods = everyPeriod(known[0]!, known.at(-1)!, unit);
  const countOf = (all: string[]) => all.reduce((sum, period) => sum + (counts.get(period) ?? 0), 0);
  return { periods, bins: binsOf(periods).map((bin) => ({ ...bin, count: countOf(bin.periods) })) };
}

/** All periods from the first to the last: layers may leave a gap between them. */
function everyPeriod(first: string, last: string, unit: Unit): string[] {
  const periods = [];
  const day = new Date(`${first}${'-01-01'.slice(first.length - '2000'.length)}`);
  for (let period = first; period <= last; period = day.toISOString().slice(0, first.length)) {
    periods.push(period);
    if (unit === 'day') day.setUTCDate(day.getUTCDate() + 1);
    else if (unit === 'month') day.setUTCMonth(day.getUTCMonth() + 1);
    else day.setUTCFullYear(day.getUTCFullYear() + 1);
  }
  return periods;
}
