import { formatNumber, t, type Word } from '../i18n';
import type { Head } from './desk';
import { NoTable, REFUSED } from './refused';
import type { Run } from './run';

/** Why a file cannot be read, in the language of the page. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof NoTable)) return t('bulkBroken');
  const { seems, cure } = REFUSED[error.kind];
  return t('bulkNoTable', { seems: t(seems), cure: t(cure) });
}

/** What a person should know about a file before it is looked up. */
export function notes({ workbook, titles, faulty, uneven, isPerhapsBig5 }: Head): string[] {
  const { sheet = '', sheets = [], rounded = 0 } = workbook ?? {};
  const counted = (word: Word, n: number) => (n > 0 ? t(word, { n: formatNumber(n) }) : null);
  const said = [
    sheets.length > 1 ? t('bulkSheets', { n: formatNumber(sheets.length), sheet }) : null,
    counted('bulkRounded', rounded),
    counted('bulkTitles', titles),
    counted('bulkFaulty', faulty),
    counted('bulkUneven', uneven),
    isPerhapsBig5 ? t('bulkPerhapsBig5') : null,
  ];
  return said.filter((note) => note !== null);
}

/** How fast a run is, and how long it will take; empty while that is not known. */
export function rateText({ began, done, outcomes }: Run): string {
  const seconds = (performance.now() - began.at) / 1000;
  const rate = (done - began.done) / seconds;
  if (!(rate > 0) || seconds < 1) return '';
  const left = (outcomes.length - done) / rate;
  const time =
    left < 90 ? t('bulkSeconds', { n: formatNumber(left) }) : t('bulkMinutes', { n: formatNumber(left / 60) });
  return t('bulkRate', { rate: formatNumber(rate), left: time });
}
