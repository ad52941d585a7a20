// Opens the pages of examples/front-end in a real browser, over a small web server of their own.
import assert from 'node:assert/strict';
import { createReadStream, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

const server = process.env.BASEPLATE_URL;
const screens = process.env.SCREENS;
const FOLDER = path.resolve(import.meta.dirname, '../../examples/front-end');
const TYPES = { '.html': 'text/html', '.mjs': 'text/javascript', '.js': 'text/javascript', '.css': 'text/css' };

/** A page that draws the style, dark and without labels, with one of these versions of MapLibre. */
const maplibre = (folder) => `<!doctype html><meta charset="utf-8" />
<link rel="stylesheet" href="node_modules/${folder}/dist/maplibre-gl.css" />
<div id="map" style="height: 600px"></div>
<script src="node_modules/${folder}/dist/maplibre-gl.js"></script>
<script>
  const server = new URLSearchParams(location.search).get('server');
  window.map = new maplibregl.Map({ container: 'map', style: server + '/style.json?theme=dark&labels=none' });
</script>`;
const VERSIONS = ['maplibre-gl-3', 'maplibre-gl-4', 'maplibre-gl-5.10', 'maplibre-gl-5'];
const PAGES = Object.fromEntries(VERSIONS.map((folder) => [`/${folder}.html`, maplibre(folder)]));

PAGES['/olms.html'] = `<!doctype html><meta charset="utf-8" />
<link rel="stylesheet" href="node_modules/ol/ol.css" />
<div id="map" style="height: 600px"></div>
<script src="node_modules/ol/dist/ol.js"></script>
<script src="node_modules/ol-mapbox-style/dist/olms.js"></script>
<script>
  const server = new URLSearchParams(location.search).get('server');
  olms.apply('map', server + '/style.json?theme=dark').then((map) => (window.map = map));
</script>`;

let browser;
let files;
let base;

before(async () => {
  assert.ok(server, 'BASEPLATE_URL must name a running server');
  if (screens) mkdirSync(screens, { recursive: true });
  files = createServer((request, answer) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (PAGES[pathname]) return answer.setHeader('content-type', 'text/html').end(PAGES[pathname]);
    const file = createReadStream(path.join(FOLDER, path.normalize(pathname)));
    answer.setHeader('content-type', TYPES[path.extname(pathname)] ?? 'application/octet-stream');
    file.on('error', () => answer.writeHead(404).end()).pipe(answer);
  });
  await new Promise((ready) => files.listen(0, '127.0.0.1', ready));
  base = `http://127.0.0.1:${files.address().port}`;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--disable-background-networking'],
  });
});

after(async () => {
  await browser?.close();
  files?.close();
});

/** Opens a page of the folder, waits until `drawn` holds in it, and fails if it complained or a tile did. */
async function shows(name, query, drawn) {
  const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
  const complaints = [];
  let tiles = 0;
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('response', (response) => {
    if (response.url().includes('favicon')) return;
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    tiles += response.url().includes('.mvt') && response.status() === 200 ? 1 : 0;
  });
  await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }));
  await page.goto(`${base}/${name}.html?server=${server}${query}`);
  await page.waitForFunction(drawn, null, { timeout: 30_000 });
  if (screens) await page.screenshot({ path: path.join(screens, `${name}${query ? '-degrees' : ''}.png`) });
  assert.deepEqual(complaints, []);
  assert.ok(tiles > 0, 'no tile came');
  await page.close();
}

test('MapLibre GL draws the style and a layer of its own', () =>
  shows(
    'maplibre',
    '',
    () =>
      window.map?.loaded?.() &&
      window.map.queryRenderedFeatures({ layers: ['districts-fill'] }).length > 0 &&
      window.map.queryRenderedFeatures({ layers: ['density'] }).length > 0,
  ));

const grids = () => {
  const map = window.map;
  const middle = map?.getSize?.()?.map((side) => side / 2);
  return middle && map.getFeaturesAtPixel(middle).some((feature) => feature.get('layer') === 'communities');
};

test('OpenLayers draws tiles in Web Mercator', () => shows('openlayers', '', grids));

test('OpenLayers draws tiles in degrees', () => shows('openlayers', '&degrees', grids));

for (const folder of VERSIONS) {
  test(`${folder} draws the style without labels`, () =>
    shows(folder, '', () => window.map?.loaded?.() && window.map.queryRenderedFeatures({ layers: ['districts-fill'] }).length > 0));
}

test('ol-mapbox-style draws the style with its query', () =>
  shows('olms', '', () => {
    const map = window.map;
    const middle = map?.getSize?.()?.map((side) => side / 2);
    return middle && map.getFeaturesAtPixel(middle).length > 0;
  }));
