import { fetchLayerStats, type RecordLayer } from '../api';

/** What stands between the names of a class from the top down, in requests and on the page. */
const BETWEEN = '/';
const SHOWN_BETWEEN = ' › ';

/** The classes of a layer, each by its names from the top down, above those below it. */
export async function fetchClasses({ id, class_levels: levels = 0 }: RecordLayer, signal: AbortSignal): Promise<string[]> {
  if (levels === 0) return [];
  const { classes } = await fetchLayerStats(id, { classes: String(levels - 1) }, signal);
  // Of a class in which no record is the last one, the classes below it may be all that is named.
  const all = classes.filter((path) => path !== '').flatMap((path) => [...above(path), path]);
  return [...new Set(all)];
}

/** The classes above a class, the highest first. */
export function above(path: string): string[] {
  const names = path.split(BETWEEN);
  return names.slice(0, -1).map((_, place) => names.slice(0, place + 1).join(BETWEEN));
}

/** The classes right below one, or the highest. */
export function below(path: string | null, classes: string[]): string[] {
  const start = path === null ? '' : path + BETWEEN;
  return classes.filter((one) => one.startsWith(start) && one.length > start.length && !one.slice(start.length).includes(BETWEEN));
}

export function nameOfClass(path: string): string {
  return path.slice(path.lastIndexOf(BETWEEN) + 1);
}

export function classText(path: string): string {
  return path.replaceAll(BETWEEN, SHOWN_BETWEEN);
}
