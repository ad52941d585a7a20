// Spoils the sources of a town as sources are spoilt, so that there is something for the rules of quality to find, and
// so that some enterprises are linked by their text alone: node spoil.mjs DIRECTORY
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const [directory] = process.argv.slice(2);

function edit(file, change) {
  const at = path.join(directory, file);
  const [head, ...rows] = readFileSync(at, 'utf8').trimEnd().split('\n');
  writeFileSync(at, `${[head, ...rows.flatMap((row, n) => change(row, n))].join('\n')}\n`);
}

edit('addresses.csv', (row, n) => {
  const [code, text, x, y, building, ...rest] = row.split(',');
  const written = (...changed) => [...changed, ...rest].join(',');
  if (n % 97 === 5) return [written(code, text, (Number(x) + 0.001).toFixed(7), y, building)];
  if (n % 211 === 7) return [written(code, text, x, y, 'B-404')];
  if (n % 307 === 11) return [row, written(`${code.slice(0, -3)}9${code.slice(-2)}`, text, x, y, building)];
  return [row];
});

edit('buildings.geojsonl', (row, n) => {
  if (n % 331 !== 13) return [row];
  const twin = JSON.parse(row);
  twin.properties.code = `${twin.properties.code.slice(0, -5)}9${twin.properties.code.slice(-4)}`;
  return [row, JSON.stringify(twin)];
});

edit('enterprises.csv', (row, n) => {
  const [uscc, name, code, text, ...rest] = row.split(',');
  if (n % 53 === 3) return [[uscc, name, '', text, ...rest].join(',')];
  if (n % 89 === 3) return [[uscc, name, '', '天涯海角一号', ...rest].join(',')];
  if (n % 101 === 3) return [[`${uscc.slice(0, -1)}${uscc.endsWith('1') ? '2' : '1'}`, name, code, text, ...rest].join(',')];
  return [row];
});

edit('people.csv', (row, n) => (n % 900 === 9 ? [row.replace(/^(\d{17})./, '$1?')] : [row]));
