import type { Table } from './table';

/** What is looked up, and in which columns it stands. */
export interface Question {
  mode: 'address' | 'coordinates';
  address: number;
  lng: number;
  lat: number;
  crs: string;
}

/** Coordinate systems, as the server and as people call them. */
export const SYSTEMS = [
  ['cgcs2000', 'CGCS2000'],
  ['wgs84', 'WGS84'],
  ['gcj02', 'GCJ-02'],
  ['bd09', 'BD-09'],
] as const;

const ADDRESS = [/^(标准|详细|完整)?地址$/, /^(full_?)?addr(ess)?$/i, /地址|住址|位置/, /addr/i];
const LNG = [/^经度$/, /^(lng|lon|long|longitude|x)$/i, /经度/, /(^|_)(lng|lon|x)$/i];
const LAT = [/^纬度$/, /^(lat|latitude|y)$/i, /纬度/, /(^|_)(lat|y)$/i];

/** What a title, an address or another separator has, and the name of a column has not. */
const NO_NAME = /[;\t|,，；]|\d{2}|.{25}/;

/** What the names of the columns say; an address is preferred, since it leads further down. */
export function guess({ fields }: Pick<Table, 'fields'>): Question {
  const [address, lng, lat] = places(fields);
  const hasCoordinates = lng >= 0 && lat >= 0;
  return {
    mode: address < 0 && hasCoordinates ? 'coordinates' : 'address',
    address: Math.max(address, 0),
    lng: Math.max(lng, 0),
    lat: lat >= 0 ? lat : Math.min(1, fields.length - 1),
    crs: 'cgcs2000',
  };
}

/** Whether these can be the names of columns of which one holds addresses, or two coordinates. */
export function hasQuestion(cells: string[]): boolean {
  const [address, lng, lat] = places(cells.map((cell) => (NO_NAME.test(cell) ? '' : cell)));
  return address >= 0 || (lng >= 0 && lat >= 0);
}

function places(fields: string[]): [address: number, lng: number, lat: number] {
  return [find(fields, ADDRESS), find(fields, LNG), find(fields, LAT)];
}

function find(fields: string[], patterns: RegExp[]): number {
  for (const pattern of patterns) {
    const place = fields.findIndex((field) => pattern.test(field.trim()));
    if (place >= 0) return place;
  }
  return -1;
}
