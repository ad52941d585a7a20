import type { Map as MapLibre } from 'maplibre-gl';
import { h } from '../dom';
import { formatNumber, paintInLanguage, t } from '../i18n';
import type { ShownRecords } from './records';
import { recordRows } from './rows';

/** So many layers have room in the legend; of more those alone that are shown are listed. */
const LISTED_MAX = 6;

/** The part of the legend that says which records are shown, with the way to all layers; nothing of a plate without any. */
export function recordLegend(map: MapLibre, records: ShownRecords, openShelf: () => void): HTMLElement | null {
  const { length } = records.all;
  if (length === 0) return null;
  const heading = h('p', { class: 'heading', id: 'record-layers' });
  const all = h('button', { type: 'button', class: 'shelf-link', onclick: openShelf });
  paintInLanguage(() => {
    heading.textContent = t('recordLayers');
    all.textContent = t('shelfAll', { n: formatNumber(length) });
  });
  const rows = recordRows(map, records, { withHidden: length <= LISTED_MAX });
  return h('section', { 'aria-labelledby': heading.id }, heading, rows, all);
}
