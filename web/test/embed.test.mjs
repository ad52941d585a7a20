// The map alone, as another page frames it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterMoving, anyBuilding, centreOfMap, countPixels, fetchLocated, onPage, openMap, server, shoot, untilIdle } from './browser.mjs';

/** A server of the same plate with a base map. */
const onPictures = process.env.BASEPLATE_PICTURES_URL;
const NOT_SHOWN = ['.plate', '.search', '.tools', '.legend', '.controls', '.card', '.panel', '.figures', '.offer'];
/** What a selection is drawn with. */
const BLUE = [0x1d, 0x4e, 0xd8];

const parameter = (page, name) => page.evaluate((name) => new URLSearchParams(location.hash.slice(1)).get(name), name);
const zoomOf = async (page) => Number((await parameter(page, 'map')).split('/')[0]);

/** The chain of the middle of the plate. */
async function middle() {
  const { metadata } = await (await fetch(new URL('/style.json', server))).json();
  const [west, south, east, north] = metadata['baseplate:bounds'];
  return (await fetchLocated({ lng: (west + east) / 2, lat: (south + north) / 2 })).chain;
}

/** How many pixels have the colour of a selection. */
const countMarked = (page) => countPixels(page, BLUE);

async function assertAlone(page) {
  for (const part of NOT_SHOWN) assert.equal(await page.locator(part).isVisible(), false, part);
  assert.ok(await page.locator('.maplibregl-ctrl-scale').isVisible(), 'there is no scale');
}

test('?embed shows the map alone, marks the code, and a click opens nothing', () =>
  onPage({ finely: true, viewport: { width: 640, height: 420 } }, async (page) => {
    const asked = [];
    page.on('request', (request) => request.url().includes('/api/') && asked.push(new URL(request.url()).pathname));
    await openMap(page, '?embed');
    await assertAlone(page);
    assert.equal(await countMarked(page), 0);
    const whole = await zoomOf(page);

    const community = (await middle()).find(({ level }) => level === 'community');
    await afterMoving(page, () => page.evaluate((code) => (location.hash += `&code=${code}`), community.code));
    await page.waitForFunction((zoom) => Number(/map=([\d.]+)/.exec(location.hash)[1]) > zoom + 0.5, whole);
    await untilIdle(page);
    assert.ok((await countMarked(page)) > 200, 'the community is not marked');
    await shoot(page, 'embed');

    const { x, y } = centreOfMap(page);
    await page.mouse.click(x, y);
    await page.locator('#map canvas').focus();
    await page.keyboard.press('Enter');
    await page.waitForTimeout(300);
    await assertAlone(page);
    assert.deepEqual(asked.filter((path) => path !== '/api/plate'), [`/api/entities/${community.code}`]);
    assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  }));

test('an address with ?embed is where it says, with the layers that it says', () =>
  onPage({ viewport: { width: 640, height: 420 } }, async (page) => {
    const [grid] = await middle();
    const { code, lng, lat } = await anyBuilding(grid.code);
    await openMap(page, `?embed#code=${code}&hide=addresses,enterprises`);
    await page.waitForFunction(() => Number(/map=([\d.]+)/.exec(location.hash)?.[1]) > 16);
    await untilIdle(page);
    const [, atLat, atLng] = (await parameter(page, 'map')).split('/').map(Number);
    assert.ok(Math.hypot(atLng - lng, atLat - lat) < 0.001, 'the building is not in the middle');
    await shoot(page, 'embed-building');

    // The whole page opens on the same view, with the card.
    const link = page.getByRole('link', { name: '在底板中打开' });
    const [opened] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
    await opened.locator('aside.card[data-view="entity"]:not([aria-busy])').waitFor();
    assert.equal(new URL(opened.url()).search, '');
    assert.equal(await parameter(opened, 'map'), await parameter(page, 'map'));
    assert.equal(await parameter(opened, 'code'), code);
    assert.equal(await opened.locator('.legend li[data-layer="addresses"] input').isChecked(), false);
  }));

test('an embedded map says whose data it is, and a place is a pin', () =>
  onPage({ viewport: { width: 360, height: 300 } }, async (page, complaints) => {
    const { lng, lat } = await anyBuilding((await middle())[0].code);
    await page.route('**/pictures/**', (route) => route.fulfill({ status: 204 }));
    await page.goto(new URL(`/?embed#at=${lng},${lat}`, onPictures).href);
    await page.locator('.pin').waitFor();
    await page.locator('.embedded').getByText('© 示例图').waitFor();
    await untilIdle(page);
    const [line, scale] = await Promise.all(['.embedded', '.maplibregl-ctrl-scale'].map((part) => page.locator(part).boundingBox()));
    assert.ok(line.x + line.width <= scale.x, 'the scale is covered');
    await shoot(page, 'embed-small');
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes(new URL(onPictures).host)));
  }));

test('an embedded map takes a new generation by itself', () =>
  onPage({}, async (page) => {
    await page.clock.install();
    await page.goto(`${server}?embed`);
    await page.locator('.embedded').waitFor();
    const plate = await (await fetch(new URL('/api/plate', server))).json();
    await page.route('**/api/plate', (route) => route.fulfill({ json: { ...plate, generation: '000009' } }));
    const reloaded = page.waitForEvent('load');
    await page.clock.fastForward(31_000);
    await reloaded;
    assert.match(page.url(), /\?embed/);
  }));

test('without its style an embedded map says so and nothing else', () =>
  onPage({}, async (page, complaints) => {
    await page.route('**/style.json*', (route) => route.fulfill({ status: 503, body: '' }));
    await page.goto(`${server}?embed`);
    await page.getByRole('alert').getByText('地图样式未能加载').waitFor();
    assert.equal(await page.locator('.plate').count(), 0);
    complaints.splice(0, 1);
  }));
