import { beginsWith, kindOf } from './kind';
import { layoutOf, SAMPLED, titlesOf, type Delimiter, type Layout } from './layout';
import { encodingOf, linesOf, looksLikeBig5, wideEncoding, type Encoding, type Findings, type FoundEncoding, type Line } from './lines';
import { Records, type LineFault } from './records';
import { NoTable } from './refused';
import { readWorkbook, type Cells } from './workbook';
import { bounded } from './zip';

/** A line that is no row; it is kept as one cell. */
export interface FaultyLine {
  line: number;
  fault: LineFault;
}

/** A file as a table. Rows are kept as they came, those with too few or too many cells and faulty lines too. */
export interface Table {
  name: string;
  /** How the text is written; null of a workbook. */
  encoding: FoundEncoding | null;
  delimiter: Delimiter | null;
  /** Whether what was read as GBK is rather Big5. */
  isPerhapsBig5: boolean;
  /** Which sheet of a workbook this is; null of text. */
  workbook: Omit<Cells, 'rows'> | null;
  /** Lines of titles above the header. */
  titles: number;
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
  sheet?: string | undefined;
}

const GZIP = '\x1f\x8b';
/** What a compressed file may unpack to. */
const UNPACKED_MAX = 1 << 30;
/** The size that browsers say of a folder is 0, or a multiple of this. */
const FOLDER_SIZE = 4096;

export async function readTable(file: File, reading: Reading = {}): Promise<Table> {
  return tableOf(file.name, await unpacked(file), reading);
}

async function unpacked(file: File): Promise<Uint8Array> {
  const bytes = new Uint8Array(await bufferOf(file));
  if (!beginsWith(bytes, GZIP)) return bytes;
  return bounded(file.stream().pipeThrough(new DecompressionStream('gzip')), UNPACKED_MAX);
}

/** Browsers give folders as files that cannot be read. */
async function bufferOf(file: File): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer();
  } catch (error) {
    if (/\.gdb$/i.test(file.name)) throw new NoTable('geodatabase');
    throw file.type === '' && file.size % FOLDER_SIZE === 0 ? new NoTable('folder') : error;
  }
}

export async function tableOf(name: string, bytes: Uint8Array, reading: Reading = {}): Promise<Table> {
  const kind = kindOf(name, bytes);
  if (kind === 'text') return tableOfText(name, bytes, reading);
  if (kind === 'xlsx' || kind === 'xls') return tableOfSheet(name, await readWorkbook(kind, bytes, reading.sheet));
  throw new NoTable(kind);
}

function tableOfText(name: string, bytes: Uint8Array, { encoding, delimiter }: Reading): Table {
  const findings: Findings = { utf8: 0, gb18030: 0, pairs: 0, likeBig5: 0 };
  const lines = linesOf(bytes, encoding ?? null, findings);
  const sample = firstOf(lines, SAMPLED);
  const layout = layoutOf(sample, { name, ...(delimiter && { delimiter }) });
  const records = new Records(chained(sample, lines), layout.delimiter, null);
  const fields = headerOf(records, layout);
  const read = rowsOf(records, fields.length);
  const found = encoding ?? wideEncoding(bytes) ?? encodingOf(findings);
  const isPerhapsBig5 = !encoding && looksLikeBig5(findings);
  return { name, encoding: found, isPerhapsBig5, workbook: null, ...layout, fields, ...read };
}

/** The cells of a sheet are apart already: only where the header stands is to be found. */
function tableOfSheet(name: string, { rows, ...workbook }: Cells): Table {
  const titles = titlesOf(rows.slice(0, SAMPLED));
  const below = rows.slice(titles);
  const width = below.reduce((most, row) => Math.max(most, lastFilled(row) + 1), 0);
  const [fields = [], ...own] = below.map((row) => Array.from({ length: width }, (_, at) => row[at] ?? ''));
  const form = { encoding: null, delimiter: null, isPerhapsBig5: false, workbook };
  return { name, ...form, titles, fields: fields.map((field) => field.trim()), rows: own, faults: new Map(), uneven: 0 };
}

function lastFilled(row: string[]): number {
  return row.findLastIndex((cell) => cell !== '');
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

function rowsOf(records: Records, width: number): Pick<Table, 'rows' | 'faults' | 'uneven'> {
  records.width = width;
  const rows: string[][] = [];
  const faults = new Map<number, FaultyLine>();
  let uneven = 0;
  for (let record = records.next(); record; record = records.next()) {
    const { line, cells, fault } = record;
    if (fault) faults.set(rows.length, { line, fault });
    else if (cells.length !== width) uneven += 1;
    rows.push(cells);
  }
  return { rows, faults, uneven };
}
