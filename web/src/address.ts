/**
 * The address bar: `#map=15/22.55/114.05&code=99010100100101&tool=compare`. MapLibre keeps `map`, the view with its
 * bearing and pitch; what is chosen stands beside it, so that an address leads back to what was seen. `layer` says of which
 * layer of records `code` is, where it is of one.
 */
const KEYS = ['code', 'layer', 'at', 'tool', 'by', 'class', 'from', 'to', 'hide', 'show', 'span', 'off', 'wall'] as const;

type Key = (typeof KEYS)[number];
export type Address = Partial<Record<Key, string>>;

/** Whether the page is shown within another one, as the map alone: `?embed`. */
export const isEmbedded = new URLSearchParams(location.search).has('embed');

/** The address of the whole page on the same view. */
export function wholePage(): string {
  const url = new URL(location.href);
  url.searchParams.delete('embed');
  return url.href;
}

/** The name under which MapLibre keeps the view. */
export const VIEW_KEY = 'map';

export function readAddress(): Address {
  const parts = hashParts();
  const known = KEYS.flatMap((key) => {
    const value = parts.get(key);
    return value ? [[key, value]] : [];
  });
  return Object.fromEntries(known) as Address;
}

/** Whether the address says what to look at. */
export function hasView(): boolean {
  return hashParts().has(VIEW_KEY);
}

/** The view that the address says. */
export function readView(): { zoom: number; lng: number; lat: number } | null {
  const [zoom = NaN, lat = NaN, lng = NaN] = (hashParts().get(VIEW_KEY) ?? '').split('/').map(Number);
  return [zoom, lat, lng].every(Number.isFinite) ? { zoom, lng, lat } : null;
}

/** Whether the reader wrote the address just now: steps that the page made or has taken are marked. */
export function takeWritten(): boolean {
  const isWritten = history.state === null;
  if (isWritten) history.replaceState({ fromCard: false }, '');
  return isWritten;
}

/** Changes what the address says; `push` makes a step that the browser's back button undoes. */
export function writeAddress(changes: Partial<Record<Key, string | null>>, { push }: { push: boolean }): void {
  const parts = hashParts();
  const fromCard = parts.has('code') || parts.has('at');
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) parts.delete(key);
    else parts.set(key, value);
  }
  const written = [...parts].map(([key, value]) => `${key}=${escaped(value)}`);
  const hash = `#${written.join('&')}`;
  if (hash === location.hash) return;
  if (push) history.pushState({ fromCard }, '', hash);
  else history.replaceState(history.state, '', hash);
}

/** Whether the step before this one showed a card, to go back to. */
export function cameFromCard(): boolean {
  return (history.state as { fromCard?: boolean } | null)?.fromCard === true;
}

/** Runs `changed` when the reader goes back or forth, or writes another address. */
export function onAddress(changed: (address: Address) => void): void {
  addEventListener('popstate', () => changed(readAddress()));
}

function hashParts(): Map<string, string> {
  return new Map([...new URLSearchParams(location.hash.slice(1))].map(([key, value]) => [key, unescaped(value)]));
}

/**
 * A value as MapLibre, which takes the address apart and writes it without any percent escapes whenever the map rests,
 * leaves it: what would end it or change then is written as `~` and two digits.
 */
function escaped(value: string): string {
  const kept = value.replace(/[~%&#+=]/g, (sign) => `~${sign.charCodeAt(0).toString(16)}`);
  return encodeURIComponent(kept).replace(/%(2F|2C|40|3A)/g, decodeURIComponent);
}

function unescaped(value: string): string {
  return value.replace(/~([0-9a-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}
