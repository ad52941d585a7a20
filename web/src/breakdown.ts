import { fetchAbout, fetchStats, OTHER, type Attribute, type Entity, type Level, type Stats } from './api';
import type { OpenEntity } from './code';
import { attributeText, categoryText } from './attributes';
import { h } from './dom';
import { formatNumber, nameOf, t } from './i18n';
import type { AreaLayer } from './kinds';
import { nameWithin, section } from './parts';
import { marked, markTitle, type Release } from './people';

/** By which attribute people and enterprises are broken down on a card, where the plate has it; else by their first. */
const PREFERRED: Pick<Attribute, 'entity' | 'name'>[] = [
  { entity: 'person', name: 'age_band' },
  { entity: 'enterprise', name: 'industry' },
];

/** The most bars of a chart: the smallest are put together in the last. */
const BARS_MAX = 6;

interface Bar {
  label: string;
  count: number;
  isEstimated: boolean;
  /** What it opens. */
  code?: string;
}

/** An area by age and trade, the areas below it, and of which release the people are. */
export interface Breakdown {
  charts: { attribute: Attribute; stats: Stats }[];
  below: { level: Level; stats: Stats } | null;
  release: Release;
}

/** Asks for what the charts of an area show; what does not come is left out. */
export async function loadBreakdown(entity: Entity, areas: AreaLayer[]): Promise<Breakdown> {
  const { code, kind, level } = entity;
  if (!kind || !level) return { charts: [], below: null, release: null };
  const ownKind = areas.filter((area) => area.kind === kind);
  const lower = ownKind[ownKind.findIndex((area) => area.level === level) + 1]?.level;
  const about = await fetchAbout().catch(() => null);
  const wanted = PREFERRED.flatMap(({ entity, name }) => {
    const all = about?.attributes.filter((attribute) => attribute.entity === entity) ?? [];
    return all.find((attribute) => attribute.name === name) ?? all.slice(0, 1);
  });
  const ask = (level: Level, by: string | null) => fetchStats({ kind, level, within: code }, by).catch(() => null);
  const [below, ...charts] = await Promise.all([
    lower ? ask(lower, null) : null,
    ...wanted.map(({ entity, name }) => ask(level, `${entity}.${name}`)),
  ]);
  return {
    charts: charts.flatMap((stats, place) => (stats ? [{ attribute: wanted[place]!, stats }] : [])),
    below: lower && below ? { level: lower, stats: below } : null,
    release: about?.people_release ?? null,
  };
}

export function breakdownSections({ charts, below }: Breakdown, entity: Entity, open: OpenEntity): HTMLElement[] {
  const drawn = charts.map(({ attribute, stats }) => chart(attribute, stats, entity.code)).filter((part) => part !== null);
  return below && below.stats.rows.length > 0 ? [...drawn, areasBelow(below.level, below.stats, entity, open)] : drawn;
}

function chart(attribute: Attribute, stats: Stats, code: string): HTMLElement | null {
  const row = stats.rows.find((row) => row.code === code);
  const title = `${t(attribute.entity === 'person' ? 'people' : 'enterprises')} · ${attributeText(attribute)}`;
  const parts = (stats.categories ?? []).map((category, place) => ({ name: category, count: row?.by?.[place] ?? 0 }));
  const isEstimated = row?.by_estimated ?? false;
  const bars = inOrder(parts.filter(({ count }) => count > 0)).map(({ name, count }) => ({
    label: categoryText(name, attribute),
    count,
    isEstimated,
  }));
  return bars.length > 0 ? section(title, barChart(fewest(bars))) : null;
}

/** Ages by age, all else by size; what is not told apart comes last. */
function inOrder(parts: { name: string; count: number }[]): { name: string; count: number }[] {
  const isRest = (name: string) => name === '' || name === OTHER;
  const [rest, named] = [parts.filter(({ name }) => isRest(name)), parts.filter(({ name }) => !isRest(name))];
  const isByNumber = named.every(({ name }) => /^\d/.test(name));
  const sorted = named.toSorted((one, other) =>
    isByNumber ? parseInt(one.name, 10) - parseInt(other.name, 10) : other.count - one.count,
  );
  return [...sorted, ...rest];
}

/** The largest bars, and the smallest put together. */
export function fewest(bars: Bar[]): Bar[] {
  if (bars.length <= BARS_MAX) return bars;
  const rest = bars.slice(BARS_MAX - 1);
  const count = rest.reduce((sum, bar) => sum + bar.count, 0);
  return [...bars.slice(0, BARS_MAX - 1), { label: t('otherCategories', { n: rest.length }), count, isEstimated: rest.some((bar) => bar.isEstimated) }];
}

/** The areas of the next level with their residents, or with their addresses where people are not counted. */
function areasBelow(level: Level, { rows }: Stats, entity: Entity, open: OpenEntity): HTMLElement {
  const counted = rows.every(({ people }) => people === null) ? 'addresses' : 'people';
  const bars = rows.map((row) => ({
    label: nameWithin(row.name || row.code, entity.name),
    count: row[counted] ?? 0,
    isEstimated: counted === 'people' && row.people_estimated,
    code: row.code,
  }));
  const title = t('areasBelow', { n: formatNumber(rows.length), level: nameOf(level) });
  return section(`${title} · ${t(counted === 'people' ? 'people' : 'addressCount')}`, barChart(bars, open));
}

/** A list that is read as well as it is seen: names and numbers are text, only the bars are not. */
export function barChart(bars: Bar[], open?: OpenEntity): HTMLElement {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const rows = bars.map(({ label, count, isEstimated, code }) => {
    const bar = h('span', { class: 'bar', 'aria-hidden': 'true' });
    bar.style.setProperty('--part', String(count / most));
    const name =
      code && open
        ? h('button', { type: 'button', class: 'bar-name', title: label, onclick: () => open(code) }, label)
        : h('span', { class: 'bar-name', title: label }, label);
    const text = marked(formatNumber(count), isEstimated);
    const value = h('span', { class: 'bar-value', title: markTitle(isEstimated) }, text);
    return h('li', { 'data-code': code }, name, bar, value);
  });
  return h('ul', { class: 'bars' }, ...rows);
}
