import type { Line } from './lines';

/** Why a line is no row of the table. */
export type LineFault = 'open' | 'behind' | 'characters';

export interface TableRecord {
  /** The line that it begins in. */
  line: number;
  /** Of a faulty line, the whole of it as one cell. */
  cells: string[];
  fault?: LineFault;
}

/** A record may span so many lines and characters: beyond that a quote was forgotten. */
const LINES_MAX = 100;
const LENGTH_MAX = 4 << 20;

/** A line cut into cells; `open` if it ends within quotes, `behind` if something follows a closing quote. */
type Cut = string[] | 'open' | 'behind';

export function cut(text: string, delimiter: string): Cut {
  if (!text.includes('"')) return text.split(delimiter);
  const cells: string[] = [];
  for (let at = 0; ; ) {
    let end: number;
    if (text[at] === '"') {
      end = closingQuote(text, at);
      if (end < 0) return 'open';
      cells.push(text.slice(at + 1, end).replaceAll('""', '"'));
      end += 1;
      if (end < text.length && text[end] !== delimiter) return 'behind';
    } else {
      const found = text.indexOf(delimiter, at);
      end = found < 0 ? text.length : found;
      cells.push(text.slice(at, end));
    }
    if (end >= text.length) return cells;
    at = end + 1;
  }
}

/** The quote that ends a cell: the next one that is not doubled. */
function closingQuote(text: string, opening: number): number {
  for (let at = text.indexOf('"', opening + 1); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}

/**
 * The records of some lines. A quoted cell may hold line ends, if the record that they make has as many cells as the header
 * and none of its further lines would be such a record by itself; otherwise a quote was forgotten, and it costs its line only.
 * A line that may be both, the end of a cell and a record, is neither.
 */
export class Records {
  private readonly ahead: Line[] = [];
  private taken = 0;
  /** The number of a line that may be the end of a cell as well as a record. */
  private doubtful: number | null = null;

  /** `width` is the number of cells of the header; null as long as that is not known. */
  constructor(
    private readonly lines: Iterator<Line>,
    private readonly delimiter: string,
    public width: number | null,
  ) {}

  /** The next record; null at the end. Lines without a character are passed over. */
  next(): TableRecord | null {
    let first = this.take();
    while (first && this.isEmpty(first.text) && !first.isBroken) first = this.take();
    if (!first) return null;
    const faulty = (fault: LineFault) => ({ line: first.number, cells: [first.text], fault });
    if (first.isBroken) return faulty('characters');
    if (first.number === this.doubtful) return faulty('open');
    const cells = cut(first.text, this.delimiter);
    if (typeof cells === 'object') return { line: first.number, cells };
    if (cells === 'behind') return faulty('behind');
    const spanned = this.spanned(first);
    return spanned ? { line: first.number, cells: spanned } : faulty('open');
  }

  /** The cells of a record that goes on in the next lines; null if it is none, and then those are still to be read. */
  private spanned(first: Line): string[] | null {
    // The last line of a record whose first cell goes on looks like a record: it has all the other cells.
    const mayEndAsRecord = first.text.startsWith('"') && first.text.split(this.delimiter).length < (this.width ?? 0);
    let text = first.text + first.end;
    for (let further = 0; further < LINES_MAX - 1; further += 1) {
      const line = this.peek(further);
      if (!line || line.isBroken || text.length > LENGTH_MAX) return null;
      text += line.text;
      const cells = line.text.includes('"') ? cut(text, this.delimiter) : 'open';
      const isWhole = typeof cells === 'object' && (this.width === null || cells.length === this.width);
      if (this.isRecord(line.text) && !(mayEndAsRecord && typeof cells === 'object')) {
        if (isWhole) this.doubtful = line.number;
        return null;
      }
      if (cells === 'behind') return null;
      if (typeof cells === 'object') {
        if (!isWhole) return null;
        this.drop(further + 1);
        return cells;
      }
      text += line.end;
    }
    return null;
  }

  private isRecord(text: string): boolean {
    if (this.width === null || this.isEmpty(text)) return false;
    const cells = cut(text, this.delimiter);
    return typeof cells === 'object' && cells.length >= this.width;
  }

  private isEmpty(text: string): boolean {
    return /^[ \t\r\f]*$/.test(text) && !text.includes(this.delimiter);
  }

  private take(): Line | null {
    const line = this.peek(0);
    if (line) this.drop(1);
    return line;
  }

  private peek(further: number): Line | null {
    while (this.ahead.length <= this.taken + further) {
      const { value, done } = this.lines.next();
      if (done) return null;
      this.ahead.push(value);
    }
    return this.ahead[this.taken + further]!;
  }

  private drop(lines: number): void {
    this.taken += lines;
    // What was taken goes when it is more than what is left, so that it is moved seldom.
    if (this.taken < LINES_MAX) return;
    this.ahead.splice(0, this.taken);
    this.taken = 0;
  }
}
