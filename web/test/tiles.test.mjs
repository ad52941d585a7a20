// Decodes tiles with the library that most maps use: @mapbox/vector-tile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';

const server = process.env.BASEPLATE_URL;
const ZOOMS = [0, 6, 8, 10, 11, 12, 13, 14, 15, 16, 17];

const column = (lng, zoom) => Math.floor(((lng + 180) / 360) * 2 ** zoom);
const row = (lat, zoom) =>
  Math.floor((0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI)) * 2 ** zoom);

function* tilesOver([west, south, east, north], zoom) {
  for (let x = column(west, zoom); x <= column(east, zoom); x++)
    for (let y = row(north, zoom); y <= row(south, zoom); y++) yield { x, y };
}

/** Twice the area of a ring, which the format wants to be positive for an exterior. */
const doubledArea = (ring) =>
  ring.reduce((sum, a, i) => sum + a.x * ring[(i + 1) % ring.length].y - ring[(i + 1) % ring.length].x * a.y, 0);

function check(feature, layer) {
  assert.ok(Number.isSafeInteger(feature.id), `${layer}: an id that is no safe integer`);
  assert.equal(typeof feature.properties.code, 'string');
  const rings = feature.loadGeometry();
  if (feature.type !== 3) return;
  assert.ok(doubledArea(rings[0]) > 0, `${layer} ${feature.properties.code}: the first ring is no exterior`);
  for (const ring of rings) {
    assert.deepEqual(ring[0], ring.at(-1), 'a ring that is not closed');
    const open = ring.slice(0, -1).map(({ x, y }) => `${x},${y}`);
    assert.equal(new Set(open).size, open.length, `${layer} ${feature.properties.code}: a point comes twice`);
  }
}

test('every tile of the town decodes', async () => {
  const { layers, bounds } = await (await fetch(`${server}/catalog`)).json();
  const names = layers.map((layer) => layer.id);
  const found = {};
  for (const zoom of ZOOMS) {
    for (const { x, y } of tilesOver(bounds, zoom)) {
      const answer = await fetch(`${server}/tiles/${names}/${zoom}/${x}/${y}.mvt`);
      assert.ok(answer.ok, `${zoom}/${x}/${y}: ${answer.status}`);
      const tile = new VectorTile(new PbfReader(new Uint8Array(await answer.arrayBuffer())));
      for (const [name, layer] of Object.entries(tile.layers)) {
        assert.equal(layer.extent, 4096);
        for (let i = 0; i < layer.length; i++) check(layer.feature(i), name);
        found[name] = (found[name] ?? 0) + layer.length;
      }
    }
  }
  console.log('# features:', JSON.stringify(found));
  assert.deepEqual(Object.keys(found).sort(), names.sort());
});
