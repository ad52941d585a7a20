import { BYTE_ORDER_MARK } from '../byte-order-mark';
import { line } from './outcome';
import type { Table } from './table';

/** Rows that are put together before they leave the memory of texts for a blob. */
const SLICE = 5000;
export const END = '\r\n';

/** What was found: its columns, the cells of each row as CSV, and which rows are wanted. */
interface Found {
  columns: string[];
  found: readonly (string | undefined)[];
  wanted: Uint8Array;
}

/**
 * Every row as it came, with what was found; cells beyond those of the header stand in a last column. Rows not reached yet
 * have nothing.
 */
export function resultFile({ fields, rows }: Table, { columns, found, wanted }: Found): Blob {
  const width = fields.length;
  const hasExtra = rows.some((row) => row.length > width);
  const nothing = line(columns.map(() => ''));
  const written = (row: string[], place: number) => {
    const own = line(Array.from({ length: width }, (_, at) => row[at] ?? ''));
    const extra = hasExtra ? `,${line([row.slice(width).join(',')])}` : '';
    return `${own},${found[place] ?? nothing}${extra}${END}`;
  };
  const head = line([...fields, ...columns, ...(hasExtra ? ['extra_cells'] : [])]);
  const parts: BlobPart[] = [BYTE_ORDER_MARK, head, END];
  for (let from = 0; from < rows.length; from += SLICE) {
    let slice = '';
    for (let place = from; place < Math.min(from + SLICE, rows.length); place += 1)
      if (wanted[place]) slice += written(rows[place]!, place);
    parts.push(new Blob([slice]));
  }
  return new Blob(parts, { type: 'text/csv;charset=utf-8' });
}
