import type { Geocoded, GeocodedPlace } from '../api';
import type { Lnglat } from '../coordinates';
import type { Word } from '../i18n';

/** What became of a row, in the order in which it is summed up. */
export const KINDS = ['high', 'medium', 'low', 'ambiguous', 'none', 'inside', 'outside', 'invalid'] as const;
export type Kind = (typeof KINDS)[number];

/** Colours that colour-blind eyes tell apart. */
export const LOOKS: Record<Kind, { word: Word; colour: string }> = {
  high: { word: 'bulkHigh', colour: '#0072b2' },
  medium: { word: 'bulkMedium', colour: '#e69f00' },
  low: { word: 'bulkLow', colour: '#c2410c' },
  ambiguous: { word: 'bulkAmbiguous', colour: '#a21caf' },
  none: { word: 'bulkNone', colour: '#6b7280' },
  inside: { word: 'bulkInside', colour: '#0072b2' },
  outside: { word: 'bulkOutside', colour: '#c2410c' },
  invalid: { word: 'bulkInvalid', colour: '#6b7280' },
};

export interface Outcome {
  kind: Kind;
  /** What was looked up, as it stands in the file. */
  asked: string;
  /** Where it is, in the plate's coordinates. */
  at?: Lnglat;
  /** What is shown of it. */
  text: string;
  fault?: Fault;
  confidence?: number;
  level?: string;
  /** Whether something that the text says is not so in the answer, or was not found. */
  open?: true;
}

/** An outcome with what stays with the table: the cells that are added to the row, as CSV, and the grid. */
export interface Finding {
  outcome: Outcome;
  cells: string;
  /** The code of the grid; empty for none. */
  grid: string;
}

/** Why a row was not looked up. */
export interface Fault {
  word: Word;
  values?: Record<string, number>;
  /** The same in the file, which is in English as that of the command line. */
  said: string;
}

/** Those that a person should look at. */
export function isDoubtful({ kind, open }: Outcome): boolean {
  return open === true || (kind !== 'high' && kind !== 'inside');
}

/** Faults that leave open what was asked for; the others say what could be left out (docs/addresses.md). */
const OPEN = ['unconfirmed', 'contradicting', 'misspelt', 'relative'];

/** As `baseplate geocode` names and orders them. */
export const GEOCODED = [
  'gc_status',
  'gc_level',
  'gc_address_code',
  'gc_building_code',
  'gc_grid_code',
  'gc_community_code',
  'gc_subdistrict_code',
  'gc_district_code',
  'gc_lng',
  'gc_lat',
  'gc_confidence',
  'gc_band',
  'gc_standard_address',
  'gc_faults',
  'gc_unmatched',
  'gc_alternatives',
];
/** As `baseplate locate` names them. */
export const LOCATED = ['grid_code', 'error'];

const BETWEEN = ';';
/** Cells that must stand in quotes. */
const QUOTED = /[",\r\n]|^\s|\s$/;

export function ofAnswer(answer: Geocoded, asked: string): Finding {
  const { status, place, also, confidence, band, faults, unmatched, alternatives } = answer;
  const places = [...(place ? [place] : []), ...also];
  const codes = (code: (place: GeocodedPlace) => string | null) =>
    [...new Set(places.map(code).filter((one) => one !== null))].join(BETWEEN);
  const at = place?.lng !== undefined && place.lat !== undefined ? ([place.lng, place.lat] as Lnglat) : null;
  const cells = [
    status,
    place?.match_level ?? '',
    codes((place) => place.address_code),
    codes((place) => place.building_code),
    codes((place) => place.grid_code),
    codes((place) => place.community_code),
    codes((place) => place.subdistrict_code),
    codes((place) => place.district_code),
    at?.[0].toFixed(7) ?? '',
    at?.[1].toFixed(7) ?? '',
    confidence.toFixed(3),
    band,
    place?.standard_address ?? '',
    faults.map(({ element, kind }) => `${element}:${kind}`).join(BETWEEN),
    unmatched,
    alternatives.map((one) => one.address_code ?? one.building_code ?? one.standard_address).join(BETWEEN),
  ];
  const outcome: Outcome = {
    kind: kindOf(answer),
    asked,
    ...(at && { at }),
    text: place?.standard_address ?? alternatives.map((one) => one.standard_address).join(' / '),
    confidence,
    ...(place && { level: place.match_level }),
    ...(isOpen(answer) && { open: true as const }),
  };
  return { outcome, cells: line(cells), grid: place?.grid_code ?? '' };
}

/**
 * Whether the answer ends above what the text asks for, or says something else. Words that are not understood below a room are
 * a remark; below anything else they may name a part of it.
 */
function isOpen({ place, faults, unmatched }: Geocoded): boolean {
  return faults.some(({ kind }) => OPEN.includes(kind)) || (unmatched !== '' && place?.match_level !== 'room');
}

function kindOf({ status, band }: Geocoded): Kind {
  if (status === 'matched') return band;
  if (status === 'ambiguous' || status === 'invalid') return status;
  return 'none';
}

export function ofGrid(code: string | null, at: Lnglat, asked: string): Finding {
  const outcome: Outcome = { kind: code === null ? 'outside' : 'inside', asked, at, text: code ?? '' };
  return { outcome, cells: line([code ?? '', '']), grid: code ?? '' };
}

/** What `baseplate geocode` answers for a row that is none. */
const NO_ANSWER: Geocoded = {
  status: 'invalid',
  place: null,
  also: [],
  confidence: 0,
  band: 'low',
  faults: [],
  unmatched: '',
  gap: null,
  alternatives: [],
};

/** A row that was not looked up. */
export function invalid(columns: string[], fault: Fault, asked: string): Finding {
  const cells = columns === GEOCODED ? ofAnswer(NO_ANSWER, asked).cells : line(['', fault.said]);
  return { outcome: { kind: 'invalid', asked, text: '', fault }, cells, grid: '' };
}

/** A row of CSV, without its end; flat, where a text put together piece by piece would keep all its pieces. */
export function line(cells: string[]): string {
  return cells.map((cell) => (QUOTED.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}
