// Drives the page in a real browser against a running server; browser.mjs says which.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import gcoord from 'gcoord';
import {
  PHONE,
  addressed,
  afterMoving,
  anyBuilding,
  browser,
  card,
  centreOfMap,
  clickCentre,
  fetchLocated,
  onPage,
  openMap,
  searchBox,
  server,
  shoot,
  untilIdle,
} from './browser.mjs';

/** A place in the open Atlantic, which no plate covers. */
const OUTSIDE = { lng: -40, lat: 30 };

async function chainCodes(shown) {
  return shown
    .locator('.chain li')
    .evaluateAll((rows) => rows.map((row) => row.dataset.code));
}

/** The view, which the page writes into the address. */
async function hashView(page) {
  const [zoom, lat, lng] = (await page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('map'))).split('/').map(Number);
  return { zoom, lat, lng };
}

/** How many colours a screenshot of the map has; the browser itself decodes the picture. */
async function countColours(page) {
  const picture = (await page.screenshot()).toString('base64');
  const decoder = await browser.newPage();
  const colours = await decoder.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    // The middle half, which neither the chip nor the legend covers.
    pen.drawImage(bitmap, -bitmap.width / 4, -bitmap.height / 4);
    const { data } = pen.getImageData(0, 0, bitmap.width / 2, bitmap.height / 2);
    return new Set(new Uint32Array(data.buffer)).size;
  }, picture);
  await decoder.close();
  return colours;
}

test('the map of the whole plate is drawn and named', () =>
  onPage({ finely: true }, async (page) => {
    await openMap(page);
    const style = await (await fetch(new URL('/style.json', server))).json();
    assert.equal(await page.locator('h1').textContent(), style.metadata['baseplate:name']);
    const [west, south, east, north] = style.metadata['baseplate:bounds'];
    await page.mouse.move(5, 400);
    await shoot(page, 'whole');
    assert.ok((await countColours(page)) > 20, 'the canvas is blank');

    const place = await clickCentre(page);
    assert.ok(
      place.lng > west && place.lng < east && place.lat > south && place.lat < north,
      'the view is not on the plate',
    );
  }));

test('a click shows the chain that the server answers, and codes lead on', () =>
  onPage({}, async (page) => {
    await openMap(page);
    const place = await clickCentre(page);
    const located = await fetchLocated(place);
    assert.ok(located.chain.length > 0, 'the middle of the plate is not covered');

    const shown = card(page, 'location');
    await shown.waitFor();
    assert.deepEqual(await chainCodes(shown), located.chain.map(({ code }) => code).reverse());
    await untilIdle(page);
    await shoot(page, 'located');

    const grid = located.chain[0];
    await shown.locator('.chain li[data-level="grid"] button').click();
    const entity = card(page, 'entity');
    await entity.waitFor();
    assert.equal(await entity.locator('.entity-code code').textContent(), grid.code);
    if (grid.name) assert.equal(await entity.locator('h2').textContent(), grid.name);
    await afterMoving(page, () => entity.locator('button.main').click());
    await shoot(page, 'grid');

    await entity.locator('button.back').click();
    await shown.waitFor();
    await page.keyboard.press('Escape');
    await page.locator('aside.card').waitFor({ state: 'hidden' });
  }));

test('a building shows what it is and its addresses', () =>
  onPage({}, async (page) => {
    await openMap(page);
    const { lng, lat } = await clickCentre(page);
    const grid = (await fetchLocated({ lng, lat })).chain[0];
    const building = await anyBuilding(grid.code);
    await openMap(page, `#map=17.6/${building.lat}/${building.lng}`);
    await page.reload();
    await untilIdle(page);
    const { x, y } = centreOfMap(page);
    await page.mouse.click(x, y);
    const shown = card(page, 'entity');
    await shown.waitFor();
    assert.equal(await shown.locator('.entity-code code').textContent(), building.code);
    const whole = await (await fetch(new URL(`/api/entities/${building.code}?list=5000`, server))).json();
    assert.equal(await shown.locator('.chain li').count(), whole.chain.length);
    for (const { code } of [...whole.address_list, ...whole.links])
      assert.ok((await shown.getByText(code, { exact: true }).count()) > 0, `${code} is not in the card`);
    await afterMoving(page, () => page.locator('.control.cube').click());
    await shoot(page, 'building');
  }));

test('the language can be switched and is remembered', () =>
  onPage({}, async (page) => {
    await openMap(page);
    await clickCentre(page);
    const title = card(page, 'location').locator('.subtitle');
    assert.equal(await title.textContent(), '所在位置');
    await page.locator('button.language').click();
    assert.equal(await title.textContent(), 'This place');
    assert.equal(await page.locator('html').getAttribute('lang'), 'en-GB');
    await shoot(page, 'english');
    await page.reload();
    await untilIdle(page);
    assert.equal(await page.locator('button.language').textContent(), '中文');
  }));

test('a browser in English gets English, in the dark a dark card', () =>
  onPage({ locale: 'en-US', colorScheme: 'dark' }, async (page) => {
    await openMap(page);
    await clickCentre(page);
    assert.equal(await card(page, 'location').locator('.subtitle').textContent(), 'This place');
    await untilIdle(page);
    await shoot(page, 'dark');
  }));

test('outside the coverage the card says so', () =>
  onPage({}, async (page) => {
    await openMap(page, `#map=12/${OUTSIDE.lat}/${OUTSIDE.lng}`);
    const place = await clickCentre(page);
    assert.ok(Math.abs(place.lng - OUTSIDE.lng) < 0.01 && Math.abs(place.lat - OUTSIDE.lat) < 0.01);
    const shown = card(page, 'outside');
    await shown.waitFor();
    assert.match(await shown.textContent(), /该位置不在本底板的覆盖范围内。/);
    await shoot(page, 'outside');
  }));

test('without its style the page says so', () =>
  onPage({}, async (page, complaints) => {
    await page.route('**/style.json*', (route) => route.fulfill({ status: 503, body: '' }));
    await page.goto(server);
    await page.getByRole('alert').getByText('地图样式未能加载').waitFor();
    assert.equal(await page.locator('#map').getAttribute('data-state'), 'error');
    complaints.splice(0, 1);
  }));

test('when tiles fail a notice says so', () =>
  onPage({}, async (page, complaints) => {
    await page.route(/\/tiles\/.*\d+\/\d+\/\d+/, (route) => route.abort());
    await page.goto(server);
    await page.getByRole('alert').getByText('部分地图数据未能加载').waitFor();
    assert.ok(complaints.every((text) => /Failed to load resource/.test(text)));
    complaints.length = 0;
  }));

test('when looking up fails a message says so and the map stays usable', () =>
  onPage({}, async (page, complaints) => {
    await openMap(page);
    const problem = { type: 'about:blank', title: 'Internal Server Error', status: 500, detail: '演练:故障' };
    await page.route('**/api/locate*', (route) =>
      route.fulfill({ status: 500, contentType: 'application/problem+json', json: problem }),
    );
    await clickCentre(page);
    const shown = card(page, 'failure');
    await shown.waitFor();
    assert.match(await shown.textContent(), /服务器出错.*演练:故障/);
    await shoot(page, 'failure');

    await page.unroute('**/api/locate*');
    await page.route('**/api/locate*', (route) => route.abort());
    await shown.getByRole('button', { name: '重试' }).click();
    await shown.getByText('无法连接服务器').waitFor();

    await assertMapMoves(page);
    await page.unroute('**/api/locate*');
    await shown.getByRole('button', { name: '重试' }).click();
    await card(page, 'location').waitFor();
    // The browser itself reports both failed requests; nothing else may complain.
    assert.equal(complaints.filter((text) => /Failed to load resource/.test(text)).length, 2);
    complaints.splice(
      0,
      complaints.length,
      ...complaints.filter((text) => !/Failed to load resource/.test(text)),
    );
  }));

async function assertMapMoves(page) {
  const before = await hashView(page);
  await afterMoving(page, () => page.getByRole('button', { name: '放大' }).click());
  assert.ok((await hashView(page)).zoom > before.zoom);
}

test('an address is found as it is typed, by the keyboard alone', () =>
  onPage({}, async (page) => {
    await openMap(page);
    const { text } = (await addressed(page)).address_list.at(-1);
    await searchBox(page).fill(text.slice(0, -1));
    const options = page.getByRole('option');
    await options.first().waitFor();
    await shoot(page, 'suggestions');
    await page.keyboard.press('ArrowDown');
    const picked = page.locator('[role="option"][aria-selected="true"]');
    const active = await searchBox(page).getAttribute('aria-activedescendant');
    assert.equal(active, await picked.getAttribute('id'));
    const code = await picked.getAttribute('data-code');
    await page.keyboard.press('Enter');
    const shown = card(page, 'entity');
    await shown.waitFor();
    assert.equal(await shown.locator('.entity-code code').textContent(), code);
    assert.equal(await options.count(), 0);
    await untilIdle(page);
    await shoot(page, 'found');
  }));

test('a code written into the address of an open page moves the map', () =>
  onPage({}, async (page) => {
    await openMap(page);
    const { code, lng, lat } = await addressed(page);
    const before = await hashView(page);
    await page.evaluate((code) => (location.hash += `&code=${code}`), code);
    await card(page, 'entity').waitFor();
    await page.waitForFunction(
      (zoom) => Number(/map=([\d.]+)/.exec(location.hash)[1]) > zoom + 1,
      before.zoom,
    );
    await untilIdle(page);
    const after = await hashView(page);
    assert.ok(Math.abs(after.lat - lat) < 0.01 && Math.abs(after.lng - lng) < 0.01);
  }));

test('a code with signs of an address in it stays what it is while the map moves', () =>
  onPage({}, async (page, complaints) => {
    const code = 'A&B%7E#+C=D';
    const asked = [];
    page.on('request', (request) => request.url().includes('/api/entities/') && asked.push(request.url()));
    await openMap(page, `#code=${encodeURIComponent(code)}`);
    await card(page, 'failure').waitFor();
    await page.locator('#map canvas').focus();
    await afterMoving(page, () => page.keyboard.press('+'));
    await page.reload();
    await card(page, 'failure').waitFor();
    const last = (url) => decodeURIComponent(new URL(url).pathname.split('/').at(-1));
    assert.deepEqual(asked.map(last), [code, code]);
    complaints.length = 0;
  }));

for (const viewport of [undefined, PHONE])
  test(`a tool takes the place of an open card ${viewport ? 'on a phone' : 'on a desk'}, which going back shows again`, () =>
    onPage(viewport ? { viewport, isMobile: true, hasTouch: true } : {}, async (page) => {
      await openMap(page);
      const { code } = await addressed(page);
      await page.goto(`${server}#code=${code}`);
      await card(page, 'entity').waitFor();
      await page.locator('[data-tool="compare"]').click();
      await page.locator('.compare-legend').waitFor();
      assert.equal(await page.locator('.card').isVisible(), false);
      await page.goBack();
      await card(page, 'entity').waitFor();
      assert.equal(await page.locator('.panel').isVisible(), false);
    }));

test('Enter takes the first offer: a building, an enterprise, a code, the place of a pair of coordinates', () =>
  onPage({}, async (page) => {
    await openMap(page);
    const building = await addressed(page);
    const items = await fetch(new URL('/ogc/collections/enterprises/items?limit=1', server));
    const { code, name } = (await items.json()).features[0].properties;
    for (const [typed, opened] of [
      [building.code, building.code],
      [building.address_list.at(-1).text, building.address_list.at(-1).code],
      [name, code],
    ]) {
      await searchBox(page).fill(typed);
      await page.keyboard.press('Enter');
      const shown = card(page, 'entity');
      await shown.locator('.entity-code code', { hasText: new RegExp(`^${opened}$`) }).waitFor();
      assert.doesNotMatch(await shown.locator('.subtitle').textContent(), /置信度/);
    }
    await searchBox(page).fill(`${building.lng}, ${building.lat}`);
    await page.keyboard.press('Enter');
    await card(page, 'location').waitFor();
  }));

test('an address that is looked up says how sure its answer is, unless it was written word for word', () =>
  onPage({}, async (page) => {
    await openMap(page);
    const { code, text } = (await addressed(page)).address_list.at(-1);
    const shown = card(page, 'entity');
    for (const [written, isSure] of [
      [text, true],
      [code, true],
      // Without its community it is found all the same.
      [text.replace(/街道.*?社区/, '街道'), false],
    ]) {
      await searchBox(page).fill(written);
      await page.getByRole('button', { name: '查找' }).click();
      await shown.locator('.entity-code code', { hasText: code }).waitFor();
      const told = / · 置信度 [\d.]+（(高|中|低)）/;
      await page.waitForFunction((wanted) => /置信度/.test(document.querySelector('.card .subtitle').textContent) === wanted, !isSure);
      assert.equal(told.test(await shown.locator('.subtitle').textContent()), !isSure, written);
      await page.locator('.pin').waitFor();
    }
  }));

test('rows of the list differ where they begin, and say behind it where that is', () =>
  onPage({}, async (page) => {
    await openMap(page);
    const { address_list: addresses, chain } = await addressed(page);
    const street = /社区(\D+?\d+号)/.exec(addresses.at(-1).text)[1];
    for (const typed of [street, street.replace(/\d.*/, ''), addresses.at(-1).text.replace(/\d+\D*$/, ''), '第01网格', '百货']) {
      const answered = page.waitForResponse((response) => response.url().includes('/api/suggest'));
      await searchBox(page).fill(typed);
      const texts = (await (await answered).json()).map(({ text }) => text);
      await page.waitForFunction((n) => document.querySelectorAll('[role="option"]').length === n, texts.length);
      const options = page.getByRole('option');
      assert.deepEqual(await options.evaluateAll((all) => all.map((option) => option.title)), texts);
      const names = await options.locator('.name').allTextContents();
      assert.ok(names.length > 1, typed);
      const seen = names.map((name) => name.slice(0, 12));
      assert.equal(new Set(seen).size, seen.length, names.join('\n'));
      assert.ok(names.every((name) => !/^示例市/.test(name)), names.join('\n'));
      // Nothing is lost: what was taken from the front stands behind.
      const wheres = await options.evaluateAll((all) => all.map((option) => option.querySelector('.where')?.textContent ?? ''));
      texts.forEach((text, row) => assert.equal([...(names[row] + wheres[row].replace(' · ', ''))].sort().join(''), [...text].sort().join('')));
      await shoot(page, `rows-${typed}`);
    }
    // A community is none of its grids.
    const community = chain.find(({ level }) => level === 'community').name;
    await searchBox(page).fill(community);
    await page.locator(`[role="option"][title$="${community}"]`).waitFor();
    const said = await page.locator('[role="option"]').evaluateAll((all) =>
      all.map((option) => [option.title, option.querySelector('.level').textContent]),
    );
    for (const [title, level] of said) assert.equal(level, /社区$/.test(title) ? '社区' : '网格', title);
  }));

test('a pasted pair of coordinates is a place, in the plate’s own system or in GCJ-02', () =>
  onPage({}, async (page) => {
    await openMap(page);
    const { lng, lat } = await addressed(page);
    const at = () => page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('at')?.split(',').map(Number));
    for (const typed of [`${lng}, ${lat}`, `${lat}，${lng}`, `${lng}° ${lat}°`]) {
      await searchBox(page).fill(typed);
      await page.getByRole('option').nth(1).waitFor();
      assert.match(await page.getByRole('option').nth(1).textContent(), /GCJ-02（高德）/);
      await shoot(page, 'coordinates');
      await page.getByRole('option').first().click();
      await card(page, 'location').waitFor();
      const [east, north] = await at();
      assert.ok(Math.abs(east - lng) < 1e-5 && Math.abs(north - lat) < 1e-5, `${typed}: ${east}, ${north}`);
    }
    const [shownLng, shownLat] = gcoord.transform([lng, lat], gcoord.WGS84, gcoord.GCJ02);
    await searchBox(page).fill(`${shownLng.toFixed(7)}, ${shownLat.toFixed(7)}`);
    await page.getByRole('option', { name: 'GCJ-02' }).click();
    await page.waitForFunction((lat) => Math.abs(Number(new URLSearchParams(location.hash.slice(1)).get('at').split(',')[1]) - lat) < 1e-5, lat);
    const [east, north] = await at();
    assert.ok(Math.abs(east - lng) < 1e-5 && Math.abs(north - lat) < 1e-5, `${east}, ${north}`);
  }));

/** Answers `/api/geocode` with what a test wants to see shown; nothing is suggested. */
async function answering(page, answer) {
  const whole = { place: null, confidence: 0, band: 'low', alternatives: [], ...answer };
  await page.route('**/api/suggest*', (route) => route.fulfill({ json: [] }));
  await page.route('**/api/geocode*', (route) => route.fulfill({ json: whole }));
}

test('of an address that may be several one is chosen', () =>
  onPage({}, async (page) => {
    await openMap(page);
    const building = await addressed(page);
    const alternatives = building.address_list.slice(0, 2).map((address) => ({
      match_level: 'room',
      standard_address: `${address.text}<b>`,
      address_code: address.code,
      building_code: building.code,
      lng: building.lng,
      lat: building.lat,
    }));
    await answering(page, { status: 'ambiguous', alternatives });
    await searchBox(page).fill('某路1号');
    await page.keyboard.press('Enter');
    await page.locator('.search-message').getByText('可能是以下 2 处').waitFor();
    const options = page.getByRole('option');
    assert.equal(await options.last().getAttribute('title'), alternatives[1].standard_address);
    assert.match(await options.last().textContent(), /<b>.*房间$/);
    const { height } = await options.last().boundingBox();
    assert.ok(height >= 40, `${height} pixels are too few for a finger`);
    await options.last().click();
    const shown = card(page, 'entity');
    await shown.waitFor();
    assert.equal(await shown.locator('.entity-code code').textContent(), alternatives[1].address_code);
  }));

test('an address that is nowhere, or elsewhere, is said to be so', () =>
  onPage({}, async (page) => {
    await openMap(page);
    for (const [status, said] of [
      ['none', '地址库中没有找到'],
      ['out_of_area', '该地址不在本市'],
    ]) {
      await answering(page, { status });
      await searchBox(page).fill('天涯路1号');
      await page.keyboard.press('Enter');
      await page.locator('.search-message').getByText(said).waitFor();
    }
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.search-message').textContent(), '');
    await page.keyboard.press('Escape');
    assert.equal(await searchBox(page).inputValue(), '');
  }));

test('an answer that comes too late is dropped', () =>
  onPage({}, async (page) => {
    await openMap(page);
    const later = deferred();
    await page.route('**/api/suggest*', async (route) => {
      const text = new URL(route.request().url()).searchParams.get('q');
      if (text === '先') await later.promise;
      await route.fulfill({ json: [{ text: `${text}路`, level: 'road', code: null }] }).catch(() => {});
    });
    const asked = page.waitForRequest((request) => request.url().includes('/api/suggest'));
    await searchBox(page).fill('先');
    await asked;
    await searchBox(page).fill('后');
    await page.getByRole('option', { name: '后路' }).waitFor();
    later.resolve();
    await page.waitForTimeout(300);
    assert.deepEqual(await page.getByRole('option').locator('.name').allTextContents(), ['后路']);
  }));

function deferred() {
  const made = {};
  made.promise = new Promise((resolve) => (made.resolve = resolve));
  return made;
}

test('without the service for addresses the map stays usable', () =>
  onPage({}, async (page, complaints) => {
    await openMap(page);
    await page.route('**/api/suggest*', (route) => route.fulfill({ status: 500, body: '' }));
    await searchBox(page).fill('路');
    await page.locator('.search-message').getByText('服务器出错').waitFor();
    await page.unroute('**/api/suggest*');
    await page.route('**/api/suggest*', (route) => route.fulfill({ status: 404, body: '' }));
    await searchBox(page).fill('路1');
    await page.locator('.search').waitFor({ state: 'hidden' });
    await assertMapMoves(page);
    assert.ok(complaints.every((text) => /Failed to load resource/.test(text)));
    complaints.length = 0;
  }));

test('on a phone the search box fits, and so does what it finds', () =>
  onPage({ viewport: PHONE, isMobile: true, hasTouch: true, colorScheme: 'dark' }, async (page) => {
    await openMap(page);
    const rows = Array.from({ length: 8 }, (_, n) => ({
      text: `示例市某某区某某街道某某社区很长的路${n}号很长的名字大厦${n}栋`,
      level: 'building',
      code: String(n),
    }));
    await page.route('**/api/suggest*', (route) => route.fulfill({ json: rows }));
    await searchBox(page).fill('路');
    await page.getByRole('option').first().waitFor();
    for (const part of ['input', 'button', '.search-results']) {
      const { x, width, height } = await page.locator(`.search > ${part}`).boundingBox();
      assert.ok(x >= 0 && x + width <= PHONE.width && height >= 40, `${x} ${width} ${height}`);
    }
    await shoot(page, 'phone-search');
  }));

test('the keyboard alone reaches the card', () =>
  onPage({}, async (page) => {
    await openMap(page);
    await page.locator('#map canvas').focus();
    await page.keyboard.press('Enter');
    const shown = card(page, 'location');
    await shown.waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H2');
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'CANVAS');
  }));

test('on a phone the card is a sheet that leaves the chosen place in sight', () =>
  onPage({ viewport: PHONE, isMobile: true, hasTouch: true }, async (page) => {
    await openMap(page);
    await clickCentre(page);
    const shown = card(page, 'location');
    await shown.waitFor();
    assert.equal((await shown.boundingBox()).width, PHONE.width);
    await page.waitForFunction(() => {
      const edge = (selector) => document.querySelector(selector).getBoundingClientRect();
      return edge('.pin').bottom <= edge('.card').top;
    });
    await untilIdle(page);
    await shoot(page, 'phone');
  }));
