import { ApiFailure, geocodeMany, locateMany } from '../api';
import type { Lnglat } from '../coordinates';
import type { Item } from './batch';
import type { Question } from './columns';
import type { Head } from './desk';
import { GEOCODED, invalid, isDoubtful, LOCATED, ofAnswer, ofGrid, type Finding, type Kind, type Outcome } from './outcome';
import type { RemoteDesk } from './remote-desk';

/** Rows that are sent at once: the server answers in a fraction of a second. */
const BATCH = 1000;
/** Batches under way. */
const LANES = 2;
/** Waiting before a batch that failed is sent again, milliseconds; then the run pauses. */
const AGAIN_MS = [500, 1500, 4000];
/** Rows refused one after another until it is rather the server that is at fault. */
const REFUSED_MAX = 20;

export type State = 'running' | 'paused' | 'stopped' | 'done';

/** Where the coordinates of a file lie on the plate. */
export type ToPlate = (point: Lnglat, crs: string) => Lnglat;

/** The rows of a table on their way through the server, batch by batch. */
export class Run {
  readonly columns: string[];
  readonly outcomes: (Outcome | undefined)[];
  readonly counts = new Map<Kind, number>();
  /** Rows that a person should look at. */
  doubtful = 0;
  state: State = 'running';
  failure: unknown = null;
  done = 0;
  /** When it began or went on, and how many rows were done then. */
  began = { at: performance.now(), done: 0 };
  private cursor = 0;
  private returned: Item[][] = [];
  private refused = 0;
  private pending = new AbortController();
  private lanes: Promise<unknown> = Promise.resolve();
  /** Whoever takes the next rows waits for whoever took the last. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly head: Head,
    readonly question: Question,
    private readonly desk: RemoteDesk,
    private readonly toPlate: ToPlate,
    private readonly progressed: () => void,
  ) {
    this.columns = question.mode === 'address' ? GEOCODED : LOCATED;
    this.outcomes = new Array<Outcome | undefined>(head.count);
    // A desk that has failed says so when the first rows are asked for.
    this.desk.call('begin', question).catch(() => {});
  }

  async go(): Promise<void> {
    this.state = 'running';
    this.failure = null;
    this.refused = 0;
    this.began = { at: performance.now(), done: this.done };
    const { signal } = (this.pending = new AbortController());
    // Lanes that were stopped have yet to give back what they had.
    await this.lanes;
    this.lanes = Promise.all(Array.from({ length: LANES }, () => this.lane(signal)));
    await this.lanes;
    if (signal.aborted) return;
    this.state = 'done';
    this.progressed();
  }

  stop(): void {
    if (this.state === 'done') return;
    this.halt('stopped');
  }

  private halt(state: State): void {
    this.state = state;
    this.pending.abort();
    this.progressed();
  }

  private async lane(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let batch: Item[] | null = null;
      try {
        batch = await this.next();
        if (!batch) return;
        await this.deliver(batch, signal);
      } catch (error) {
        const left = batch?.filter(({ place }) => !this.outcomes[place]) ?? [];
        if (left.length > 0) this.returned.push(left);
        if (signal.aborted) return;
        this.failure = error;
        return this.halt('paused');
      }
      if (!signal.aborted) this.progressed();
    }
  }

  /** The next rows that can be sent; those before them that cannot are done with. */
  private next(): Promise<Item[] | null> {
    const taken = this.turn.then(() => this.returned.pop() ?? this.take());
    this.turn = taken.catch(() => null);
    return taken;
  }

  private async take(): Promise<Item[] | null> {
    if (this.cursor >= this.head.count) return null;
    const { items, unsendable, next } = await this.desk.call('batch', this.cursor, BATCH);
    this.cursor = next;
    this.settle(
      unsendable,
      unsendable.map(({ fault, asked }) => invalid(this.columns, fault, asked)),
    );
    return items.length > 0 ? items : null;
  }

  /** Sends a batch; one that is refused goes in halves, so that a row the server cannot read spoils no other. */
  private async deliver(batch: Item[], signal: AbortSignal): Promise<void> {
    try {
      await this.send(batch, signal);
      this.refused = 0;
    } catch (error) {
      if (signal.aborted || !isRefusal(error)) throw error;
      if (batch.length > 1) {
        const half = Math.ceil(batch.length / 2);
        await this.deliver(batch.slice(0, half), signal);
        return this.deliver(batch.slice(half), signal);
      }
      this.refused += 1;
      if (this.refused > REFUSED_MAX) throw error;
      const fault = { word: 'refused', said: error.detail ?? 'refused' } as const;
      this.settle(batch, [invalid(this.columns, fault, batch[0]!.asked)]);
    }
  }

  private async send(batch: Item[], signal: AbortSignal): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.ask(batch, signal);
      } catch (error) {
        const wait = AGAIN_MS[attempt];
        const mayPass = error instanceof ApiFailure && ['unreachable', 'timeout', 'serverFault'].includes(error.reason);
        if (signal.aborted || !mayPass || wait === undefined) throw error;
        await pause(wait, signal);
      }
    }
  }

  private async ask(batch: Item[], signal: AbortSignal): Promise<void> {
    const { question } = this;
    const asked = batch.map((item) => item.asked);
    if (question.mode === 'address') {
      const answers = await geocodeMany(asked, signal);
      const findings = answers.map((answer, at) => ofAnswer(answer, asked[at]!));
      return this.settle(batch, findings);
    }
    const points = batch.map(({ point }) => point!);
    const codes = await locateMany(points, question.crs, signal);
    const findings = codes.map((code, at) => ofGrid(code, this.toPlate(points[at]!, question.crs), asked[at]!));
    this.settle(batch, findings);
  }

  private settle(items: Item[], findings: Finding[]): void {
    const places = items.map(({ place }) => place);
    findings.forEach(({ outcome }, at) => this.count(places[at]!, outcome));
    // Whatever is asked of the desk later comes behind this.
    const [cells, grids] = [findings.map((one) => one.cells), findings.map((one) => one.grid)];
    this.desk.call('keep', places, cells, grids).catch((error: unknown) => {
      this.failure = error;
      this.halt('paused');
    });
  }

  private count(place: number, outcome: Outcome): void {
    this.outcomes[place] = outcome;
    this.done += 1;
    if (isDoubtful(outcome)) this.doubtful += 1;
    this.counts.set(outcome.kind, (this.counts.get(outcome.kind) ?? 0) + 1);
  }
}

/** Whether the server took offence at what was sent: at a row, or at the size of it all. */
function isRefusal(error: unknown): error is ApiFailure {
  return error instanceof ApiFailure && (error.status === 400 || error.status === 413);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
