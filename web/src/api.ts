export type Level = 'city' | 'district' | 'subdistrict' | 'community' | 'grid';
export type Bounds = [west: number, south: number, east: number, north: number];
type Optional<T> = T | null | undefined;

export interface ChainLink {
  level: Level;
  code: string;
  name?: Optional<string>;
}

export interface BuildingFacts {
  code: string;
  name?: Optional<string>;
  floors?: Optional<number>;
  height_m?: Optional<number>;
  use?: Optional<string>;
  addresses?: Optional<number>;
}

export interface AddressLine {
  code: string;
  text?: Optional<string>;
}

export interface Located {
  lng: number;
  lat: number;
  kind?: Optional<string>;
  /** From the grid up to the city; empty outside the coverage. */
  chain: ChainLink[];
  building?: Optional<BuildingFacts>;
  addresses?: Optional<AddressLine[]>;
}

export interface EntityLink {
  relation: string;
  code: string;
  how?: Optional<string>;
  distance_m?: Optional<number>;
  reason?: Optional<string>;
  approved_by?: Optional<string>;
}

export interface EnterpriseLine {
  uscc: string;
  name?: Optional<string>;
  role?: Optional<string>;
  active?: Optional<boolean>;
  address?: Optional<AddressLine>;
}

export interface Entity {
  entity: 'grid' | 'building' | 'address' | 'enterprise';
  code: string;
  name?: Optional<string>;
  text?: Optional<string>;
  level?: Optional<Level>;
  kind?: Optional<string>;
  area_m2?: Optional<number>;
  children?: Optional<number>;
  buildings?: Optional<number>;
  addresses?: Optional<number>;
  address_list?: Optional<AddressLine[]>;
  enterprises?: Optional<number>;
  enterprise_list?: Optional<EnterpriseLine[]>;
  /** Of a grid: null where the number may not be shown. */
  people?: Optional<number>;
  /** Of an enterprise. */
  active?: Optional<boolean>;
  address?: Optional<AddressLine>;
  address_text?: Optional<string>;
  attributes?: Optional<Record<string, string>>;
  places?: Optional<EnterpriseLine[]>;
  co_located?: Optional<number>;
  co_located_list?: Optional<EnterpriseLine[]>;
  floors?: Optional<number>;
  height_m?: Optional<number>;
  use?: Optional<string>;
  building?: Optional<{ code: string; name?: Optional<string> }>;
  bbox?: Optional<Bounds>;
  lng?: Optional<number>;
  lat?: Optional<number>;
  chain?: Optional<ChainLink[]>;
  links?: Optional<EntityLink[]>;
}

/** What is being typed, completed. */
export interface Suggestion {
  text: string;
  level: string;
  code?: Optional<string>;
  lng?: Optional<number>;
  lat?: Optional<number>;
}

/** A place that a text stands for, with codes as far down as it goes. */
export interface GeocodedPlace {
  match_level: string;
  standard_address: string;
  lng?: Optional<number>;
  lat?: Optional<number>;
  address_code?: Optional<string>;
  building_code?: Optional<string>;
  grid_code?: Optional<string>;
  community_code?: Optional<string>;
  subdistrict_code?: Optional<string>;
  district_code?: Optional<string>;
}

export interface Geocoded {
  status: 'matched' | 'ambiguous' | 'none' | 'out_of_area' | 'invalid';
  place: Optional<GeocodedPlace>;
  /** The probability that the place is the one that was meant. */
  confidence: number;
  band: string;
  alternatives: GeocodedPlace[];
}

export type FailureReason = 'unreachable' | 'timeout' | 'notFound' | 'refused' | 'serverFault' | 'unreadable';

/** Why an answer is missing, with what the server said about it, if anything. */
export class ApiFailure extends Error {
  constructor(
    readonly reason: FailureReason,
    readonly detail?: string,
  ) {
    super(detail ?? reason);
  }
}

const TIMEOUT_MS = 15_000;

export async function locate(lng: number, lat: number, signal: AbortSignal): Promise<Located> {
  const answer = await getJson<Located>(`api/locate?lng=${lng}&lat=${lat}`, signal);
  if (!Array.isArray(answer?.chain)) throw new ApiFailure('unreadable');
  return answer;
}

export async function fetchEntity(code: string, signal: AbortSignal): Promise<Entity> {
  const answer = await getJson<Entity>(`api/entities/${encodeURIComponent(code)}`, signal);
  if (typeof answer?.code !== 'string') throw new ApiFailure('unreadable');
  return answer;
}

/** Completions of what is being typed, those near a point first. */
export async function suggest(
  text: string,
  near: { lng: number; lat: number },
  signal: AbortSignal,
): Promise<Suggestion[]> {
  const query = new URLSearchParams({ q: text, near: `${near.lng.toFixed(5)},${near.lat.toFixed(5)}` });
  const answer = await getJson<Suggestion[]>(`api/suggest?${query}`, signal);
  if (!Array.isArray(answer)) throw new ApiFailure('unreadable');
  return answer;
}

export async function geocode(text: string, signal: AbortSignal): Promise<Geocoded> {
  const answer = await getJson<Geocoded>(`api/geocode?${new URLSearchParams({ q: text })}`, signal);
  if (typeof answer?.status !== 'string') throw new ApiFailure('unreadable');
  return answer;
}

/** Fetches JSON; throws an `ApiFailure`, or the abort itself if `signal` ended the request. */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(new URL(path, document.baseURI), {
    headers: { accept: 'application/json' },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiFailure(timeout.aborted ? 'timeout' : 'unreachable');
  });
  if (!response.ok) throw new ApiFailure(reasonOf(response.status), await problemDetail(response));
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiFailure(timeout.aborted ? 'timeout' : 'unreadable');
  }
}

function reasonOf(status: number): FailureReason {
  if (status === 404) return 'notFound';
  return status < 500 ? 'refused' : 'serverFault';
}

/** The `detail` or `title` of a problem+json answer. */
async function problemDetail(response: Response): Promise<string | undefined> {
  try {
    const problem = (await response.json()) as { detail?: unknown; title?: unknown };
    const text = problem.detail ?? problem.title;
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
