import { SEVERITIES, type Issue, type Issues, type Severity } from '../api';

/** Issues that are asked for at once: as many as the server gives at a time. */
export const PAGE = 5000;

/** Asks for a page of what is chosen, as it was chosen when it was made. */
export type Question = (severities: Severity[], limit: number, from: number, signal: AbortSignal) => Promise<Issues>;

/** The worst issues, how many there are in all, and where those that are left begin. */
export interface Worst {
  matched: number;
  issues: Issue[];
  left: { severity: Severity; from: number }[];
}

/** A page of the worst: the server has them in the order of the build, where hints may be first. */
export async function fetchWorst(ask: Question, signal: AbortSignal): Promise<Worst> {
  const worst: Worst = { matched: 0, issues: [], left: [] };
  for (const severity of SEVERITIES) {
    const room = PAGE - worst.issues.length;
    // How many more there are is asked for even when there is no room left.
    const page = await ask([severity], Math.max(room, 1), 0, signal);
    const taken = page.issues.slice(0, room);
    worst.issues.push(...taken);
    worst.matched += page.matched;
    if (page.matched > taken.length) worst.left.push({ severity, from: taken.length });
  }
  return worst;
}

/** What was left, page by page, the worst first. */
export async function* fetchLeft(ask: Question, { left }: Worst, signal: AbortSignal): AsyncGenerator<Issue[]> {
  for (const { severity, from } of left) yield* fetchPages(ask, [severity], from, signal);
}

export async function* fetchPages(
  ask: Question,
  severities: Severity[],
  first: number,
  signal: AbortSignal,
): AsyncGenerator<Issue[]> {
  for (let from: number | null = first; from !== null; ) {
    const page: Issues = await ask(severities, PAGE, from, signal);
    yield page.issues;
    from = page.next;
  }
}
