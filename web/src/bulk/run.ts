import { ApiFailure, geocodeMany, locateMany } from '../api';
import type { Lnglat } from '../coordinates';
import { GEOCODED, invalid, LOCATED, ofAnswer, ofGrid, type Outcome } from './outcome';
import type { Question } from './columns';
import { isUneven, type Table } from './table';

/** Rows that are sent at once: the server answers in a fraction of a second. */
const BATCH = 1000;
/** Batches under way. */
const LANES = 2;
/** Waiting before a batch that failed is sent again, milliseconds; then the run pauses. */
const AGAIN_MS = [500, 1500, 4000];

export type State = 'running' | 'paused' | 'stopped' | 'done';

/** Where the coordinates of a file lie on the plate. */
export type ToPlate = (point: Lnglat, crs: string) => Lnglat;

/** The rows of a table on their way through the server, batch by batch. */
export class Run {
  readonly columns: string[];
  readonly outcomes: (Outcome | undefined)[];
  state: State = 'running';
  failure: unknown = null;
  done = 0;
  /** When it began or went on, and how many rows were done then. */
  began = { at: performance.now(), done: 0 };
  private cursor = 0;
  private returned: number[][] = [];
  private pending = new AbortController();

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
    this.pending = new AbortController();
    this.began = { at: performance.now(), done: this.done };
    await Promise.all(Array.from({ length: LANES }, () => this.lane(this.pending.signal)));
    if (this.state === 'running') this.state = 'done';
    this.progressed();
  }

  stop(): void {
    this.state = 'stopped';
    this.pending.abort();
    this.progressed();
  }

  private async lane(signal: AbortSignal): Promise<void> {
    for (let batch = this.next(); batch && !signal.aborted; batch = this.next()) {
      try {
        await this.send(batch, signal);
      } catch (error) {
        this.returned.push(batch);
        if (signal.aborted) return;
        this.state = 'paused';
        this.failure = error;
        this.pending.abort();
        return;
      }
      this.progressed();
    }
  }

  /** The next rows that can be sent; those before them that cannot are done with. */
  private next(): number[] | null {
    const again = this.returned.pop();
    if (again) return again;
    const batch: number[] = [];
    for (; batch.length < BATCH && this.cursor < this.outcomes.length; this.cursor += 1) {
      const reason = this.unsendable(this.table.rows[this.cursor]!);
      if (reason) this.settle(this.cursor, invalid(this.columns, reason));
      else batch.push(this.cursor);
    }
    return batch.length > 0 ? batch : null;
  }

  private unsendable(row: string[]): string | null {
    if (isUneven(this.table, row)) return `${row.length} cells, the header has ${this.table.fields.length}`;
    if (this.question.mode === 'address') return null;
    const [lng, lat] = this.point(row);
    if (!Number.isFinite(lng) || !Number.isFinite(lat)) return 'not a number';
    return Math.abs(lng) > 180 || Math.abs(lat) > 90 ? 'out of range' : null;
  }

  private point(row: string[]): Lnglat {
    const degrees = (place: number) => {
      const text = row[place]?.trim() ?? '';
      return text === '' ? NaN : Number(text);
    };
    return [degrees(this.question.lng), degrees(this.question.lat)];
  }

  private async send(batch: number[], signal: AbortSignal): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.ask(batch, signal);
      } catch (error) {
        const wait = AGAIN_MS[attempt];
        const mayPass = error instanceof ApiFailure && ['unreachable', 'timeout', 'serverFault'].includes(error.reason);
        if (signal.aborted || !mayPass || wait === undefined) throw error;
        await new Promise((again) => setTimeout(again, wait));
        signal.throwIfAborted();
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
      answers.forEach((answer, at) => this.settle(batch[at]!, ofAnswer(answer)));
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
  }
}
