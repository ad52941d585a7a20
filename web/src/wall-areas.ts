import { fetchStats, type Level } from './api';
import { h } from './dom';
import { FIGURES, isEstimated, type Counts } from './figures';
import { formatCompact, formatNumber, nameOf, t } from './i18n';
import type { AreaLayer } from './kinds';
import { marked, markTitle, releaseText } from './people';

/** Rows that a wall has room for: of the ranking, of the parts of the city, and of both. */
const RANKED = 10;
const PARTS_MAX = 17;
const ROWS = 22;

/** The areas of a level with their numbers. */
export interface Counted extends Counts {
  level: Level;
}

/**
 * The first kind's areas as far down as a wall shows them: the highest level, the parts of the city, and the first level
 * with enough areas to be ranked.
 */
export async function countAreas(areas: AreaLayer[]): Promise<Counted[]> {
  const counted: Counted[] = [];
  for (const area of areas.filter(({ kind }) => kind === areas[0]?.kind)) {
    const { rows, people_release } = await fetchStats(area, null);
    counted.push({ level: area.level, rows, people_release });
    if (rows.length >= RANKED && counted.some((above) => isPart(above, rows.length))) break;
  }
  return counted;
}

function isPart({ rows }: Counted, below: number): boolean {
  return rows.length > 1 && rows.length < below;
}

/** The areas with most people, or with most addresses where people are not counted, and the parts of the city. */
export function areaTables(counted: Counted[]): HTMLElement[] {
  const ranked = counted.find(({ rows }) => rows.length >= RANKED && counted.some((above) => isPart(above, rows.length)));
  const level = ranked ?? counted.at(-1);
  const parts = counted.find(({ rows }) => rows.length > 1 && rows.length <= PARTS_MAX);
  return [
    level && level.rows.length > 1 ? ranking(level, Math.min(RANKED, ROWS - (parts?.rows.length ?? 0))) : null,
    parts && parts !== level ? partsTable(parts) : null,
  ].filter((table) => table !== null);
}

function ranking({ level, rows, people_release }: Counted, most: number): HTMLElement {
  const hasPeople = rows.some(({ people }) => people !== null);
  const [word, figure] = FIGURES.find(([, figure]) => figure === (hasPeople ? 'people' : 'addresses'))!;
  const best = rows
    .map((row) => ({ name: row.name || row.code, count: row[figure] ?? 0, estimated: isEstimated(row, figure) }))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, most);
  const greatest = Math.max(1, best[0]?.count ?? 0);
  return h(
    'section',
    { class: 'wall-ranking', title: hasPeople ? releaseText(people_release) : null },
    h('h2', {}, t('wallRanking', { statistic: t(word), n: formatNumber(best.length), level: nameOf(level) })),
    h('ol', {}, ...best.map((area) => rankedRow(area, greatest))),
  );
}

function rankedRow({ name, count, estimated }: { name: string; count: number; estimated: boolean }, greatest: number): HTMLElement {
  const bar = h('span', { class: 'wall-bar', 'aria-hidden': 'true' });
  bar.style.width = `${(count / greatest) * 100}%`;
  return h('li', {}, h('span', { class: 'name' }, name), h('strong', { title: markTitle(estimated) }, marked(formatNumber(count), estimated)), bar);
}

function partsTable({ level, rows }: Counted): HTMLElement {
  const heads = FIGURES.map(([word]) => h('th', { scope: 'col' }, t(word)));
  const shown = rows.map((row) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, row.name || row.code),
      ...FIGURES.map(([, figure]) => {
        const [count, estimated] = [row[figure], isEstimated(row, figure)];
        return h('td', { title: markTitle(estimated) }, count === null ? '–' : marked(formatCompact(count), estimated));
      }),
    ),
  );
  return h(
    'section',
    { class: 'wall-parts' },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, nameOf(level)), ...heads)),
      h('tbody', {}, ...shown),
    ),
  );
}
