import { countIn, type Stats, type StatsRow } from '../api';
import { formatNumber } from '../i18n';
import type { Choice, Measure } from './choice';

/** What is compared: a count, a share in tenths of a percent, or tenths a square kilometre. */
export type Value = number | 'none';

export interface Area {
  code: string;
  name: string;
  value: Value;
  /** What is counted, null where the plate does not, and of how many or on how many square metres. */
  count: number | null;
  whole: number;
  isEstimated: boolean;
}

export interface Total {
  areas: number;
  estimated: number;
  count: number | null;
  whole: number;
}

const TENTHS_OF_PERCENT = 1000;
/** Tenths of one on a square kilometre, where there is one on a square metre. */
const TENTHS_A_KM2 = 10_000_000;
/** Densities from this on are whole numbers, tenths. */
const WHOLE_FROM = 1000;

/** The areas with the value that is chosen; `counts` has how many there are of each where its totals do not say it. */
export function areasOf({ rows, categories = [] }: Stats, choice: Choice, counts: Map<string, number> | null = null): Area[] {
  const { statistic, attribute, category, measure } = choice;
  const position = attribute === null ? null : categories.indexOf(category ?? '');
  return rows.map((row: StatsRow) => {
    const { by = [] } = row;
    const total = counts ? (counts.get(row.code) ?? 0) : countIn(row, statistic);
    const count = position === null ? total : (by[position] ?? 0);
    // Categories and all people are told of by blocks of their own, so that one may be an estimate where the other is none.
    const whole = measure === 'share' ? by.reduce((sum, n) => sum + n, 0) : row.area_m2;
    const isEstimated = position === null ? statistic === 'people' && row.people_estimated : (row.by_estimated ?? false);
    return { code: row.code, name: row.name || row.code, value: measured(count, whole, measure), count, whole, isEstimated };
  });
}

function measured(count: number | null, whole: number, measure: Measure): Value {
  if (count === null) return 'none';
  if (measure === 'count') return count;
  if (whole === 0) return 'none';
  if (measure === 'share') return Math.round((count / whole) * TENTHS_OF_PERCENT);
  const tenths = Math.round((count / whole) * TENTHS_A_KM2);
  return tenths < WHOLE_FROM ? tenths : Math.round(tenths / 10) * 10;
}

export function totalOf(areas: Area[]): Total {
  const total: Total = { areas: areas.length, estimated: 0, count: 0, whole: 0 };
  for (const { count, whole, isEstimated } of areas) {
    if (isEstimated) total.estimated += 1;
    total.count = total.count === null || count === null ? null : total.count + count;
    total.whole += whole;
  }
  return total;
}

export function formatValue(value: number, measure: Measure): string {
  if (measure === 'count') return formatNumber(value);
  if (measure === 'share') return `${formatNumber(value / 10, 1)}%`;
  // The end of a class lies a tenth before the next one.
  return value < WHOLE_FROM ? formatNumber(value / 10, 1) : formatNumber(Math.floor(value / 10));
}

/** The share of all, or how many there are on a square kilometre of all. */
export function formatMean({ count, whole }: Total, measure: Measure): string {
  const value = measured(count, whole, measure);
  return typeof value === 'number' ? formatValue(value, measure) : '–';
}
