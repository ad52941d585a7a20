import type { Sheet, Workbook } from 'hucre';
import { isPadded, isRounded, textOfCell } from './cell';
import { NoTable } from './refused';
import { entriesOf, textOf, type Entry } from './zip';

/** What a workbook may unpack to: a million rows of some six cells. */
const UNPACKED_MAX = 256 << 20;
/** Cells of a sheet, empty ones between others included. */
const CELLS_MAX = 20_000_000;

/** A sheet as rows of text. */
export interface Cells {
  sheet: string;
  /** All sheets that can be chosen. */
  sheets: string[];
  rows: string[][];
  /** Numbers that had more digits than spreadsheets keep. */
  rounded: number;
}

/** Reads the sheet of that name, or the first that has rows. The reader is large, and loaded for workbooks alone. */
export async function readWorkbook(kind: 'xlsx' | 'xls', bytes: Uint8Array, wanted?: string): Promise<Cells> {
  const { EncryptedFileError, readXls, readXlsx } = await import('hucre');
  try {
    if (kind === 'xls') return chosen((await readXls(bytes)).sheets, wanted);
    return await readPacked(readXlsx, bytes, wanted);
  } catch (error) {
    if (error instanceof NoTable) throw error;
    throw new NoTable(error instanceof EncryptedFileError ? 'encrypted' : 'damaged', { cause: error });
  }
}

type ReadXlsx = (typeof import('hucre'))['readXlsx'];

async function readPacked(readXlsx: ReadXlsx, bytes: Uint8Array, wanted: string | undefined): Promise<Cells> {
  const entries = entriesOf(bytes) ?? [];
  // The reader inflates no entry beyond what the directory says, so that is what has to be bounded.
  const unpacked = entries.filter(({ name }) => /\.(xml|rels)$/i.test(name)).reduce((sum, { size }) => sum + size, 0);
  if (unpacked > UNPACKED_MAX) throw new NoTable('large');
  const readStyles = await hasPadded(bytes, entries);
  const names: string[] = [];
  const read = (name?: string): Promise<Workbook> =>
    readXlsx(bytes, {
      readStyles,
      sheets: (info) => {
        const isShown = !info.hidden && !info.veryHidden;
        if (isShown && name === undefined) names.push(info.name);
        return isShown && (name === undefined ? names.length === 1 : info.name === name);
      },
    });
  let [sheet] = (await read()).sheets;
  for (const name of wanted ? [wanted] : names.slice(1)) {
    if (!wanted && sheet && hasRows(sheet)) break;
    if (name !== sheet?.name) [sheet] = (await read(name)).sheets;
  }
  return cellsOf(sheet, names);
}

/** Whether some cells show leading zeros that their numbers do not have: only then styles are read, which takes twice as long. */
async function hasPadded(bytes: Uint8Array, entries: Entry[]): Promise<boolean> {
  const styles = entries.find(({ name }) => name === 'xl/styles.xml');
  if (!styles) return false;
  const formats = (await textOf(bytes, styles)).matchAll(/formatCode="([^"]*)"/g);
  return [...formats].some(([, format]) => isPadded(format!));
}

function chosen(sheets: Sheet[], wanted: string | undefined): Cells {
  const sheet = sheets.find(({ name }) => name === wanted) ?? sheets.find(hasRows) ?? sheets[0];
  return cellsOf(sheet, sheets.map(({ name }) => name));
}

function hasRows({ rows }: Sheet): boolean {
  return rows.some((row) => row?.some((value) => value !== null && value !== ''));
}

function cellsOf(sheet: Sheet | undefined, sheets: string[]): Cells {
  const rows: string[][] = [];
  let [rounded, held] = [0, 0];
  for (const [place, row] of (sheet?.rows ?? []).entries()) {
    // Rows without cells are holes.
    const values = row ?? [];
    held += values.length;
    if (held > CELLS_MAX) throw new NoTable('large');
    const format = (column: number) => sheet?.cells?.get(`${place},${column}`)?.style?.numFmt;
    rows.push(values.map((value, column) => textOfCell(value, typeof value === 'number' ? format(column) : '')));
    for (const value of values) if (isRounded(value)) rounded += 1;
  }
  return { sheet: sheet?.name ?? '', sheets, rows: rows.filter((row) => row.some((cell) => cell.trim() !== '')), rounded };
}
