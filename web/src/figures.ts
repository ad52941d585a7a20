import type { Map as MapLibre } from 'maplibre-gl';
import { fetchStats, type StatsRow } from './api';
import { h } from './dom';
import { formatNumber, paintInLanguage, t, type Word } from './i18n';
import { areaLayers } from './kinds';

export type Figure = 'people' | 'enterprises' | 'buildings' | 'addresses';

export const FIGURES: [word: Word, figure: Figure][] = [
  ['people', 'people'],
  ['enterpriseCount', 'enterprises'],
  ['buildings', 'buildings'],
  ['addressCount', 'addresses'],
];

/** What the whole plate holds, in the chip. It is asked for when the map has been drawn, which is what the reader waits for. */
export function plateFigures(map: MapLibre): HTMLElement {
  const list = h('dl', { class: 'plate-figures' });
  let rows: StatsRow[] = [];
  const paint = () => list.replaceChildren(...figuresOf(rows));
  map.once('idle', async () => {
    const [highest] = areaLayers(map.getStyle().layers);
    // A plate without areas has no sums, and without them the map serves as well.
    const stats = highest && (await fetchStats(highest, null).catch(() => null));
    rows = stats?.rows ?? [];
    paint();
    list.hidden = list.childElementCount === 0;
  });
  paintInLanguage(paint);
  return list;
}

/** The sums over the largest areas; a figure that is not shown of one of them is not shown at all. */
export function figuresOf(rows: StatsRow[]): HTMLElement[] {
  if (rows.length === 0) return [];
  return FIGURES.flatMap(([word, figure]) => {
    const sum = rows.reduce<number | null>((so, row) => (so === null || row[figure] === null ? null : so + row[figure]), 0);
    return sum === null ? [] : [h('div', {}, h('dt', {}, t(word)), h('dd', {}, formatNumber(sum)))];
  });
}
