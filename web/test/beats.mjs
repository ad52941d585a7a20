// Adds a second kind of grids to a town: police beats of a dozen basic grids each, cut without regard to communities, and
// two stations above them: node beats.mjs DIRECTORY
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const [directory] = process.argv.slice(2);
const GRIDS_A_BEAT = 12;

const { features } = JSON.parse(readFileSync(path.join(directory, 'grids.geojson'), 'utf8'));
const west = ({ geometry }) => geometry.coordinates.flat(geometry.type === 'Polygon' ? 1 : 2)[0][0];
const sorted = features.toSorted((a, b) => west(a) - west(b));

/** Rows of one code are parts of one grid. */
function write(file, codeOf) {
  const parts = sorted.map(({ geometry }, n) => {
    const [code, name] = codeOf(Math.floor(n / GRIDS_A_BEAT));
    return { type: 'Feature', properties: { code, name }, geometry };
  });
  writeFileSync(path.join(directory, file), JSON.stringify({ type: 'FeatureCollection', features: parts }));
}

write('beats.geojson', (n) => [`JW-00000${n}`, `第${n + 1}警区`]);
write('stations.geojson', (n) => [`PS-00000${n % 2}`, `第${(n % 2) + 1}派出所`]);
for (const [file, level] of [
  ['beats.geojson', 'grid'],
  ['stations.geojson', 'community'],
])
  appendFileSync(
    path.join(directory, 'spec.toml'),
    `\n[[grids]]\npath = "${file}"\ncrs = "EPSG:4490"\nkind = "police"\nlevel = "${level}"\ncode = "code"\nname = "name"\n`,
  );
