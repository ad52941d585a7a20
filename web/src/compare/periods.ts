import type { RecordLayer } from '../api';
import { locale, t } from '../i18n';

/** How long a period is. */
export type Unit = 'day' | 'month' | 'year';

/** The first and the last period of those that are counted, for instance `2026-01`; null for no bound. */
export interface Span {
  from: string | null;
  to: string | null;
}

export const WHOLE: Span = { from: null, to: null };

/** One bar of the chart: the periods that it stands for. */
export interface Bin {
  label: string;
  periods: string[];
}

const PERIOD = /^\d{4}(-\d{2}(-\d{2})?)?$/;
const MONTH_S = (365.25 / 12) * 24 * 3600;
/** Where there are so few months, they are told day by day. */
const MONTHS_MIN = 2;
/** The most bars of months that one can tell apart and hit. */
const BARS_MAX = 72;
/** The most numbers, those of every area and period, that the page asks for at once. */
const NUMBERS_MAX = 3_000_000;

export function isPeriod(text: string | undefined): text is string {
  return text !== undefined && PERIOD.test(text);
}

/** By which periods the records of a layer are counted in so many areas. */
export function unitOf({ first, last }: NonNullable<RecordLayer['time']>, areas: number): Unit {
  const months = (last - first) / MONTH_S;
  if (months <= MONTHS_MIN) return 'day';
  return months * areas > NUMBERS_MAX ? 'year' : 'month';
}

/** The periods as the chart has them: months of many years are put together by year. */
export function binsOf(periods: string[]): Bin[] {
  if (periods.length <= BARS_MAX || !periods[0]!.includes('-')) return periods.map((label) => ({ label, periods: [label] }));
  const years = [...new Set(periods.map(yearOf))];
  return years.map((label) => ({ label, periods: periods.filter((period) => yearOf(period) === label) }));
}

function yearOf(period: string): string {
  return period.slice(0, 4);
}

/** Whether a period is among those from `from` to `to`, each of which may be longer than it, or shorter. */
export function isWithin(period: string, { from, to }: Span): boolean {
  const compared = (bound: string) => period.slice(0, bound.length).localeCompare(bound.slice(0, period.length), 'en');
  return (from === null || compared(from) >= 0) && (to === null || compared(to) <= 0);
}

/** The span of some periods among all of them: the whole has no bounds, and neither has none. */
export function spanOf(chosen: string[], all: string[]): Span {
  if (chosen.length === 0 || chosen.length === all.length) return WHOLE;
  return { from: chosen[0]!, to: chosen.at(-1)! };
}

export function spanOfBin({ periods }: Bin): Span {
  return { from: periods[0]!, to: periods.at(-1)! };
}

export function isWhole({ from, to }: Span): boolean {
  return from === null && to === null;
}

/** For instance "2026年1月". */
export function periodText(period: string): string {
  const [year = '', month, day] = period.split('-');
  const shown: Intl.DateTimeFormatOptions = { year: 'numeric' };
  if (month) shown.month = 'short';
  if (day) shown.day = 'numeric';
  const time = Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1));
  return new Intl.DateTimeFormat(locale(), { ...shown, timeZone: 'UTC' }).format(time);
}

/** For instance "2026年1月 – 2026年3月"; null of the whole. */
export function spanText({ from, to }: Span): string | null {
  if (from === null || to === null) {
    if (from !== null) return t('compareSince', { period: periodText(from) });
    return to === null ? null : t('compareUntil', { period: periodText(to) });
  }
  // A whole year is written as its months.
  const isYear = yearOf(from) === yearOf(to) && from.endsWith('-01') && to.endsWith('-12') && from.length === 7;
  if (isYear) return periodText(yearOf(from));
  return from === to ? periodText(from) : `${periodText(from)} – ${periodText(to)}`;
}
