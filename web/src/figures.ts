import type { Map as MapLibre } from 'maplibre-gl';
import { fetchStats, type StatsRow } from './api';
import { h } from './dom';
import { formatNumber, paintInLanguage, t, type Word } from './i18n';
import { areaLayers } from './kinds';

const FIGURES: [word: Word, count: 'people' | 'enterprises' | 'buildings' | 'addresses'][] = [
  ['people', 'people'],
  ['enterpriseCount', 'enterprises'],
  ['buildings', 'buildings'],
  ['addressCount', 'addresses'],
];

/** What the whole plate holds, in the chip. It is asked for when the map has been drawn, which is what the reader waits for. */
export function plateFigures(map: MapLibre): HTMLElement {
  const list = h('dl', { class: 'plate-figures' });
  let rows: StatsRow[] = [];
  const paint = () => list.replaceChildren(...(rows.length === 0 ? [] : figuresOf(rows)));
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
function figuresOf(rows: StatsRow[]): HTMLElement[] {
  return FIGURES.flatMap(([word, count]) => {
    const sum = rows.reduce<number | null>((so, row) => (so === null || row[count] === null ? null : so + row[count]), 0);
    return sum === null ? [] : [h('div', {}, h('dt', {}, t(word)), h('dd', {}, formatNumber(sum)))];
  });
}
