// Opens the pages of examples/front-end in a real browser, over a small web server of their own.
import assert from 'node:assert/strict';
import { createReadStream, mkdirSync, readFileSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { drawCoarsely, launch } from './chromium.mjs';

const server = process.env.BASEPLATE_URL;
const screens = process.env.SCREENS;
/** A server that believes a proxy on this machine, and may be framed from it. */
const proxied = process.env.BASEPLATE_PICTURES_URL;
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
const VERSIONS = ['maplibre-gl-1', 'maplibre-gl-2', 'maplibre-gl-3', 'maplibre-gl-4', 'maplibre-gl-5.10', 'maplibre-gl-5'];
const OPENLAYERS = ['ol-7', 'ol-8', 'ol-9'];
const PAGES = Object.fromEntries(VERSIONS.map((folder) => [`/${folder}.html`, maplibre(folder)]));

/** The first version that draws the whole style, labels included, without `glyphs`. */
const LABELS = 'maplibre-gl-5.11';
PAGES[`/${LABELS}.html`] = maplibre(LABELS).replace('&labels=none', '');

const example = (name) => readFileSync(path.join(FOLDER, `${name}.html`), 'utf8');
/** The example with an earlier MapLibre, which is a script and no module. */
for (const folder of [...VERSIONS, LABELS])
  PAGES[`/choropleth-${folder}.html`] = example('choropleth')
    .replaceAll('node_modules/maplibre-gl/', `node_modules/${folder}/`)
    .replace(/import (\{.*\}) from .*;/, 'const $1 = maplibregl;')
    .replace(/ *setWorkerUrl\(.*\n/, '')
    .replace('<script type', `<script src="node_modules/${folder}/dist/maplibre-gl.js"></script>\n<script type`);
for (const folder of OPENLAYERS)
  PAGES[`/openlayers-${folder}.html`] = example('openlayers').replaceAll('node_modules/ol/', `node_modules/${folder}/`);

PAGES['/olms.html'] = `<!doctype html><meta charset="utf-8" />
<link rel="stylesheet" href="node_modules/ol/ol.css" />
<div id="map" style="height: 600px"></div>
<script src="node_modules/ol/dist/ol.js"></script>
<script src="node_modules/ol-mapbox-style/dist/olms.js"></script>
<script>
  const server = new URLSearchParams(location.search).get('server');
  olms.apply('map', server + '/style.json?theme=dark').then((map) => (window.map = map));
</script>`;

/** Where the small web server has the server of the plate, as a proxy would. */
const PREFIX = '/city/';
const frame = (src) => `<!doctype html><meta charset="utf-8" /><title>Desk</title><iframe src="${src}" width="600" height="400"></iframe>`;
PAGES['/framed.html'] = frame(`${proxied}/?embed`);
PAGES['/refused.html'] = frame(`${server}/?embed`);

let browser;
let files;
let base;

before(async () => {
  assert.ok(server, 'BASEPLATE_URL must name a running server');
  if (screens) mkdirSync(screens, { recursive: true });
  files = createServer((request, answer) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname.startsWith(PREFIX)) return handOn(request, answer);
    if (PAGES[pathname]) return answer.setHeader('content-type', 'text/html').end(PAGES[pathname]);
    const file = createReadStream(path.join(FOLDER, path.normalize(pathname)));
    answer.setHeader('content-type', TYPES[path.extname(pathname)] ?? 'application/octet-stream');
    file.on('error', () => answer.writeHead(404).end()).pipe(answer);
  });
  await new Promise((ready) => files.listen(0, '127.0.0.1', ready));
  base = `http://127.0.0.1:${files.address().port}`;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  files?.close();
});

/** What a proxy does that has the server under a path. */
function handOn({ method, url, headers }, answer) {
  const forwarded = {
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': headers.host,
    'x-forwarded-prefix': PREFIX.slice(0, -1),
  };
  const target = new URL(url.slice(PREFIX.length - 1), proxied);
  const asked = ask(target, { method, headers: { ...headers, ...forwarded } }, (got) => {
    answer.writeHead(got.statusCode, got.headers);
    got.pipe(answer);
  });
  asked.on('error', () => answer.destroy());
  asked.end();
}

async function openPage() {
  const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
  await drawCoarsely(page);
  return page;
}

/**
 * Opens a page of the folder, waits until `drawn` holds in it, and fails if it complained or a tile did. `at` is the server that
 * it is told; all that comes, comes from there.
 */
async function shows(name, query, drawn, at = server) {
  const page = await openPage();
  const complaints = [];
  let tiles = 0;
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('response', (response) => {
    if (response.url().includes('favicon')) return;
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    if (!response.url().includes('.mvt')) return;
    if (!response.url().startsWith(at)) complaints.push(`${response.url()} is not under ${at}`);
    tiles += response.status() === 200 ? 1 : 0;
  });
  await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }));
  await page.goto(`${base}/${name}.html?server=${at}${query}`);
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

for (const folder of OPENLAYERS) test(`${folder} draws tiles in Web Mercator`, () => shows(`openlayers-${folder}`, '', grids));

const districts = () => window.map?.loaded?.() && window.map.queryRenderedFeatures({ layers: ['districts-fill'] }).length > 0;

const labels = () => window.map?.loaded?.() && window.map.queryRenderedFeatures().some(({ layer }) => layer.type === 'symbol');

for (const folder of VERSIONS) test(`${folder} draws the style without labels`, () => shows(folder, '', districts));

test(`${LABELS} draws the style with its labels`, () => shows(LABELS, '', labels));

/** Several communities of a choropleth, in different colours. */
const coloured = () => {
  const features = window.map?.loaded?.() ? window.map.queryRenderedFeatures({ layers: ['communities'] }) : [];
  return new Set(features.map(({ state }) => state.colour)).size > 2;
};

test('MapLibre GL colours communities by what the statistics say', () => shows('choropleth', '', coloured));

for (const folder of [...VERSIONS, LABELS])
  test(`${folder} colours communities by what the statistics say`, () => shows(`choropleth-${folder}`, '', coloured));

test('ol-mapbox-style draws the style with its query', () =>
  shows('olms', '', () => {
    const map = window.map;
    const middle = map?.getSize?.()?.map((side) => side / 2);
    return middle && map.getFeaturesAtPixel(middle).length > 0;
  }));

test('behind the path of a proxy the examples and the map page itself find everything', async () => {
  assert.ok(proxied, 'BASEPLATE_PICTURES_URL must name a server that believes this proxy');
  const at = `${base}${PREFIX}`;
  const drawn = () => window.map?.loaded?.() && window.map.queryRenderedFeatures({ layers: ['communities'] }).length > 0;
  await shows('choropleth', '', drawn, at);
  await shows('openlayers', '', grids, at);

  const page = await openPage();
  const strange = [];
  page.on('request', (request) => /^http/.test(request.url()) && !request.url().startsWith(at) && strange.push(request.url()));
  await page.route('**/pictures/**', (route) => route.fulfill({ status: 204 }));
  await page.goto(at);
  await page.locator('#map[data-state="idle"]').waitFor({ timeout: 60_000 });
  assert.deepEqual(strange.filter((url) => !url.includes('/pictures/')), []);
  await page.close();
});

test('the map is framed by the pages that the settings name, and by no others', async () => {
  const page = await openPage();
  await page.route('**/pictures/**', (route) => route.fulfill({ status: 204 }));
  await page.goto(`${base}/framed.html`);
  await page.frameLocator('iframe').locator('#map[data-state="idle"]').waitFor({ timeout: 60_000 });
  await page.frameLocator('iframe').locator('.embedded a').waitFor();
  if (screens) await page.screenshot({ path: path.join(screens, 'framed.png') });

  const said = page.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
  await page.goto(`${base}/refused.html`);
  assert.match((await said).text(), /frame-ancestors 'none'/);
  assert.equal(await page.frameLocator('iframe').locator('#map').count(), 0);
  await page.close();
});
