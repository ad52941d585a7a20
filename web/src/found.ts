import type { Geocoded, GeocodedPlace, Suggestion } from './api';
import type { Lnglat } from './coordinates';
import { formatNumber, nameOf, t } from './i18n';

/** A place that the search box can lead to. */
export interface Found {
  text: string;
  level: string;
  code?: string;
  /** What the code is of. */
  entity?: string;
  at?: Lnglat;
  /** How sure the server is; a place that the reader picked needs none. */
  sure?: { confidence: number; band: string };
}

export function foundOfSuggestion({ text, level, code, entity, lng, lat }: Suggestion): Found {
  return { text, level, ...(code && { code }), ...(entity && { entity }), ...pointOf(lng, lat) };
}

/** What stands beside a name in the list: a grid or an enterprise is more than the place where it is. */
export function kindText({ entity, level }: Found): string {
  return nameOf(entity === 'grid' || entity === 'enterprise' ? entity : level);
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
