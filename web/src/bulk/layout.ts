import { hasQuestion } from './columns';
import type { Line } from './lines';
import { Records } from './records';

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** How a file is laid out. */
export interface Layout {
  delimiter: Delimiter;
  /** Lines of titles above the header. */
  titles: number;
}

/** Lines that are looked at. */
export const SAMPLED = 40;
/** The header is at most so many records below the first. */
const TITLES_MAX = 3;

/**
 * What separates the cells, and where the header stands. The first separator wins under which the header names an address or
 * both coordinates; without one, the one that cuts most of the first lines into equally many cells.
 */
export function layoutOf(sample: Line[], { name = '', delimiter }: { name?: string; delimiter?: Delimiter } = {}): Layout {
  const isTabbed = /\.tsv$/i.test(name);
  const usual = isTabbed ? (['\t', ',', ';', '|'] as const) : DELIMITERS;
  const tried = (delimiter ? [delimiter] : [...usual]).map((one) => ({ delimiter: one, cells: cellsOf(sample, one) }));
  // A header of one cell may be a title of a file that is separated by something else.
  for (const least of [2, 1])
    for (const { delimiter, cells } of tried) {
      const titles = headerAt(cells, least);
      if (titles !== null) return { delimiter, titles };
    }
  const [best] = tried.toSorted((a, b) => evenness(b.cells) - evenness(a.cells));
  return { delimiter: best!.delimiter, titles: 0 };
}

/** How many of the first rows of a sheet are titles above its header. */
export function titlesOf(rows: string[][]): number {
  return headerAt(rows, 2) ?? headerAt(rows, 1) ?? 0;
}

function cellsOf(sample: Line[], delimiter: string): string[][] {
  const records = new Records(sample.values(), delimiter, null);
  const all: string[][] = [];
  for (let record = records.next(); record; record = records.next()) all.push(record.cells);
  return all;
}

/** Which record is the header; null if none of the first has so many cells and names what could be looked up. */
function headerAt(records: string[][], least: number): number | null {
  const named = (at: number) => filled(records[at]!) >= least && hasQuestion(records[at]!);
  const isBelowTitles = (at: number) =>
    records.slice(0, at).every((above, place) => filled(above) < filled(records[at]!) && !(named(place) && filled(above) > 1));
  // Not the very next: that may be a line with a fault.
  const fits = (at: number) => {
    const rows = records.slice(at + 1);
    return rows.length === 0 || rows.some(({ length }) => length === records[at]!.length);
  };
  const places = records.slice(0, TITLES_MAX + 1).map((_, at) => at);
  const below = places.find((at) => at > 0 && named(at) && isBelowTitles(at) && fits(at));
  // A single cell above a header that fits is a title, even if it speaks of addresses.
  if (below !== undefined) return below;
  return records.length > 0 && named(0) ? 0 : null;
}

function filled(cells: string[]): number {
  return cells.filter((cell) => cell.trim() !== '').length;
}

/** How many of the records have the commonest number of cells, if that is more than one. */
function evenness(records: string[][]): number {
  const counts = new Map<number, number>();
  for (const { length } of records) if (length > 1) counts.set(length, (counts.get(length) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
