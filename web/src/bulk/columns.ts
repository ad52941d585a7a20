import type { Table } from './table';

/** What is looked up, and in which columns it stands. */
export interface Question {
  mode: 'address' | 'coordinates';
  address: number;
  lng: number;
  lat: number;
  crs: string;
}

export const SYSTEMS = ['cgcs2000', 'wgs84', 'gcj02', 'bd09'];

const ADDRESS = [/^(标准|详细|完整)?地址$/, /^(full_?)?addr(ess)?$/i, /地址|住址|位置/, /addr/i];
const LNG = [/^经度$/, /^(lng|lon|long|longitude|x)$/i, /经度/, /(^|_)(lng|lon|x)$/i];
const LAT = [/^纬度$/, /^(lat|latitude|y)$/i, /纬度/, /(^|_)(lat|y)$/i];

/** What the names of the columns say; an address is preferred, since it leads further down. */
export function guess({ fields }: Table): Question {
  const [address, lng, lat] = [ADDRESS, LNG, LAT].map((patterns) => find(fields, patterns)) as [
    number,
    number,
    number,
  ];
  const hasCoordinates = lng >= 0 && lat >= 0;
  return {
    mode: address < 0 && hasCoordinates ? 'coordinates' : 'address',
    address: Math.max(address, 0),
    lng: Math.max(lng, 0),
    lat: lat >= 0 ? lat : Math.min(1, fields.length - 1),
    crs: 'cgcs2000',
  };
}

function find(fields: string[], patterns: RegExp[]): number {
  for (const pattern of patterns) {
    const place = fields.findIndex((field) => pattern.test(field.trim()));
    if (place >= 0) return place;
  }
  return -1;
}
