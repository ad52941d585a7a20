import { h } from '../dom';
import { formatNumber, t } from '../i18n';
import { periodText } from '../compare/periods';
import { choice } from './choice';
import type { Grouping } from './grouping';
import { namesOf } from './legend';
import type { MonthCount } from './month-counts';

/** Months that are listed, the last ones; the file has all. */
const LISTED_MAX = 24;

/** The choice of the column with the times, and the rows of each month and group as a table. */
export function monthTable(
  fields: string[],
  { time, months: counts, grouping }: { time: number | null; months: MonthCount[]; grouping: Grouping | null },
  choose: (column: number | null) => void,
): HTMLElement {
  const columns = fields.map((field, place): [string, string] => [String(place), field || `#${place + 1}`]);
  const pick = choice(t('bulkTimeColumn'), [['', t('bulkNoTime')], ...columns], String(time ?? ''), (value) =>
    choose(value === '' ? null : Number(value)),
  );
  if (time === null) return h('div', { class: 'bulk-months' }, pick);
  const groups = grouping ? namesOf(grouping) : [];
  const months = [...new Set(counts.map(({ month }) => month))].sort().slice(-LISTED_MAX);
  const sum = (of: MonthCount[]) => formatNumber(of.reduce((so, { rows }) => so + rows, 0));
  const head = [t('bulkMonth'), t('bulkAll'), ...groups].map((name) => h('th', { scope: 'col' }, name));
  const rows = months.map((month) => {
    const own = counts.filter((count) => count.month === month);
    const parts = groups.map((_, group) => h('td', {}, sum(own.filter((count) => count.group === group))));
    return h('tr', {}, h('th', { scope: 'row' }, month ? periodText(month) : t('bulkNoValue')), h('td', {}, sum(own)), ...parts);
  });
  const table = h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows));
  return h('div', { class: 'bulk-months' }, pick, h('div', { class: 'bulk-months-table', tabindex: 0, role: 'group', 'aria-label': t('bulkMonth') }, table));
}
