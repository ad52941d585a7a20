import type { Grouping } from './grouping';

/** How many rows of a group were in a month, and in a grid. The month is empty where the row says none, and so is a grid. */
export interface MonthCount {
  grid: string;
  group: number;
  month: string;
  rows: number;
}

/** A year and a month as texts of times begin: `2026-01-05`, `2026/1/5 9:00`, `2026年1月5日`, `20260105`. */
const SEPARATED = /^\s*(\d{4})\s*[-/.年]\s*(\d{1,2})(?!\d)/;
const JOINED = /^\s*(\d{4})(\d{2})\d{2}(?!\d)/;

/** For instance `2026-01`; empty where no month is told. */
export function monthOf(text: string): string {
  const [, year = '', month = ''] = SEPARATED.exec(text) ?? JOINED.exec(text) ?? [];
  return Number(month) >= 1 && Number(month) <= 12 ? `${year}-${month.padStart(2, '0')}` : '';
}

/** Counts the rows that were looked up by grid, group and month, in this order. */
export function monthCounts(
  rows: readonly string[][],
  column: number,
  { grids, grouping }: { grids: readonly (string | undefined)[]; grouping: Grouping | null },
): MonthCount[] {
  const counts = new Map<string, MonthCount>();
  for (const [place, grid] of grids.entries()) {
    if (grid === undefined) continue;
    const [group, month] = [grouping?.groups[place] ?? 0, monthOf(rows[place]?.[column] ?? '')];
    const key = [grid, String(group).padStart(3, '0'), month].join('\n');
    const count = counts.get(key) ?? { grid, group, month, rows: 0 };
    count.rows += 1;
    counts.set(key, count);
  }
  return [...counts].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, count]) => count);
}
