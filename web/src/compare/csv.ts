import Papa from 'papaparse';
import type { Stats, StatsRow } from '../api';
import { categoryText } from './choice';

const COUNTS = ['buildings', 'addresses', 'enterprises', 'people'] as const;

/** Excel takes a text for UTF-8 only behind a byte order mark. */
const BYTE_ORDER_MARK = '\uFEFF';

/** Every area with all its numbers. A number that may not be shown is empty, and the last column names it. */
export function tableAsCsv({ rows, categories = [] }: Stats): Blob {
  const names = categories.map(categoryText);
  const fields = ['code', 'name', ...COUNTS, ...names, 'suppressed'];
  const data = rows.map((row) => record(row, names));
  // A name that begins like a formula must not become one in a spreadsheet.
  const text = Papa.unparse({ fields, data }, { escapeFormulae: true });
  return new Blob([BYTE_ORDER_MARK, text, '\r\n'], { type: 'text/csv;charset=utf-8' });
}

function record(row: StatsRow, names: string[]): (string | number)[] {
  const columns = [...COUNTS, ...names];
  const numbers = [...COUNTS.map((name) => row[name]), ...names.map((_, place) => row.by?.[place] ?? null)];
  const suppressed = columns.filter((_, place) => numbers[place] === null);
  return [row.code, row.name ?? '', ...numbers.map((number) => number ?? ''), suppressed.join(';')];
}
