import type { Geocoded, GeocodedPlace, Suggestion } from './api';
import { toPlate, type Lnglat } from './coordinates';
import { formatNumber, nameOf, t } from './i18n';
import { isDivision } from './search-row';

/** A pair of coordinates as the server writes it, longitude first, before what stands there. */
const COORDINATES = /^-?[\d.]+, -?[\d.]+/;

/** A place that the search box can lead to. */
export interface Found {
  text: string;
  level: string;
  code?: string;
  /** What the code is of. */
  entity?: string;
  /** The layer that a record is of. */
  layer?: string;
  at?: Lnglat;
  /** How sure the server is; a place that the reader picked needs none. */
  sure?: { confidence: number; band: string };
}

export function foundOfSuggestion({ text, level, code, entity, layer, lng, lat }: Suggestion): Found {
  return { text, level, ...(code && { code }), ...(entity && { entity }), ...(layer && { layer }), ...pointOf(lng, lat) };
}

/** A pair of coordinates may also be one of the maps in GCJ-02, half a kilometre beside it: that is the second row. */
export function withOtherSystem([first, ...others]: Found[]): Found[] {
  if (!first) return [];
  const pair = first.code === undefined && first.at ? COORDINATES.exec(first.text) : null;
  if (!pair || !first.at) return [first, ...others];
  const text = `${pair[0]} · ${t('asGcj02')}`;
  return [first, { text, level: 'coordinates', at: toPlate(first.at, 'gcj02') }, ...others];
}

/** What stands beside a name in the list: a grid, an enterprise or a record is more than the place where it is. */
export function kindText({ entity, level, text }: Found): string {
  const isMore = entity === 'enterprise' || entity === 'record' || (entity === 'grid' && !isDivision(text));
  return nameOf(isMore ? entity : level);
}

export function foundOfPlace(place: GeocodedPlace, answer?: Geocoded): Found {
  const code = codeOf(place);
  return {
    text: place.standard_address,
    level: place.match_level,
    ...(code && { code }),
    ...pointOf(place.lng, place.lat),
    ...(answer && { sure: { confidence: answer.confidence, band: answer.band } }),
  };
}

/** Whether somebody wrote the code of a place, or its address or the end of that word for word: then nothing is uncertain. */
export function isWrittenSo(place: GeocodedPlace, text: string): boolean {
  return place.standard_address.endsWith(text) || [place.address_code, place.building_code, place.grid_code].includes(text);
}

/** For instance "Room · confidence 0.998 (high)". */
export function levelText({ level, sure }: Found): string {
  if (!sure) return nameOf(level);
  const confidence = { value: formatNumber(sure.confidence, 3), band: nameOf(sure.band) };
  return `${nameOf(level)} · ${t('confidence', confidence)}`;
}

/** The code of the smallest thing that the place is in. */
function codeOf(place: GeocodedPlace): string | null | undefined {
  if (place.match_level === 'building' && place.building_code) return place.building_code;
  return (
    place.address_code ??
    place.building_code ??
    place.grid_code ??
    place.community_code ??
    place.subdistrict_code ??
    place.district_code
  );
}

function pointOf(lng: number | null | undefined, lat: number | null | undefined): Pick<Found, 'at'> {
  return lng == null || lat == null ? {} : { at: [lng, lat] };
}
