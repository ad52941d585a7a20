import { Desk } from './desk';
import { NoTable } from './refused';
import type { Answer, Call } from './remote-desk';

/** The worker's side of `RemoteDesk`: one desk, which does what it is called for, one after another. */
const desk = new Desk();
let last: Promise<unknown> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<Call>) => {
  last = last.then(() => answer(data)).then((said) => postMessage(said));
});

async function answer({ id, name, values }: Call): Promise<Answer> {
  try {
    const act = desk[name] as (...values: unknown[]) => unknown;
    return { id, value: await act.apply(desk, values) };
  } catch (error) {
    if (error instanceof NoTable) return { id, refused: error.kind };
    return { id, failed: error instanceof Error ? error.message : String(error) };
  }
}
