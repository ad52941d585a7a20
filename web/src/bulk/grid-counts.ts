import type { Grouping } from './grouping';

/** How many rows are in a grid, and how many of each group. The code is empty for rows in no grid. */
export interface GridCount {
  grid: string;
  rows: number;
  groups: number[];
}

/** Counts rows by grid, in the order of codes; `grids` has the codes of the rows that were looked up. */
export function gridCounts(grids: readonly (string | undefined)[], grouping: Grouping | null): GridCount[] {
  const width = grouping ? grouping.values.length + 1 : 0;
  const counts = new Map<string, GridCount>();
  for (const [place, grid] of grids.entries()) {
    if (grid === undefined) continue;
    const count = counts.get(grid) ?? { grid, rows: 0, groups: new Array<number>(width).fill(0) };
    count.rows += 1;
    if (grouping) count.groups[grouping.groups[place]!]! += 1;
    counts.set(grid, count);
  }
  return [...counts.values()].sort((one, other) => (one.grid < other.grid ? -1 : 1));
}
