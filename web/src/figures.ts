import type { Map as MapLibre } from 'maplibre-gl';
import { fetchStats, type Stats, type StatsRow } from './api';
import { h } from './dom';
import { formatNumber, paintInLanguage, t, type Word } from './i18n';
import { areaLayers } from './kinds';
import { marked, releaseText } from './people';

/** The areas of a level with their numbers, and of which release those of people are. */
export type Counts = Pick<Stats, 'rows' | 'people_release'>;

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
  let stats: Counts | null = null;
  const paint = () => list.replaceChildren(...(stats ? figuresOf(stats) : []));
  map.once('idle', async () => {
    const [highest] = areaLayers(map.getStyle().layers);
    // A plate without areas has no sums, and without them the map serves as well.
    stats = highest ? await fetchStats(highest, null).catch(() => null) : null;
    paint();
    list.hidden = list.childElementCount === 0;
  });
  paintInLanguage(paint);
  return list;
}

/** The sums over the largest areas; what the plate does not count is left out. People are those of a release. */
export function figuresOf({ rows, people_release }: Counts): HTMLElement[] {
  if (rows.length === 0) return [];
  return FIGURES.flatMap(([word, figure]) => {
    const sum = rows.reduce<number | null>((so, row) => (so === null || row[figure] === null ? null : so + row[figure]), 0);
    if (sum === null) return [];
    const title = figure === 'people' ? releaseText(people_release) : null;
    const text = marked(formatNumber(sum), rows.some((row) => isEstimated(row, figure)));
    return [h('div', { title }, h('dt', {}, t(word)), h('dd', {}, text))];
  });
}

export function isEstimated(row: StatsRow, figure: Figure): boolean {
  return figure === 'people' && row.people_estimated;
}
