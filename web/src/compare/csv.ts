import type { Stats, StatsRow } from '../api';
import { tableFile } from '../csv';
import { t } from '../i18n';

const COUNTS = ['buildings', 'addresses', 'enterprises', 'people'] as const;

/** Every area with all its numbers. A number that may not be shown is empty, and the last column names it. */
export function tableAsCsv({ rows, categories = [] }: Stats): Blob {
  // As the server has them, whatever they are called on the page.
  const names = categories.map((category) => category || t('compareUnsaid'));
  const fields = ['code', 'name', ...COUNTS, ...names, 'suppressed'];
  return tableFile(
    fields,
    rows.map((row) => record(row, names)),
  );
}

function record(row: StatsRow, names: string[]): (string | number)[] {
  const columns = [...COUNTS, ...names];
  const numbers = [...COUNTS.map((name) => row[name]), ...names.map((_, place) => row.by?.[place] ?? null)];
  const suppressed = columns.filter((_, place) => numbers[place] === null);
  return [row.code, row.name ?? '', ...numbers.map((number) => number ?? ''), suppressed.join(';')];
}
