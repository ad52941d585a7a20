import { remember, remembered } from './memory';
import { words, type Language, type Word } from './words';

export type { Word };

const LOCALES: Record<Language, string> = { zh: 'zh-CN', en: 'en-GB' };

let current: Language = remembered('language', ['zh', 'en']) ?? preferred();
const painters: (() => void)[] = [];

/** The browser's own language where the page speaks it, else Chinese. */
function preferred(): Language {
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'zh';
}

export function toggleLanguage(): void {
  current = current === 'zh' ? 'en' : 'zh';
  remember('language', current);
  for (const paint of painters) paint();
}

/** Runs `paint` now and again whenever the language changes. */
export function paintInLanguage(paint: () => void): void {
  painters.push(paint);
  paint();
}

export function language(): Language {
  return current;
}

export function locale(): string {
  return LOCALES[current];
}

/** The language that the page can be switched to. */
export function otherLocale(): string {
  return LOCALES[current === 'zh' ? 'en' : 'zh'];
}

export function t(word: Word, values: Record<string, string | number> = {}): string {
  return words[current][word].replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}

/** The word for a name that came with data; a name this page does not know is shown as it came. */
export function nameOf(name: string): string {
  return Object.hasOwn(words.zh, name) ? t(name as Word) : name;
}

/** A title in the reader's language, if there is one. */
export function titleOf(titles: { zh?: string; en?: string } | undefined): string | undefined {
  return titles?.[current] || undefined;
}

export function formatNumber(value: number, fractionDigits = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: fractionDigits }).format(value);
}

/** A number in few digits, for instance 153万; one of up to five digits as it is. */
export function formatCompact(value: number): string {
  if (value < 100_000) return formatNumber(value);
  return new Intl.NumberFormat(locale(), { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
}

export function formatPercent(share: number): string {
  return new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 2 }).format(share);
}

export function formatMetres(value: number): string {
  return `${formatNumber(value, 1)} m`;
}

export function formatArea(squareMetres: number): string {
  return squareMetres >= 1e6
    ? `${formatNumber(squareMetres / 1e6, 2)} km²`
    : `${formatNumber(squareMetres)} m²`;
}

export function formatLngLat(lng: number, lat: number): string {
  return `${lng.toFixed(6)}, ${lat.toFixed(6)}`;
}

/** A time in the reader's own way; what is not a time is shown as it came. */
export function formatTime(time: string): string {
  return formatted(time, { dateStyle: 'medium', timeStyle: 'short' });
}

/** A time with its offset from UTC, as clocks showed it there. */
export function formatThere(time: string): string {
  return formatted(`${time.slice(0, '2026-01-05T09:00:00'.length)}Z`, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
}

/** The day of a time; its year only where that is not this one. */
export function formatDay(time: string): string {
  const isThisYear = new Date(time).getFullYear() === new Date().getFullYear();
  return formatted(time, { month: 'short', day: 'numeric', ...(!isThisYear && { year: 'numeric' }) });
}

/** A day that is the same wherever it is read. */
export function formatDate(time: string): string {
  return formatted(time, { dateStyle: 'medium', timeZone: 'UTC' });
}

function formatted(time: string, style: Intl.DateTimeFormatOptions): string {
  const parsed = new Date(time);
  if (Number.isNaN(parsed.getTime())) return time;
  return new Intl.DateTimeFormat(locale(), style).format(parsed);
}
