import type { Lnglat } from '../coordinates';

/**
 * Coordinates as people write them: numbers, or degrees, minutes and seconds, one in a cell or both. The rules are those of the
 * command (docs/spec.md).
 */

type Axis = 'lng' | 'lat';

/** Words for the four directions. Those in Latin letters follow the others, which contain none. */
const DIRECTIONS: readonly (readonly [string, Axis, number])[] = [
  ['东经', 'lng', 1],
  ['西经', 'lng', -1],
  ['北纬', 'lat', 1],
  ['南纬', 'lat', -1],
  ['E', 'lng', 1],
  ['W', 'lng', -1],
  ['N', 'lat', 1],
  ['S', 'lat', -1],
];
/** The longest text of a coordinate or two. */
const TEXT_MAX = 256;

/** A number, or degrees with minutes and seconds; null if a text is neither. */
export function readCoordinate(text: string): number | null {
  return text.length > TEXT_MAX ? null : (read(narrow(text))?.value ?? null);
}

/** Both coordinates of a cell, longitude first unless it says which is which; null if it has not two. */
export function readPoint(cell: string): Lnglat | null {
  if (cell.length > TEXT_MAX) return null;
  const halves = halvesOf(narrow(cell.trim().replace(/^[()[\]（）]+|[()[\]（）]+$/g, '')));
  const [first, second] = [halves && read(halves[0]), halves && read(halves[1])];
  if (!first || !second || (first.axis && first.axis === second.axis)) return null;
  const isSwapped = first.axis === 'lat' || second.axis === 'lng';
  return isSwapped ? [second.value, first.value] : [first.value, second.value];
}

/** A number with a decimal comma, with a point instead: so it is written in files whose columns are not separated by commas. */
export function decimalPoint(cell: string): string {
  return cell.replace(/^\s*([-+]?\d+),(\d+)\s*$/, '$1.$2');
}

/** Full-width characters, and the many signs for degrees, minutes and seconds, as the one that is read. */
function narrow(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replaceAll('、', ',')
    .replace(/[º˚度]/g, '°')
    .replace(/[′’‘`´ˊ分]/g, "'")
    .replace(/[″”“秒]/g, '"')
    .replace(/\s/g, ' ')
    .replaceAll("''", '"')
    .toUpperCase();
}

function halvesOf(text: string): [string, string] | null {
  const parts = text.split(/[,;]/);
  if (parts.length > 1) return parts.length === 2 ? [parts[0]!, parts[1]!] : null;
  const blanks = [...text.matchAll(/ (?! )/g)].map(({ index }) => index);
  const at = (place: number): [string, string] => [text.slice(0, place), text.slice(place)];
  if (blanks.length === 1) return at(blanks[0]!);
  // Degrees, minutes and seconds of both.
  if (blanks.length === 5) return at(blanks[2]!);
  return blanks.map(at).find((halves) => halves.every((half) => read(half)?.axis)) ?? null;
}

/** The value of a narrowed text, and the axis if it says one. */
function read(narrowed: string): { value: number; axis: Axis | null } | null {
  const text = narrowed.trim();
  const named = DIRECTIONS.find(([word]) => text.startsWith(word) || text.endsWith(word));
  const [word, axis, sign] = named ?? ['', null, text.startsWith('-') ? -1 : 1];
  const bare = text.startsWith(word) ? text.slice(word.length) : text.slice(0, -word.length);
  const value = unsigned(axis ? bare.replace(/^[: ]+/, '').trimEnd() : bare.replace(/^[-+]/, ''));
  return value === null ? null : { value: sign * value, axis };
}

/** A number without a sign, or degrees, minutes below 60 and seconds below 60, each with its sign or in its place. */
function unsigned(text: string): number | null {
  if (/^(\d+\.?\d*|\.\d+)(E[-+]?\d+)?$/.test(text)) return Number(text);
  const isSigned = /^[\d. :]*(°[\d. :]*)?('[\d. :]*)?("[\d. :]*)?$/.test(text);
  const parts = text.split(/[°'": ]/).filter((part) => part !== '');
  const isWhole = (part: string, place: number) => (place < parts.length - 1 ? /^\d+$/ : /^\d+\.?\d*$/).test(part);
  if (!isSigned || parts.length === 0 || parts.length > 3 || !parts.every(isWhole)) return null;
  const [degrees, minutes = 0, seconds = 0] = parts.map(Number) as [number, number?, number?];
  return minutes < 60 && seconds < 60 ? degrees + (minutes * 60 + seconds) / 3600 : null;
}
