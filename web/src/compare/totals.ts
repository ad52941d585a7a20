import { h } from '../dom';
import { formatNumber, t } from '../i18n';
import { formatMean, totalOf, type Area, type Total } from './areas';
import type { Measure } from './choice';

/** The sums over what is in view, if the areas are drawn there, and over all. */
export function totals(inView: Area[] | null, all: Area[], { level, measure }: { level: string; measure: Measure }): HTMLElement {
  const text = (label: 'compareInView' | 'compareWhole', total: Total) =>
    h(
      'div',
      {},
      h('dt', {}, t(label, { n: formatNumber(total.areas), level })),
      h('dd', {}, h('strong', {}, total.count === null ? '–' : formatNumber(total.count)), note(total, measure)),
    );
  return h('dl', {}, inView && text('compareInView', totalOf(inView)), text('compareWhole', totalOf(all)));
}

function note(total: Total, measure: Measure): HTMLElement | null {
  const notes = [
    measure === 'share' ? formatMean(total, measure) : null,
    measure === 'density' ? t('compareMean', { n: formatMean(total, measure) }) : null,
    total.estimated > 0 ? t('compareEstimated', { n: formatNumber(total.estimated) }) : null,
  ];
  const text = notes.filter(Boolean).join(' · ');
  return text ? h('span', { class: 'compare-note' }, text) : null;
}
