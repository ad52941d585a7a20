import { NoTable } from './refused';

/** The directory of a ZIP archive, such as a workbook is: what is in it, and how large it becomes. */

export interface Entry {
  name: string;
  /** Bytes in the archive, and without compression as the archive says. */
  packed: number;
  size: number;
  /** Where its own header stands. */
  at: number;
}

const END = 0x06054b50;
const END_LENGTH = 22;
/** A comment follows the end of the directory. */
const COMMENT_MAX = 0xffff;
const ENTRY = 0x02014b50;
const ENTRY_LENGTH = 46;
const HEADER_LENGTH = 30;
/** Stands for a size that is written elsewhere, since it needs more than 32 bits. */
const ELSEWHERE = 0xffffffff;
const STORED = 0;

/** What is in an archive; null if its directory cannot be read. */
export function entriesOf(bytes: Uint8Array): Entry[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(view);
  if (end === null) return null;
  const entries: Entry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (at + ENTRY_LENGTH > bytes.length || view.getUint32(at, true) !== ENTRY) return null;
    const length = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + ENTRY_LENGTH, at + ENTRY_LENGTH + length));
    const [packed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    entries.push({ name, packed, size: honest(packed, size), at: view.getUint32(at + 42, true) });
    at += ENTRY_LENGTH + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** A size that is not said could be any: readers inflate such an entry to its end. */
function honest(packed: number, size: number): number {
  return size === ELSEWHERE || (size === 0 && packed > 2) ? Infinity : size;
}

function endOf(view: DataView): number | null {
  const last = view.byteLength - END_LENGTH;
  for (let at = last; at >= Math.max(0, last - COMMENT_MAX); at -= 1) if (view.getUint32(at, true) === END) return at;
  return null;
}

/** The text of an entry, of which no more is inflated than the directory says. */
export async function textOf(bytes: Uint8Array, { at, packed, size }: Entry): Promise<string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (at + HEADER_LENGTH > bytes.length) return '';
  const from = at + HEADER_LENGTH + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  const content = bytes.slice(from, from + packed);
  if (view.getUint16(at + 8, true) === STORED) return new TextDecoder().decode(content);
  const inflated = new Blob([content]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new TextDecoder().decode(await bounded(inflated, size));
}

/** The bytes of a stream; more than `max` are an error before they are held. */
export async function bounded(stream: ReadableStream<Uint8Array>, max: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: BlobPart[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    length += value!.length;
    if (length > max) {
      await reader.cancel();
      throw new NoTable('large');
    }
    parts.push(value as Uint8Array<ArrayBuffer>);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
