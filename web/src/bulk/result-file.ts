import { BYTE_ORDER_MARK } from '../csv';
import { line, type Outcome } from './outcome';
import type { Run } from './run';

/** Rows that are written before the page may draw again. */
const SLICE = 5000;
const END = '\r\n';

/**
 * Every row as it came, with what was found; cells beyond those of the header stand in a last column. `wanted` chooses
 * rows by their outcome, which those not reached yet do not have.
 */
export async function resultFile(
  { table, columns, outcomes }: Run,
  wanted: (outcome: Outcome | undefined) => boolean,
): Promise<Blob> {
  const { fields, rows } = table;
  const width = fields.length;
  const hasExtra = rows.some((row) => row.length > width);
  const nothing = line(columns.map(() => ''));
  const written = (row: string[], place: number) => {
    const own = line(Array.from({ length: width }, (_, at) => row[at] ?? ''));
    const extra = hasExtra ? `,${line([row.slice(width).join(',')])}` : '';
    return `${own},${outcomes[place]?.cells ?? nothing}${extra}${END}`;
  };
  const head = line([...fields, ...columns, ...(hasExtra ? ['extra_cells'] : [])]);
  const parts: BlobPart[] = [BYTE_ORDER_MARK, head, END];
  for (let from = 0; from < rows.length; from += SLICE) {
    let slice = '';
    for (let place = from; place < Math.min(from + SLICE, rows.length); place += 1)
      if (wanted(outcomes[place])) slice += written(rows[place]!, place);
    // A blob lies outside the memory of the page's texts.
    parts.push(new Blob([slice]));
    await new Promise((drawn) => setTimeout(drawn));
  }
  return new Blob(parts, { type: 'text/csv;charset=utf-8' });
}
