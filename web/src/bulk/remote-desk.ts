import type { Desk } from './desk';
import { NoTable, type Refused } from './refused';

type Name = { [Key in keyof Desk]: Desk[Key] extends (...values: never[]) => unknown ? Key : never }[keyof Desk];

export interface Call {
  id: number;
  name: Name;
  values: unknown[];
}

export type Answer = { id: number } & ({ value: unknown } | { refused: Refused } | { failed: string });

interface Waiting {
  resolve: (value: never) => void;
  reject: (error: Error) => void;
}

/** A desk in a worker of its own, which ends with it: so a file that takes too long can be left. */
export class RemoteDesk {
  private readonly worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;
  /** Why the worker does nothing any more. */
  private broken: Error | null = null;

  constructor() {
    this.worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => this.settle(data));
    this.worker.addEventListener('error', ({ message }) => this.fail(new Error(message)));
  }

  /** Has the desk do something; calls are done in their order. */
  call<Key extends Name>(name: Key, ...values: Parameters<Desk[Key]>): Promise<Awaited<ReturnType<Desk[Key]>>> {
    this.calls += 1;
    const id = this.calls;
    return new Promise((resolve, reject) => {
      if (this.broken) return reject(this.broken);
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, name, values } satisfies Call);
    });
  }

  /** Ends the worker; what it was called for is never answered. */
  close(): void {
    this.worker.terminate();
    this.waiting.clear();
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ('value' in answer) waiting?.resolve(answer.value as never);
    else waiting?.reject('refused' in answer ? new NoTable(answer.refused) : new Error(answer.failed));
  }

  private fail(error: Error): void {
    this.broken = error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
