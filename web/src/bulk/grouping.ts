import type { Table } from './table';

/** Values that are told apart; there are no more colours that eyes keep apart. */
const VALUES_MAX = 8;

/** The rows of a table by the values of one of its columns. */
export interface Grouping {
  column: number;
  /** The commonest values, the commonest first. */
  values: string[];
  /** How many values the column has. */
  distinct: number;
  /** Of each row the place of its value, or the number of values if it is one of the others. */
  groups: Uint8Array;
}

export function groupingOf({ rows }: Pick<Table, 'rows'>, column: number): Grouping {
  const valueOf = (row: string[]) => (row[column] ?? '').trim();
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(valueOf(row), (counts.get(valueOf(row)) ?? 0) + 1);
  const values = [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, VALUES_MAX)
    .map(([value]) => value);
  const places = new Map(values.map((value, place) => [value, place]));
  const groups = Uint8Array.from(rows, (row) => places.get(valueOf(row)) ?? values.length);
  return { column, values, distinct: counts.size, groups };
}

/** Whether there are values besides the commonest. */
export function hasOthers({ values, distinct }: Grouping): boolean {
  return distinct > values.length;
}
