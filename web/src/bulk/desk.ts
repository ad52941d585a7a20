import { batchFrom, type Batch } from './batch';
import type { Question } from './columns';
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

  async read(file: File, reading: Reading): Promise<Head> {
    this.table = await readTable(file, reading);
    const { rows, faults, ...head } = this.table;
    return { ...head, count: rows.length, faulty: faults.size, preview: rows.slice(0, PREVIEW) };
  }

  /** Begins to look the table up; what was found before is forgotten. */
  begin(question: Question): void {
    this.question = question;
    this.found = [];
  }

  batch(from: number, most: number): Batch {
    return batchFrom(this.open, this.question!, from, most);
  }

  keep(places: number[], cells: string[]): void {
    places.forEach((place, at) => (this.found[place] = cells[at]!));
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
