import { fetchStats } from '../api';
import { tableFile } from '../csv';
import type { GridCount } from './grid-counts';
import type { Grouping } from './grouping';
import { namesOf } from './legend';
import type { MonthCount } from './month-counts';

/** Counts by grid as a file: a row a grid, a column a group. Rows in no grid stand first, without a code. */
export async function gridFile(counts: GridCount[], grouping: Grouping | null): Promise<Blob> {
  const names = await namesOfGrids();
  const values = grouping ? namesOf(grouping) : [];
  return tableFile(
    ['grid_code', 'grid_name', 'rows', ...values],
    counts.map(({ grid, rows, groups }) => [grid, names.get(grid) ?? '', rows, ...groups.slice(0, values.length)]),
  );
}

/** Counts by grid, group and month as a file: a row for each that there is. */
export async function monthFile(counts: MonthCount[], grouping: Grouping | null): Promise<Blob> {
  const names = await namesOfGrids();
  const groups = grouping ? namesOf(grouping) : [];
  const cells = ({ grid, group, month, rows }: MonthCount) => [grid, names.get(grid) ?? '', groups[group] ?? '', month, rows];
  return tableFile(['grid_code', 'grid_name', 'class', 'month', 'rows'], counts.map(cells));
}

/** The counts are worth having without the names. */
async function namesOfGrids(): Promise<Map<string, string>> {
  try {
    const { rows } = await fetchStats({ level: 'grid', kind: 'basic' }, null);
    return new Map(rows.map(({ code, name }) => [code, name ?? '']));
  } catch {
    return new Map();
  }
}
