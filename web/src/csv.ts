import Papa from 'papaparse';

/** Excel takes a text for UTF-8 only behind a byte order mark. */
const BYTE_ORDER_MARK = '\uFEFF';

/** A table as a file that spreadsheets read; a text that begins like a formula does not become one. */
export function tableFile(fields: string[], data: (string | number)[][]): Blob {
  const text = Papa.unparse({ fields, data }, { escapeFormulae: true });
  return new Blob([BYTE_ORDER_MARK, text, '\r\n'], { type: 'text/csv;charset=utf-8' });
}
