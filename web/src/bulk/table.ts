import Papa, { type ParseResult, type Parser } from 'papaparse';

export const ENCODINGS = ['utf-8', 'gb18030'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** A file as a table. Rows are kept as they came, those with too few or too many cells too. */
export interface Table {
  name: string;
  encoding: Encoding;
  fields: string[];
  rows: string[][];
  /** Rows whose number of cells is not that of the header. */
  uneven: number;
}

/** Characters that are parsed before the page may draw again. */
const CHUNK = 512 * 1024;

/** Reads a file in the given encoding; without one, as UTF-8 if it is that, else as GBK. */
export async function readTable(file: File, encoding?: Encoding): Promise<Table> {
  const [found, text] = await decode(file, encoding);
  return { name: file.name, encoding: found, ...(await parse(text)) };
}

export function isUneven({ fields }: Pick<Table, 'fields'>, row: string[]): boolean {
  return row.length !== fields.length;
}

async function decode(file: File, encoding?: Encoding): Promise<[Encoding, string]> {
  if (encoding) return [encoding, await text(file, new TextDecoder(encoding))];
  try {
    return ['utf-8', await text(file, new TextDecoder('utf-8', { fatal: true }))];
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return ['gb18030', await text(file, new TextDecoder('gb18030'))];
  }
}

/** The text of a file, taken piece by piece. A byte order mark is no part of it. */
async function text(file: File, decoder: TextDecoder): Promise<string> {
  const parts: string[] = [];
  const reader = file.stream().getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read())
    parts.push(decoder.decode(piece.value, { stream: true }));
  parts.push(decoder.decode());
  return parts.join('');
}

function parse(text: string): Promise<Pick<Table, 'fields' | 'rows' | 'uneven'>> {
  return new Promise((resolve, reject) => {
    let fields: string[] | null = null;
    let uneven = 0;
    const rows: string[][] = [];
    Papa.parse(text, {
      // Lines without a character are left out; a row of empty cells is a row.
      skipEmptyLines: true,
      chunkSize: CHUNK,
      chunk: ({ data }: ParseResult<string[]>, parser: Parser) => {
        if (fields === null) fields = data.shift() ?? null;
        for (const row of data) {
          if (row.length !== fields?.length) uneven += 1;
          rows.push(row);
        }
        parser.pause();
        setTimeout(() => parser.resume());
      },
      complete: () => resolve({ fields: fields ?? [], rows, uneven }),
      error: reject,
    });
  });
}
