/** A file as lines: where they end, and what their bytes mean. The rules are those of the command (docs/spec.md). */

export const ENCODINGS = ['utf-8', 'gb18030', 'big5', 'utf-16le', 'utf-16be'] as const;
export type Encoding = (typeof ENCODINGS)[number];
/** `mixed`: each line by itself, as UTF-8 or else as GB 18030, and both occur. */
export type FoundEncoding = Encoding | 'mixed';

export interface Line {
  /** Counted from 1, as an editor does. */
  number: number;
  text: string;
  /** What ended it; nothing at the end of a file. */
  end: string;
  /** Whether it has bytes that are no characters. */
  isBroken: boolean;
}

/** What was found out about the bytes so far. */
export interface Findings {
  /** Lines beyond ASCII. */
  utf8: number;
  gb18030: number;
  /** Characters of two bytes in lines that are not UTF-8, and those of them that look like Big5 rather than GBK. */
  pairs: number;
  likeBig5: number;
}

/** Bytes that are decoded at once, where all of them are alike. */
const BLOCK = 1 << 18;
/** Bytes that are looked at for zeros. */
const PROBED = 4096;
/** Fewer zeros may be bytes that were spoilt. */
const ZEROS_MIN = 4;
/** What decoders put in the place of bytes that are no character. */
const SPOILT = '\uFFFD';
const LF = 0x0a;
const CR = 0x0d;

/**
 * UTF-16 by its byte order mark, or by the zeros that the digits and separators of a table leave in it; if these are few, by
 * a line end among them, where no zero stands in the other half of a character.
 */
export function wideEncoding(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const probed = bytes.subarray(0, PROBED);
  const zeros = [0, 0];
  probed.forEach((byte, at) => (zeros[at % 2]! += byte === 0 ? 1 : 0));
  const [even, odd] = zeros as [number, number];
  const many = probed.length / 40;
  if (odd > many && even * 8 < odd) return 'utf-16le';
  if (even > many && odd * 8 < even) return 'utf-16be';
  if (odd >= ZEROS_MIN && even === 0 && hasWideEnds(probed, 0)) return 'utf-16le';
  if (even >= ZEROS_MIN && odd === 0 && hasWideEnds(probed, 1)) return 'utf-16be';
  return null;
}

/** Whether lines end in two bytes, of which LF is the first (0) or the second (1), and nowhere in LF at another place. */
function hasWideEnds(bytes: Uint8Array, place: number): boolean {
  let isFound = false;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (at % 2 !== place) return false;
    isFound ||= bytes[place === 0 ? at + 1 : at - 1] === 0;
  }
  return isFound;
}

/** The lines of a file; without an encoding each is UTF-8 if it can be, else GB 18030. A byte order mark is no part of them. */
export function* linesOf(bytes: Uint8Array, encoding: Encoding | null, findings: Findings): Generator<Line> {
  const wide = encoding ?? wideEncoding(bytes);
  if (wide === 'utf-16le' || wide === 'utf-16be') {
    yield* cutAtReturns(linesOfText(new TextDecoder(wide).decode(bytes)));
    return;
  }
  yield* cutAtReturns(linesOfBytes(bytes, encoding, findings));
}

/**
 * If the first line goes on behind a CR, then CR ends lines wherever it stands, and an LF somewhere is the odd one.
 */
function* cutAtReturns(lines: Iterable<Line>): Generator<Line> {
  let isCut: boolean | null = null;
  let number = 1;
  for (const line of lines) {
    isCut ??= line.text.includes('\r');
    const parts = isCut ? line.text.replace(/\r+$/, '').split('\r') : [line.text];
    for (const [place, text] of parts.entries()) {
      yield { ...line, number, text, end: place < parts.length - 1 ? '\r' : line.end };
      number += 1;
    }
  }
}

function* linesOfBytes(bytes: Uint8Array, encoding: Encoding | null, findings: Findings): Generator<Line> {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const body = hasMark ? bytes.subarray(3) : bytes;
  const stop = body.includes(LF) ? LF : CR;
  let number = 1;
  for (let from = 0; from < body.length; ) {
    const block = body.subarray(from, endOfBlock(body, from, stop));
    from += block.length;
    for (const line of linesOfBlock(block, stop, encoding, findings)) {
      yield { ...line, number };
      number += 1;
    }
  }
}

/** The end of the line in which a block would end. */
function endOfBlock(bytes: Uint8Array, from: number, stop: number): number {
  const end = bytes.indexOf(stop, Math.min(from + BLOCK, bytes.length - 1));
  return end < 0 ? bytes.length : end + 1;
}

function linesOfBlock(
  block: Uint8Array,
  stop: number,
  encoding: Encoding | null,
  findings: Findings,
): Iterable<Omit<Line, 'number'>> {
  if (encoding) return cutText(new TextDecoder(encoding, { ignoreBOM: true }).decode(block), stop);
  // Most files are the same throughout: then a block needs one decoder, and no look at each line.
  const text = asUtf8(block);
  if (text === null) return linesOfRuns(block, stop, findings);
  if (text.length < block.length) findings.utf8 += 1;
  return cutText(text, stop);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Null if some of the bytes are no UTF-8. A byte order mark within a file is a character. */
function asUtf8(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}

/** `either`: UTF-8, but perhaps by chance. */
type Sort = 'ascii' | 'either' | 'utf-8' | 'gb18030';

/** Lines of several encodings: those that follow one another in one are decoded together. */
function* linesOfRuns(block: Uint8Array, stop: number, findings: Findings): Generator<Omit<Line, 'number'>> {
  let sort: Sort = 'ascii';
  let begun = 0;
  for (let from = 0; from < block.length; ) {
    const at = block.indexOf(stop, from);
    const after = at < 0 ? block.length : at + 1;
    const own = sortOf(block, from, after);
    if (isCertain(own) && isCertain(sort) && own !== sort) {
      yield* linesOfRun(block.subarray(begun, from), sort, stop, findings);
      begun = from;
    }
    if (isCertain(own) || sort === 'ascii') sort = own;
    from = after;
  }
  yield* linesOfRun(block.subarray(begun), sort, stop, findings);
}

function isCertain(sort: Sort): boolean {
  return sort === 'utf-8' || sort === 'gb18030';
}

function linesOfRun(run: Uint8Array, found: Sort, stop: number, findings: Findings): Iterable<Omit<Line, 'number'>> {
  const sort = found === 'either' && findings.gb18030 > findings.utf8 ? 'gb18030' : found;
  if (sort === 'gb18030') {
    findings.gb18030 += 1;
    countPairs(run, findings);
  } else if (sort === 'utf-8') findings.utf8 += 1;
  const label = sort === 'gb18030' ? sort : 'utf-8';
  return cutText(new TextDecoder(label, { ignoreBOM: true }).decode(run), stop);
}

/**
 * A line is UTF-8 if most of its characters beyond ASCII are: if not all of them are, it is that with a few bytes spoilt. With
 * characters of two bytes only, none of which is Chinese, it may be UTF-8 by chance: then it is what the lines around it are.
 */
function sortOf(bytes: Uint8Array, from: number, to: number): Sort {
  let sound = 0;
  let short = 0;
  let spoilt = 0;
  for (let at = from; at < to; ) {
    const length = lengthOfUtf8(bytes, at);
    if (length === 0) spoilt += 1;
    else if (length > 2) sound += 1;
    else if (length > 1) short += 1;
    at += Math.max(length, 1);
  }
  if (sound + short + spoilt === 0) return 'ascii';
  if (sound + spoilt === 0) return 'either';
  return sound > spoilt ? 'utf-8' : 'gb18030';
}

/** How many bytes the character of UTF-8 at a place has; 0 if there is none. */
function lengthOfUtf8(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (let further = 1; further < length; further += 1) if ((bytes[at + further]! & 0xc0) !== 0x80) return 0;
  return length;
}

/** In Big5 two of five characters end in a byte below 0x80; in GBK those are rare ones. */
function countPairs(bytes: Uint8Array, findings: Findings): void {
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at]! < 0x81) continue;
    const second = bytes[at + 1] ?? 0;
    // Four bytes make one character of GB 18030.
    if (second < 0x40) continue;
    findings.pairs += 1;
    if (second < 0x80) findings.likeBig5 += 1;
    at += 1;
  }
}

function* linesOfText(text: string): Generator<Line> {
  const stop = text.includes('\n') ? LF : CR;
  let number = 1;
  for (const line of cutText(text, stop)) {
    yield { ...line, number };
    number += 1;
  }
}

function* cutText(text: string, stop: number): Generator<Omit<Line, 'number'>> {
  const mark = String.fromCharCode(stop);
  for (let from = 0; from < text.length; ) {
    const at = text.indexOf(mark, from);
    const after = at < 0 ? text.length : at + 1;
    const isCrlf = stop === LF && at > from && text.charCodeAt(at - 1) === CR;
    const end = at < 0 ? '' : isCrlf ? '\r\n' : mark;
    const line = text.slice(from, after - end.length);
    yield { text: line, end, isBroken: line.includes(SPOILT) };
    from = after;
  }
}

export function encodingOf({ utf8, gb18030 }: Findings): FoundEncoding {
  if (gb18030 === 0) return 'utf-8';
  return utf8 === 0 ? 'gb18030' : 'mixed';
}

/** From this share on text is rather Big5 than GBK. */
const BIG5_SHARE = 0.15;
/** Fewer characters say nothing. */
const BIG5_PAIRS = 8;

export function looksLikeBig5({ pairs, likeBig5 }: Findings): boolean {
  return pairs >= BIG5_PAIRS && likeBig5 > pairs * BIG5_SHARE;
}
