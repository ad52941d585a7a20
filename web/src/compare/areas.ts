import type { Stats, StatsRow } from '../api';
import { formatNumber } from '../i18n';
import type { Choice } from './choice';

/** What is compared: a count, or a share in tenths of a percent. */
export type Value = number | 'suppressed' | 'none';

export interface Area {
  code: string;
  name: string;
  value: Value;
  /** What is counted, and of how many; zero where it may not be shown. */
  count: number;
  whole: number;
}

export interface Total {
  areas: number;
  suppressed: number;
  count: number;
  whole: number;
}

const TENTHS_OF_PERCENT = 1000;

/** The areas with the value that is chosen. */
export function areasOf({ rows, categories = [] }: Stats, choice: Choice): Area[] {
  const { statistic, attribute, category, share } = choice;
  const position = attribute === null ? null : categories.indexOf(category ?? '');
  return rows.map((row: StatsRow) => {
    const whole = row[statistic];
    const count = position === null ? whole : (row.by?.[position] ?? null);
    const isSuppressed = count === null || (share && whole === null);
    return {
      code: row.code,
      name: row.name || row.code,
      value: isSuppressed ? 'suppressed' : share ? shareOf(count, whole ?? 0) : count,
      count: isSuppressed ? 0 : count,
      whole: isSuppressed ? 0 : (whole ?? 0),
    };
  });
}

function shareOf(count: number, whole: number): Value {
  return whole === 0 ? 'none' : Math.round((count / whole) * TENTHS_OF_PERCENT);
}

export function totalOf(areas: Area[]): Total {
  const total: Total = { areas: areas.length, suppressed: 0, count: 0, whole: 0 };
  for (const { value, count, whole } of areas) {
    if (value === 'suppressed') total.suppressed += 1;
    total.count += count;
    total.whole += whole;
  }
  return total;
}

export function formatValue(value: number, share: boolean): string {
  return share ? `${formatNumber(value / 10, 1)}%` : formatNumber(value);
}

export function formatShare({ count, whole }: Total): string {
  return whole === 0 ? '–' : formatValue((count / whole) * TENTHS_OF_PERCENT, true);
}
