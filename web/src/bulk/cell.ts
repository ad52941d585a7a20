/** The cells of workbooks as the text that a person sees in them. */

export type Value = string | number | boolean | Date | null;

/** Digits that a number of a spreadsheet has: what was typed beyond them is lost. */
const DIGITS = 15;
/** Dates of the first day are times alone. */
const FIRST_DAY = Date.UTC(1900, 0, 1);

/** `format` is that of the cell, where one is known; only that it has leading zeros matters. */
export function textOfCell(value: Value, format = ''): string {
  if (value === null || typeof value === 'string') return value ?? '';
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return typeof value === 'number' ? textOfNumber(value, format) : textOfDate(value);
}

/** Whether a number had more digits than spreadsheets keep, as long codes have. */
export function isRounded(value: Value): boolean {
  return typeof value === 'number' && Math.abs(value) >= 10 ** DIGITS;
}

/** All digits, where spreadsheets may show fewer or an exponent: codes are numbers in many files, and so are coordinates. */
function textOfNumber(value: number, format: string): string {
  const exact = Number(value.toPrecision(DIGITS));
  if (!Number.isFinite(exact)) return '';
  if (!/e/i.test(String(exact))) return isPadded(format) ? String(exact).padStart(format.length, '0') : String(exact);
  if (Math.abs(exact) < 1) return exact.toFixed(DIGITS + 5).replace(/0+$/, '');
  const [digits, exponent] = exact.toExponential().split('e') as [string, string];
  const [whole, rest = ''] = digits.split('.') as [string, string?];
  return whole + rest.padEnd(Number(exponent), '0');
}

/** A format that shows numbers with leading zeros, as codes are shown. */
export function isPadded(format: string): boolean {
  return /^0{2,}$/.test(format);
}

/** A date, with its time if it has one; a time alone. Workbooks know no time zone. */
function textOfDate(date: Date): string {
  if (Number.isNaN(date.getTime())) return '';
  const [day, time] = date.toISOString().split('T') as [string, string];
  const clock = time.slice(0, time.startsWith('00', 6) ? 5 : 8);
  if (date.getTime() < FIRST_DAY) return clock;
  return clock === '00:00' ? day : `${day} ${clock}`;
}
