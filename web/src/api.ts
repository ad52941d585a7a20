/** What the server answers, and how it is asked. The types come from its own description: `npm run types`. */
import type { components } from './openapi';

type Schemas = components['schemas'];
/** What is called by a name that is known; the numbers of the layers of records are not. */
type Named<Answer> = {
  [Key in keyof Answer as string extends Key ? never : Key]: Answer[Key];
};
/** One of several answers, read as if it had the members of all of them. */
type Whole<Union> = {
  [Key in Union extends unknown ? keyof Named<Union> : never]?: Union extends unknown
    ? Key extends keyof Named<Union>
      ? Named<Union>[Key]
      : never
    : never;
};

export type Level = Schemas['Level'];
export type Bounds = [west: number, south: number, east: number, north: number];
export type Point = Schemas['LngLat'];
export type ChainLink = Schemas['GridRef'];
export type BuildingFacts = Schemas['BuildingRef'];
export type AddressLine = Schemas['AddressRef'];
export type EnterpriseLine = Schemas['EnterpriseRef'];
/** A layer of records that the plate declares. */
export type RecordLayer = Schemas['RecordLayer'];
export type RecordAttribute = Schemas['RecordAttribute'];
/** The records of a layer at a place. */
export type LayerRecords = Schemas['LayerRecords'];
export type EntityLink = Schemas['Link'];
export type Located = Schemas['PlaceAnswer'];
export type Entity = Pick<Schemas['EntityAnswer'], 'chain' | 'code' | 'entity' | 'generation' | 'links'> &
  Schemas['MaybePoint'] &
  Omit<Whole<Schemas['Own']>, 'bbox'> & { bbox?: Bounds | null };
export type Suggestion = Schemas['Suggestion'];
export type GeocodedPlace = Schemas['GeocodedPlace'];
export type Geocoded = Schemas['Geocoded'];
export type StatsRow = Named<Schemas['StatsRow']>;
export type Stats = Omit<Schemas['Stats'], 'rows'> & { rows: StatsRow[] };
/** The records of a layer by area, class and period. */
export type LayerStats = Schemas['LayerStats'];
/** What is served, and what it was made from. */
export type About = Omit<Schemas['About'], 'layers'> & { layers: RecordLayer[] };
export type Issue = Schemas['Issue'];
export type Issues = Schemas['Issues'];
export type Severity = Schemas['Severity'];
/** The worst first. */
export const SEVERITIES: Severity[] = ['error', 'warning', 'hint'];
export type TileJson = Schemas['TileJson'];
/** What people, enterprises and other records can be counted by. */
export type Attribute = Schemas['Attribute'];
/** The category of all people whose own too few have. */
export const OTHER = 'other';

export type FailureReason = 'unreachable' | 'timeout' | 'notFound' | 'refused' | 'serverFault' | 'unreadable';

/** Why an answer is missing, with what the server said about it, if anything. */
export class ApiFailure extends Error {
  constructor(
    readonly reason: FailureReason,
    readonly detail?: string,
    readonly status?: number,
  ) {
    super(detail ?? reason);
  }
}

const TIMEOUT_MS = 15_000;
const BATCH_TIMEOUT_MS = 60_000;
/** Addresses of a building that a card can show: those of the largest have about a thousand. */
const LISTED = 2000;

/** What stands at a point, with the grid of a kind around it. */
export async function locate(lng: number, lat: number, kind: string, signal: AbortSignal): Promise<Located> {
  const ofKind = kind === 'basic' ? '' : `&kind=${encodeURIComponent(kind)}`;
  const answer = await getJson<Located>(`api/locate?lng=${lng}&lat=${lat}${ofKind}`, signal);
  if (!Array.isArray(answer?.chain)) throw new ApiFailure('unreadable');
  return answer;
}

/** What a code stands for; of a layer, if one is named. */
export async function fetchEntity(code: string, layer: string | undefined, signal: AbortSignal): Promise<Entity> {
  const at = layer === undefined ? 'api/entities' : `api/layers/${encodeURIComponent(layer)}/records`;
  const answer = await getJson<Entity>(`${at}/${encodeURIComponent(code)}?list=${LISTED}`, signal);
  if (typeof answer?.code !== 'string') throw new ApiFailure('unreadable');
  return answer;
}

/** How many records of a layer, or of what every plate has, are in an area. */
export function countIn(area: object, layer: string): number | null {
  const count = (area as Record<string, unknown>)[layer];
  return typeof count === 'number' ? count : null;
}

/** Completions of what is being typed, those near a point first. */
export async function suggest(
  text: string,
  near: [lng: number, lat: number],
  signal: AbortSignal,
): Promise<Suggestion[]> {
  const query = new URLSearchParams({ q: text, near: near.map((degrees) => degrees.toFixed(5)).join(',') });
  const answer = await getJson<Suggestion[]>(`api/suggest?${query}`, signal);
  if (!Array.isArray(answer)) throw new ApiFailure('unreadable');
  return answer;
}

export async function fetchAbout(signal?: AbortSignal): Promise<About> {
  const answer = await getJson<About>('api/plate', signal);
  if (!Array.isArray(answer?.sources)) throw new ApiFailure('unreadable');
  return answer;
}

export async function geocode(text: string, signal: AbortSignal): Promise<Geocoded> {
  const answer = await getJson<Geocoded>(`api/geocode?${new URLSearchParams({ q: text })}`, signal);
  if (typeof answer?.status !== 'string') throw new ApiFailure('unreadable');
  return answer;
}

/** What can be counted beside what every plate has. */
export interface Countable {
  attributes: Attribute[];
  layers: RecordLayer[];
}

/** What can be counted, and by which category; nothing more than every plate has where the server does not say. */
export async function fetchCountable(signal?: AbortSignal): Promise<Countable> {
  try {
    const { attributes, layers } = await fetchAbout(signal);
    return { attributes, layers: layers ?? [] };
  } catch (error) {
    if (error instanceof ApiFailure && error.reason === 'notFound') return { attributes: [], layers: [] };
    throw error;
  }
}

/** The numbers of every area of a level of a kind, or of those within one; `by` is an attribute such as `person.sex`. */
export async function fetchStats(
  { kind, level, within }: { kind: string; level: Level; within?: string },
  by: string | null,
  signal?: AbortSignal,
): Promise<Stats> {
  const query = new URLSearchParams({ level, ...(kind !== 'basic' && { kind }), ...(within && { within }), ...(by !== null && { by }) });
  const answer = await getJson<Stats>(`api/stats?${query}`, signal);
  const categories = by === null ? null : answer?.categories;
  const isWhole =
    Array.isArray(answer?.rows) &&
    (categories === null || Array.isArray(categories)) &&
    answer.rows.every((row) => isStatsRow(row, categories?.length ?? 0));
  if (!isWhole) throw new ApiFailure('unreadable');
  return withoutEmptyOther(answer);
}

/** The records of a layer, counted as `query` says. */
export async function fetchLayerStats(layer: string, query: Record<string, string>, signal?: AbortSignal): Promise<LayerStats> {
  const answer = await getJson<LayerStats>(`api/layers/${encodeURIComponent(layer)}/stats?${new URLSearchParams(query)}`, signal);
  const width = (answer?.classes?.length ?? NaN) * (answer?.periods?.length ?? NaN);
  const isWhole = Array.isArray(answer?.areas) && answer.areas.every(({ counts }) => counts?.length === width);
  if (!isWhole) throw new ApiFailure('unreadable');
  return answer;
}

/** Without the category of other people where nobody is in it. */
function withoutEmptyOther(stats: Stats): Stats {
  const { entity, categories = [], rows } = stats;
  const place = entity === 'person' ? categories.indexOf(OTHER) : -1;
  if (place < 0 || rows.some(({ by }) => by?.[place])) return stats;
  const rest = rows.map((row) => ({ ...row, ...(row.by && { by: row.by.toSpliced(place, 1) }) }));
  return { ...stats, categories: categories.toSpliced(place, 1), rows: rest };
}

function isStatsRow(row: StatsRow, categories: number): boolean {
  const { code, people, households, by = [] } = row ?? {};
  const counts = [row?.buildings, row?.addresses, row?.enterprises, ...by];
  return (
    typeof code === 'string' &&
    counts.every(Number.isFinite) &&
    [people, households].every((n) => n === null || Number.isFinite(n)) &&
    by.length >= categories
  );
}

/** What is served, by a server that says what is wrong with its data. */
export async function fetchFindings(signal: AbortSignal): Promise<About> {
  const answer = await fetchAbout(signal);
  const isWhole =
    Array.isArray(answer.issues) &&
    answer.issues.every(
      (found) => typeof found?.rule === 'string' && SEVERITIES.includes(found.severity) && Number.isFinite(found.count),
    ) &&
    answer.sources.every((source) => typeof source?.entity === 'string' && Number.isFinite(source.rows));
  if (!isWhole) throw new ApiFailure('unreadable');
  return answer;
}

/** A page of what is wrong with the data: `query` as `/api/issues` takes it. */
export async function fetchIssues(query: URLSearchParams, signal: AbortSignal): Promise<Issues> {
  const answer = await getJson<Issues>(`api/issues?${query}`, signal);
  const isWhole = Array.isArray(answer?.issues) && Number.isFinite(answer.matched) && answer.issues.every(isIssue);
  if (!isWhole) throw new ApiFailure('unreadable');
  return answer;
}

function isIssue(issue: Issue): boolean {
  const isNamed = Number.isFinite(issue?.id) && typeof issue.code === 'string';
  return isNamed && typeof issue.evidence?.zh === 'string' && SEVERITIES.includes(issue.severity);
}

/** The places that many texts stand for, in their order. */
export async function geocodeMany(texts: string[], signal: AbortSignal): Promise<Geocoded[]> {
  const answer = await getJson<Schemas['Answers']>('api/geocode', signal, { texts });
  if (answer?.answers?.length !== texts.length) throw new ApiFailure('unreadable');
  return answer.answers;
}

/** The codes of the grids around many points, in their order; null outside. */
export async function locateMany(
  points: [number, number][],
  crs: string,
  signal: AbortSignal,
): Promise<(string | null)[]> {
  const answer = await getJson<Schemas['Codes']>('api/locate', signal, { points, crs });
  if (answer?.codes?.length !== points.length) throw new ApiFailure('unreadable');
  return answer.codes;
}

export async function fetchTileJson(url: string, signal: AbortSignal): Promise<TileJson> {
  const answer = await getJson<TileJson>(url, signal);
  if (!Array.isArray(answer?.tiles) || !Number.isFinite(answer.minzoom)) throw new ApiFailure('unreadable');
  return answer;
}

/** Fetches JSON, or the answer to what is posted as JSON; throws an `ApiFailure`, or the abort itself if `signal` ended the request. */
export async function getJson<T>(path: string, signal?: AbortSignal, posted?: unknown): Promise<T> {
  const timeout = AbortSignal.timeout(posted === undefined ? TIMEOUT_MS : BATCH_TIMEOUT_MS);
  const response = await fetch(new URL(path, document.baseURI), {
    headers: { accept: 'application/json', ...(posted !== undefined && { 'content-type': 'application/json' }) },
    ...(posted !== undefined && { method: 'POST', body: JSON.stringify(posted) }),
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiFailure(timeout.aborted ? 'timeout' : 'unreachable');
  });
  if (!response.ok) throw new ApiFailure(reasonOf(response.status), await problemDetail(response), response.status);
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
