import Papa from 'papaparse';
import { BYTE_ORDER_MARK } from './byte-order-mark';

/**
 * A table as a file that spreadsheets read. A text that begins like a formula does not become one, unless the rows are
 * the reader's own and must come back as they were.
 */
export function tableFile(fields: string[], data: (string | number)[][], { asIs = false } = {}): Blob {
  const text = Papa.unparse({ fields, data }, { escapeFormulae: !asIs });
  return new Blob([BYTE_ORDER_MARK, text, '\r\n'], { type: 'text/csv;charset=utf-8' });
}
