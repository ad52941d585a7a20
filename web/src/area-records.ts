import { countIn, fetchAbout, fetchLayerStats, type Entity } from './api';
import { barChart, fewest } from './breakdown';
import { h } from './dom';
import { formatNumber, t } from './i18n';
import { BASIC } from './kinds';
import { section, sentence } from './parts';
import { layerText, type Titled } from './records';

/** So many layers of an area are listed at once, those with most records first. */
const LISTED_MAX = 8;

/** The records of an area by layer: how many there are, and for who opens a layer with classes how many of each. */
export function areaRecordSection(area: Entity, layers: Titled[]): HTMLElement | null {
  const counted = layers
    .map((layer) => ({ layer, count: countIn(area, layer.id) ?? 0 }))
    .filter(({ count }) => count > 0)
    .toSorted((one, other) => other.count - one.count);
  if (counted.length === 0) return null;
  const rows = counted.map(({ layer, count }) => layerRow(area, layer, count));
  const rest = rows.splice(LISTED_MAX);
  const others =
    rest.length > 0 ? h('details', { class: 'provenance' }, h('summary', {}, t('otherLayers', { n: formatNumber(rest.length) })), ...rest) : null;
  return section(t('recordLayers'), ...rows, others);
}

function layerRow(area: Entity, layer: Titled, count: number): HTMLElement {
  const place = h('div');
  const summary = h('summary', {}, layerText(layer.id, [layer]), h('span', { class: 'note' }, formatNumber(count)));
  let isAsked = false;
  const load = async () => {
    if (isAsked) return;
    isAsked = true;
    const bars = await classBars(area, layer.id).catch(() => sentence(t('failed')));
    place.append(bars ?? sentence(t('withoutClasses')));
  };
  return h('details', { class: 'floor', 'data-layer': layer.id, ontoggle: () => void load() }, summary, place);
}

/** The records of an area by their highest class; null where the layer has no classes. */
async function classBars(area: Entity, id: string): Promise<HTMLElement | null> {
  const about = await fetchAbout();
  if (!about.layers.find((layer) => layer.id === id)?.class_levels) return null;
  const kind = area.kind && area.kind !== BASIC ? { kind: area.kind } : {};
  const stats = await fetchLayerStats(id, { within: area.code, classes: '0', ...kind });
  const counts = stats.areas[0]?.counts ?? [];
  const bars = stats.classes.map((name, place) => ({ label: name || t('shelfUnsaid'), count: counts[place] ?? 0, isEstimated: false }));
  const known = bars.filter(({ count }) => count > 0).toSorted((one, other) => other.count - one.count);
  return known.length > 0 ? barChart(fewest(known)) : null;
}
