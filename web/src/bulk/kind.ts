import { wideEncoding } from './lines';
import type { Refused } from './refused';
import { entriesOf } from './zip';

/** `xlsx` and `xls` are workbooks, `text` is lines of cells. */
export type Kind = 'xlsx' | 'xls' | 'text' | Refused;

/** How files of a kind begin. */
const BEGINNINGS: readonly (readonly [string, Refused])[] = [
  ['%PDF', 'pdf'],
  ['\x89PNG', 'picture'],
  ['\xff\xd8\xff', 'picture'],
  ['GIF8', 'picture'],
  ['II*\0', 'picture'],
  ['MM\0*', 'picture'],
  ['RIFF', 'picture'],
  ['Rar!', 'archive'],
  ['7z\xbc\xaf', 'archive'],
  ['\0\0\x27\x0a', 'shapefile'],
  ['SQLite format 3\0', 'database'],
  ['\0\x01\0\0Standard ', 'database'],
];
const ZIP = ['PK\x03\x04', 'PK\x05\x06'];
const COMPOUND = '\xd0\xcf\x11\xe0';
/** The names in the directory of a compound file, in UTF-16. */
const STREAMS: readonly (readonly [string, Kind])[] = [
  ['EncryptedPackage', 'encrypted'],
  ['Workbook', 'xls'],
  ['WordDocument', 'word'],
  ['PowerPoint Document', 'slides'],
];
/** What lies in an archive of a kind. */
const PARTS: readonly (readonly [RegExp, Kind])[] = [
  [/^xl\/workbook\.xml$/i, 'xlsx'],
  [/^xl\/workbook\.bin$/i, 'binaryWorkbook'],
  [/^word\//i, 'word'],
  [/^ppt\//i, 'slides'],
  [/^content\.xml$/i, 'openDocument'],
  [/\.gdb\/|\.gdbtable$/i, 'geodatabase'],
  [/\.shp$/i, 'shapefile'],
];
/** Names that say what the bytes do not. */
const NAMES: readonly (readonly [RegExp, Refused])[] = [
  [/\.(gdb|gdbtable|gdbtablx|gdbindexes|atx|spx|freelist)$/i, 'geodatabase'],
  [/\.(shx|sbn|sbx|dbf)$/i, 'shapefile'],
  [/\.(dwg|dgn)$/i, 'drawing'],
];
/** Bytes that are looked at, and the share of them that are no text from which on a file is none. */
const PROBED = 4096;
const BINARY_SHARE = 0.05;

export function kindOf(name: string, bytes: Uint8Array): Kind {
  if (ZIP.some((start) => beginsWith(bytes, start))) return kindOfArchive(bytes);
  if (beginsWith(bytes, COMPOUND)) return kindOfCompound(bytes);
  const begun = BEGINNINGS.find(([start]) => beginsWith(bytes, start))?.[1];
  if (begun) return begun;
  if (wideEncoding(bytes)) return 'text';
  if (isBinary(bytes)) return NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? 'binary';
  return kindOfText(new TextDecoder().decode(bytes.subarray(0, PROBED)));
}

export function beginsWith(bytes: Uint8Array, start: string): boolean {
  for (let at = 0; at < start.length; at += 1) if (bytes[at] !== start.charCodeAt(at)) return false;
  return true;
}

function kindOfArchive(bytes: Uint8Array): Kind {
  const names = entriesOf(bytes)?.map(({ name }) => name) ?? [];
  return PARTS.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? 'archive';
}

/** A directory of a compound file has entries of equal length, each of which begins with its name. */
const COMPOUND_ENTRY = 128;

function kindOfCompound(bytes: Uint8Array): Kind {
  for (const [name, kind] of STREAMS) {
    const wide = [...name].map((one) => `${one}\0`).join('');
    for (let at = 0; at < bytes.length; at += COMPOUND_ENTRY)
      if (beginsWith(bytes.subarray(at, at + wide.length), wide)) return kind;
  }
  return 'oldOffice';
}

/** Whether many of the first bytes are characters that no text has. */
function isBinary(bytes: Uint8Array): boolean {
  const probed = bytes.subarray(0, PROBED);
  const isOdd = (byte: number) => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b);
  return probed.filter(isOdd).length > probed.length * BINARY_SHARE;
}

function kindOfText(start: string): Kind {
  const text = start.replace(/^\uFEFF/, '').trimStart();
  if (/^<(!doctype html|html|head|table|meta)\b/i.test(text)) return 'webPage';
  if (/^<\?xml\b|^<[a-z][\w:]*[ >]/i.test(text)) {
    if (/<html\b/i.test(text)) return 'webPage';
    return text.includes('urn:schemas-microsoft-com:office:spreadsheet') ? 'xmlWorkbook' : 'xml';
  }
  return /^(\{\s*"|\[\s*[{[])/.test(text) ? 'json' : 'text';
}
