import { countIn, type Stats, type StatsRow } from '../api';
import { tableFile } from '../csv';
import { t } from '../i18n';
import type { Choice } from './choice';
import { isWhole, isWithin } from './periods';
import { countsWithin, undated, undatedCounts, type Records } from './records';

const COUNTS = ['buildings', 'addresses', 'enterprises', 'people', 'households'] as const;
const ESTIMATES = ['people_estimated', 'households_estimated'] as const;

/** What is counted of a layer: the number of each area, in all and by period. */
export interface Column {
  title: string;
  counts: Map<string, number>;
}

/** The columns of a layer as far as they are chosen; its total alone where there is no more to it. */
export function recordColumns(layer: string, { rows }: Stats, records: Records | null, choice: Choice): Column[] {
  const totals = new Map(rows.map((row) => [row.code, countIn(row, layer) ?? 0]));
  if (!records) return [{ title: layer, counts: totals }];
  const title = [layer, choice.class].filter((part) => part !== null).join('.');
  const chosen = records.periods.filter((period) => isWithin(period, choice.span));
  const byPeriod = chosen.map((period) => ({ title: period, counts: countsWithin(records, { from: period, to: period }) }));
  // So that the columns add up.
  if (isWhole(choice.span) && undated(records) > 0) byPeriod.push({ title: t('compareUnsaid'), counts: undatedCounts(records) });
  return [{ title, counts: countsWithin(records, choice.span) }, ...byPeriod];
}

/** Every area with all its numbers, and which of them are estimates. What the plate does not count is empty. */
export function tableAsCsv({ rows, categories = [] }: Stats, columns: Column[] = []): Blob {
  // As the server has them, whatever they are called on the page.
  const names = categories.map((category) => category || t('compareUnsaid'));
  const byCategory = names.length > 0 ? [...names, 'by_estimated'] : [];
  const fields = ['code', 'name', ...COUNTS, ...ESTIMATES, ...byCategory, ...columns.map(({ title }) => title)];
  return tableFile(
    fields,
    rows.map((row) => [...record(row), ...columns.map(({ counts }) => counts.get(row.code) ?? '')]),
  );
}

function record(row: StatsRow): (string | number)[] {
  const estimates = ESTIMATES.map((name) => (row.people === null ? '' : Number(row[name])));
  const byCategory = row.by ? [...row.by, Number(row.by_estimated ?? false)] : [];
  return [row.code, row.name ?? '', ...COUNTS.map((name) => row[name] ?? ''), ...estimates, ...byCategory];
}
