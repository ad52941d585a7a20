import { encodingOf, linesOf, looksLikeBig5, wideEncoding, type Encoding, type Findings, type FoundEncoding, type Line } from './lines';
import { layoutOf, SAMPLED, type Delimiter, type Layout } from './layout';
import { Records, type LineFault } from './records';

/** A line that is no row; it is kept as one cell. */
export interface FaultyLine {
  line: number;
  fault: LineFault;
}

/** A file as a table. Rows are kept as they came, those with too few or too many cells and faulty lines too. */
export interface Table extends Layout {
  name: string;
  encoding: FoundEncoding;
  /** Whether what was read as GBK is rather Big5. */
  isPerhapsBig5: boolean;
  fields: string[];
  rows: string[][];
  /** Of rows by their place. */
  faults: Map<number, FaultyLine>;
  /** Rows whose number of cells is not that of the header. */
  uneven: number;
}

/** What the reader says about a file, where it is not to be found out. */
export interface Reading {
  encoding?: Encoding | undefined;
  delimiter?: Delimiter | undefined;
}

/** How long the page may not draw, milliseconds; and rows between two looks at the clock. */
const BUSY_MS = 24;
const ROWS_BETWEEN = 256;

/** A file that is no text, whatever it is called. */
export class NoText extends Error {}

/** How spreadsheets old and new (and other archives), and documents of PDF begin. */
const NO_TEXT = ['PK\x03\x04', '\xd0\xcf\x11\xe0', '%PDF'];
const GZIP = '\x1f\x8b';

export async function readTable(file: File, reading: Reading = {}): Promise<Table> {
  const bytes = await unpacked(file);
  if (NO_TEXT.some((start) => beginsWith(bytes, start))) throw new NoText();
  return tableOf(file.name, bytes, reading, () => new Promise((drawn) => setTimeout(drawn)));
}

function beginsWith(bytes: Uint8Array, start: string): boolean {
  return [...start].every((one, at) => bytes[at] === one.charCodeAt(0));
}

async function unpacked(file: File): Promise<Uint8Array> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (!beginsWith(bytes, GZIP)) return bytes;
  return new Uint8Array(await new Response(file.stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer());
}

/** Reads a table from bytes; `rest` is awaited from time to time. */
export async function tableOf(
  name: string,
  bytes: Uint8Array,
  { encoding, delimiter }: Reading,
  rest: () => Promise<void>,
): Promise<Table> {
  const findings: Findings = { utf8: 0, gb18030: 0, pairs: 0, likeBig5: 0 };
  const lines = linesOf(bytes, encoding ?? null, findings);
  const sample = firstOf(lines, SAMPLED);
  const layout = layoutOf(sample, { name, ...(delimiter && { delimiter }) });
  const records = new Records(chained(sample, lines), layout.delimiter, null);
  const fields = headerOf(records, layout);
  const read = await rowsOf(records, fields.length, rest);
  const found = encoding ?? wideEncoding(bytes) ?? encodingOf(findings);
  const isPerhapsBig5 = !encoding && looksLikeBig5(findings);
  return { name, encoding: found, isPerhapsBig5, ...layout, fields, ...read };
}

export function isUneven({ fields }: Pick<Table, 'fields'>, row: string[]): boolean {
  return row.length !== fields.length;
}

function firstOf(lines: Iterator<Line>, count: number): Line[] {
  const first: Line[] = [];
  while (first.length < count) {
    const { value, done } = lines.next();
    if (done) break;
    first.push(value);
  }
  return first;
}

function* chained(first: Line[], rest: Iterator<Line>): Generator<Line> {
  yield* first;
  for (let next = rest.next(); !next.done; next = rest.next()) yield next.value;
}

/** The names of the columns. Of a header with a fault at least the number of columns is known. */
function headerOf(records: Records, { titles, delimiter }: Layout): string[] {
  let header = records.next();
  for (let above = 0; above < titles; above += 1) header = records.next();
  if (!header) return [];
  const cells = header.fault ? header.cells[0]!.split(delimiter) : header.cells;
  return cells.map((cell) => cell.trim());
}

async function rowsOf(
  records: Records,
  width: number,
  rest: () => Promise<void>,
): Promise<Pick<Table, 'rows' | 'faults' | 'uneven'>> {
  records.width = width;
  const rows: string[][] = [];
  const faults = new Map<number, FaultyLine>();
  let uneven = 0;
  let since = performance.now();
  for (let record = records.next(); record; record = records.next()) {
    const { line, cells, fault } = record;
    if (fault) faults.set(rows.length, { line, fault });
    else if (cells.length !== width) uneven += 1;
    rows.push(cells);
    if (rows.length % ROWS_BETWEEN === 0 && performance.now() - since > BUSY_MS) {
      await rest();
      since = performance.now();
    }
  }
  return { rows, faults, uneven };
}
