import { batchFrom, type Batch } from './batch';
import type { Question } from './columns';
import { gridCounts, type GridCount } from './grid-counts';
import { groupingOf, type Grouping } from './grouping';
import { monthCounts, type MonthCount } from './month-counts';
import { resultFile } from './result-file';
import { readTable, type Reading, type Table } from './table';

/** What the page knows of a table: how it was read, and its first rows. The rows stay with the desk. */
export interface Head extends Omit<Table, 'rows' | 'faults'> {
  /** How many rows it has, and how many of them are faulty lines. */
  count: number;
  faulty: number;
  preview: string[][];
}

/** Rows shown before the start. */
const PREVIEW = 5;

/** A file and what was found for its rows. It works in a worker, so that the page can draw however large the file is. */
export class Desk {
  private table: Table | null = null;
  private question: Question | null = null;
  /** The cells that are added to the rows, as CSV. */
  private found: string[] = [];
  private grids: string[] = [];
  private grouping: Grouping | null = null;

  async read(file: File, reading: Reading): Promise<Head> {
    this.table = await readTable(file, reading);
    const { rows, faults, ...head } = this.table;
    return { ...head, count: rows.length, faulty: faults.size, preview: rows.slice(0, PREVIEW) };
  }

  /** Begins to look the table up; what was found before is forgotten. */
  begin(question: Question): void {
    this.question = question;
    this.found = [];
    this.grids = [];
  }

  batch(from: number, most: number): Batch {
    return batchFrom(this.open, this.question!, from, most);
  }

  /** Keeps what was found for some rows: the cells that are added, and the grid, which is empty for none. */
  keep(places: number[], cells: string[], grids: string[]): void {
    for (const [at, place] of places.entries()) {
      this.found[place] = cells[at]!;
      this.grids[place] = grids[at]!;
    }
  }

  /** Groups the rows by the values of a column, or no longer. */
  group(column: number | null): Grouping | null {
    this.grouping = column === null ? null : groupingOf(this.open, column);
    return this.grouping;
  }

  /** The rows that were looked up, by grid and, if they are grouped, by group. */
  byGrid(): GridCount[] {
    return gridCounts(this.grids, this.grouping);
  }

  /** The rows that were looked up, by grid, group and the month in a column. */
  byMonth(column: number): MonthCount[] {
    return monthCounts(this.open.rows, column, { grids: this.grids, grouping: this.grouping });
  }

  /** The rows that are wanted, each 1, with what was found, as a file. */
  file(columns: string[], wanted: Uint8Array): Blob {
    return resultFile(this.open, { columns, found: this.found, wanted });
  }

  private get open(): Table {
    if (!this.table) throw new Error('no file was read');
    return this.table;
  }
}
