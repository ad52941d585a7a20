import type { Lnglat } from '../coordinates';
import type { Question } from './columns';
import { decimalPoint, readCoordinate, readPoint } from './degrees';
import type { Fault } from './outcome';
import type { LineFault } from './records';
import { isUneven, type FaultyLine, type Table } from './table';

/** What is looked up of a row. */
export interface Item {
  place: number;
  /** As it stands in the file. */
  asked: string;
  /** The same as a point, if coordinates are looked up. */
  point?: Lnglat;
}

/** Some rows, and where the next ones begin. */
export interface Batch {
  items: Item[];
  /** Rows on the way that cannot be looked up. */
  unsendable: (Item & { fault: Fault })[];
  next: number;
}

/** The next rows from a place on of which so many can be looked up. */
export function batchFrom(table: Table, question: Question, from: number, most: number): Batch {
  const batch: Batch = { items: [], unsendable: [], next: from };
  for (; batch.items.length < most && batch.next < table.rows.length; batch.next += 1) {
    const item = itemOf(table, question, batch.next);
    const fault = faultOf(table, item);
    if (fault) batch.unsendable.push({ ...item, fault });
    else batch.items.push(item);
  }
  return batch;
}

function itemOf(table: Table, question: Question, place: number): Item {
  const row = table.rows[place]!;
  const { mode, address, lng, lat } = question;
  if (table.faults.has(place)) return { place, asked: row[0] ?? '' };
  if (mode === 'address') return { place, asked: row[address] ?? '' };
  const asked = lng === lat ? (row[lng] ?? '') : `${row[lng] ?? ''}, ${row[lat] ?? ''}`;
  return { place, asked, point: pointOf(table, question, row) };
}

function faultOf(table: Table, { place, point }: Item): Fault | null {
  const row = table.rows[place]!;
  const faulty = table.faults.get(place);
  if (faulty) return ofLine(faulty);
  if (isUneven(table, row)) {
    const { length } = table.fields;
    const said = `${row.length} cells, the header has ${length}`;
    return { word: 'bulkCells', values: { n: row.length, of: length }, said };
  }
  if (!point) return null;
  const [lng, lat] = point;
  if (!Number.isFinite(lng) || !Number.isFinite(lat)) return { word: 'bulkNoNumber', said: 'not a number' };
  const isInRange = Math.abs(lng) <= 180 && Math.abs(lat) <= 90;
  return isInRange ? null : { word: 'bulkOutOfRange', said: 'out of range' };
}

function pointOf({ delimiter }: Table, { lng, lat }: Question, row: string[]): Lnglat {
  const nowhere: Lnglat = [NaN, NaN];
  if (lng === lat) return readPoint(row[lng] ?? '') ?? nowhere;
  const number = (column: number) => {
    const cell = row[column] ?? '';
    return readCoordinate(delimiter === ',' ? cell : decimalPoint(cell)) ?? NaN;
  };
  return [number(lng), number(lat)];
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
