import type { Question } from './columns';

/** What a layer's file is called, and which of its columns say what. */
export interface LayerFile {
  /** The name of the file with the results. */
  path: string;
  title: string;
  question: Question;
  fields: string[];
  /** The places of the columns of its classes and times, where they were chosen. */
  classes: number | null;
  time: number | null;
}

const ID = /^[a-z][a-z0-9-]{0,31}$/;

/** Whether the columns say where a row is: a pair of coordinates in one cell they do not. */
export function canBeLayer({ mode, lng, lat }: Question): boolean {
  return mode === 'address' || lng !== lat;
}

/** The lines of a spec for a file of results, as `baseplate layer add --spec` and `[[layers]]` take them. */
export function layerSpec({ path, title, question, fields, classes, time }: LayerFile): string {
  const column = (place: number) => quoted(fields[place] ?? '');
  const isText = question.mode === 'address';
  const at = isText
    ? '{ address = "gc_address_code", building = "gc_building_code" }'
    : `{ lng = ${column(question.lng)}, lat = ${column(question.lat)} }`;
  const lines = [
    '[[layers]]',
    `id = ${quoted(idOf(title))}`,
    `title = { zh = ${quoted(title)} }`,
    'audience = "internal"',
    `path = ${quoted(path)}`,
    ...(isText ? [] : [`crs = ${quoted(question.crs)}`]),
    `at = ${at}`,
    ...(time === null ? [] : [`time = ${column(time)}`]),
    ...(classes === null ? [] : [`class = [${column(classes)}]`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** The title where it can be an id. */
function idOf(title: string): string {
  const id = title.toLowerCase().replaceAll(/[ _.]+/g, '-');
  return ID.test(id) ? id : 'records';
}

/** A text as TOML has it, which JSON has as well. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
