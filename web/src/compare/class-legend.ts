import { h } from '../dom';
import { formatNumber, t } from '../i18n';
import { formatValue } from './areas';
import type { Measure } from './choice';
import type { Fill } from './choropleth';
import type { Classes, ValueClass } from './classes';

export interface LegendRow {
  fill: Fill;
  label: string;
  /** How many areas there are. */
  areas: string;
}

export interface LegendFacts {
  measure: Measure;
  /** What the areas are called. */
  level: string;
}

/** The classes as one reads them, the greatest values first. */
export function legendRows({ valued, none }: Classes, facts: LegendFacts): LegendRow[] {
  const rows: LegendRow[] = valued.toReversed().map((range) => ({
    fill: range.colour,
    label: boundsText(range, facts.measure),
    areas: areasText(range.areas, facts),
  }));
  if (none > 0) rows.push({ fill: null, label: t('compareNone'), areas: areasText(none, facts) });
  return rows;
}

export function classLegend(rows: LegendRow[]): HTMLElement {
  return h('ul', { class: 'compare-legend' }, ...rows.map(item));
}

function item({ fill, label, areas }: LegendRow): HTMLElement {
  const swatch = h('span', { class: 'compare-swatch', 'aria-hidden': 'true' });
  swatch.style.background = fill ?? '';
  return h('li', {}, swatch, h('span', {}, label), h('span', { class: 'compare-areas' }, areas));
}

function areasText(areas: number, { level }: LegendFacts): string {
  return t('compareAreas', { n: formatNumber(areas), level });
}

function boundsText({ from, to }: ValueClass, measure: Measure): string {
  const [first, last] = [formatValue(from, measure), formatValue(to, measure)];
  return first === last ? first : `${first} – ${last}`;
}
