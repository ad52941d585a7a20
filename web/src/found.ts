import type { Geocoded, GeocodedPlace, Suggestion } from './api';
import type { Lnglat } from './coordinates';
import { formatNumber, nameOf, t } from './i18n';

/** A place that the search box can lead to. */
export interface Found {
  text: string;
  level: string;
  code?: string;
  at?: Lnglat;
  /** How sure the server is; a place that the reader picked needs none. */
  sure?: { confidence: number; band: string };
}

export function foundOfSuggestion({ text, level, code, lng, lat }: Suggestion): Found {
  return { text, level, ...(code && { code }), ...pointOf(lng, lat) };
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

/** For instance "Room · confidence 0.998 (high)". */
export function levelText({ level, sure }: Found): string {
  if (!sure) return nameOf(level);
  const confidence = { value: formatNumber(sure.confidence, 3), band: nameOf(sure.band) };
  return `${nameOf(level)} · ${t('confidence', confidence)}`;
}

/** The code of the smallest thing that the place is in. */
function codeOf(place: GeocodedPlace): string | null | undefined {
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
