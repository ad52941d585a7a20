import type { Stats, StatsRow } from '../api';
import { tableFile } from '../csv';
import { t } from '../i18n';

const COUNTS = ['buildings', 'addresses', 'enterprises', 'people', 'households'] as const;
const ESTIMATES = ['people_estimated', 'households_estimated'] as const;

/** Every area with all its numbers, and which of them are estimates. What the plate does not count is empty. */
export function tableAsCsv({ rows, categories = [] }: Stats): Blob {
  // As the server has them, whatever they are called on the page.
  const names = categories.map((category) => category || t('compareUnsaid'));
  const byCategory = names.length > 0 ? [...names, 'by_estimated'] : [];
  return tableFile(['code', 'name', ...COUNTS, ...ESTIMATES, ...byCategory], rows.map(record));
}

function record(row: StatsRow): (string | number)[] {
  const estimates = ESTIMATES.map((name) => (row.people === null ? '' : Number(row[name])));
  const byCategory = row.by ? [...row.by, Number(row.by_estimated ?? false)] : [];
  return [row.code, row.name ?? '', ...COUNTS.map((name) => row[name] ?? ''), ...estimates, ...byCategory];
}
