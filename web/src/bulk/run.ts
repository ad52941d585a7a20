import { ApiFailure, geocodeMany, locateMany } from '../api';
import type { Lnglat } from '../coordinates';
import type { Question } from './columns';
import { decimalPoint, readCoordinate, readPoint } from './degrees';
import { GEOCODED, invalid, isDoubtful, LOCATED, ofAnswer, ofGrid, type Fault, type Kind, type Outcome } from './outcome';
import type { LineFault } from './records';
import { isUneven, type FaultyLine, type Table } from './table';

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
  private returned: number[][] = [];
  private refused = 0;
  private pending = new AbortController();
  private lanes: Promise<unknown> = Promise.resolve();

  constructor(
    readonly table: Table,
    readonly question: Question,
    private readonly toPlate: ToPlate,
    private readonly progressed: () => void,
  ) {
    this.columns = question.mode === 'address' ? GEOCODED : LOCATED;
    this.outcomes = new Array<Outcome | undefined>(table.rows.length);
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
      const batch = this.next();
      if (!batch) return;
      try {
        await this.deliver(batch, signal);
      } catch (error) {
        const left = batch.filter((place) => !this.outcomes[place]);
        if (left.length > 0) this.returned.push(left);
        if (signal.aborted) return;
        this.failure = error;
        return this.halt('paused');
      }
      if (!signal.aborted) this.progressed();
    }
  }

  /** The next rows that can be sent; those before them that cannot are done with. */
  private next(): number[] | null {
    const again = this.returned.pop();
    if (again) return again;
    const batch: number[] = [];
    for (; batch.length < BATCH && this.cursor < this.outcomes.length; this.cursor += 1) {
      const fault = this.unsendable(this.cursor);
      if (fault) this.settle(this.cursor, invalid(this.columns, fault));
      else batch.push(this.cursor);
    }
    return batch.length > 0 ? batch : null;
  }

  private unsendable(place: number): Fault | null {
    const { length } = this.table.fields;
    const row = this.table.rows[place]!;
    const faulty = this.table.faults.get(place);
    if (faulty) return ofLine(faulty);
    if (isUneven(this.table, row)) {
      const said = `${row.length} cells, the header has ${length}`;
      return { word: 'bulkCells', values: { n: row.length, of: length }, said };
    }
    if (this.question.mode === 'address') return null;
    const [lng, lat] = this.point(row);
    if (!Number.isFinite(lng) || !Number.isFinite(lat)) return { word: 'bulkNoNumber', said: 'not a number' };
    const isInRange = Math.abs(lng) <= 180 && Math.abs(lat) <= 90;
    return isInRange ? null : { word: 'bulkOutOfRange', said: 'out of range' };
  }

  private point(row: string[]): Lnglat {
    const { lng, lat } = this.question;
    const nowhere: Lnglat = [NaN, NaN];
    if (lng === lat) return readPoint(row[lng] ?? '') ?? nowhere;
    const number = (place: number) => {
      const cell = row[place] ?? '';
      return readCoordinate(this.table.delimiter === ',' ? cell : decimalPoint(cell)) ?? NaN;
    };
    return [number(lng), number(lat)];
  }

  /** Sends a batch; one that is refused goes in halves, so that a row the server cannot read spoils no other. */
  private async deliver(batch: number[], signal: AbortSignal): Promise<void> {
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
      this.settle(batch[0]!, invalid(this.columns, { word: 'refused', said: error.detail ?? 'refused' }));
    }
  }

  private async send(batch: number[], signal: AbortSignal): Promise<void> {
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

  private async ask(batch: number[], signal: AbortSignal): Promise<void> {
    const { question, table } = this;
    const rows = batch.map((place) => table.rows[place]!);
    if (question.mode === 'address') {
      const answers = await geocodeMany(
        rows.map((row) => row[question.address] ?? ''),
        signal,
      );
      const outcomes = answers.map(ofAnswer);
      outcomes.forEach((outcome, at) => this.settle(batch[at]!, outcome));
      return;
    }
    const points = rows.map((row) => this.point(row));
    const codes = await locateMany(points, question.crs, signal);
    codes.forEach((code, at) =>
      this.settle(batch[at]!, ofGrid(code, this.toPlate(points[at]!, question.crs))),
    );
  }

  private settle(place: number, outcome: Outcome): void {
    this.outcomes[place] = outcome;
    this.done += 1;
    if (isDoubtful(outcome)) this.doubtful += 1;
    this.counts.set(outcome.kind, (this.counts.get(outcome.kind) ?? 0) + 1);
  }
}

const LINE_FAULTS: Record<LineFault, { word: Fault['word']; said: string }> = {
  open: { word: 'bulkQuoteOpen', said: 'a quote is opened and not closed' },
  behind: { word: 'bulkQuoteBehind', said: 'text behind a closing quote' },
  characters: { word: 'bulkCharacters', said: 'characters that the encoding does not have' },
};

/** Why a line is no row, with its number, as an editor counts. */
function ofLine({ line, fault }: FaultyLine): Fault {
  const { word, said } = LINE_FAULTS[fault];
  return { word, values: { line }, said: `line ${line}: ${said}` };
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
