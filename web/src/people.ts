import type { Stats } from './api';
import { h } from './dom';
import { formatNumber, t } from './i18n';

/** What is published about people, and since when. */
export type Release = Stats['people_release'];

/** Of which release numbers of people are. */
export function releaseText(release: Release): string | null {
  return release && t('released', { day: release.day });
}

/** The same as a line below the numbers; empty until it is known. */
export function releaseLine(coming: Promise<Release>): HTMLElement {
  const line = h('p', { class: 'as-of' });
  void coming.then((release) => line.append(releaseText(release) ?? ''));
  return line;
}

/** A number of a table or a chart, with a mark where it is an estimate. */
export function marked(text: string, isEstimated: boolean): string {
  return isEstimated ? `≈${text}` : text;
}

/** What the mark means, to be a title. */
export function markTitle(isEstimated: boolean): string | null {
  return isEstimated ? t('estimated') : null;
}

/** A number of people on a card. */
export function peopleFact(count: number | null | undefined, isEstimated = false): HTMLElement | null {
  if (count == null) return null;
  const text = formatNumber(count);
  return h('span', { title: markTitle(isEstimated) }, isEstimated ? t('about', { n: text }) : text);
}
