// 一屏知全局: a city seen, searched and asked on one screen, as its users go about it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import gcoord from 'gcoord';
import {
  PHONE,
  addressed,
  anyBuilding,
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

/** A server of the same plate with a base map in GCJ-02. */
const onPictures = process.env.BASEPLATE_PICTURES_URL;
/** Half the size of the earth's shift in GCJ-02 anywhere in China, degrees: nothing less is a shift. */
const SHIFT_MIN = 0.0005;

const fetchJson = async (path) => (await fetch(new URL(path, server))).json();
const parameter = (page, name) =>
  page.evaluate((name) => new URLSearchParams(location.hash.slice(1)).get(name), name);
const codeOfCard = (page) => card(page, 'entity').locator('.entity-code code').textContent();

/** A point inside the plate's first grid. */
async function middle() {
  const { metadata } = await fetchJson('/style.json');
  const [west, south, east, north] = metadata['baseplate:bounds'];
  return { lng: (west + east) / 2, lat: (south + north) / 2 };
}

test('from a search to a card, along a code, to a choropleth and its table', () =>
  onPage({ viewport: { width: 1440, height: 900 } }, async (page) => {
    await openMap(page);
    const { text } = (await addressed(page)).address_list.at(-1);
    await searchBox(page).fill(text.slice(0, -1));
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await card(page, 'entity').waitFor();
    const address = await codeOfCard(page);
    assert.equal(await parameter(page, 'code'), address);

    const chain = card(page, 'entity').locator('.chain li[data-level="community"]');
    const community = await chain.getAttribute('data-code');
    await chain.getByRole('button').click();
    await page.locator('.entity-code code', { hasText: new RegExp(`^${community}$`) }).waitFor();
    assert.equal(await parameter(page, 'code'), community);

    await page.getByRole('button', { name: '对比' }).click();
    await page.locator('.compare:not([aria-busy]) .compare-results:not([hidden])').waitFor();
    await untilIdle(page);
    await shoot(page, 'city-compare');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: '导出表格 CSV' }).click(),
    ]);
    const table = await readFile(await file.path(), 'utf8');
    const { rows } = await fetchJson('/api/stats?level=community');
    assert.equal(table.trimEnd().split('\r\n').length, rows.length + 1);
    const { people } = rows.find((row) => row.code === community);
    assert.match(table, new RegExp(`^"?${community}"?,.*,${people ?? ''},`, 'm'));

    // Back leads to the community, whose place the comparison took, to the address, and to nothing.
    await page.goBack();
    await page.locator('.entity-code code', { hasText: new RegExp(`^${community}$`) }).waitFor();
    await page.goBack();
    await page.locator('.entity-code code', { hasText: new RegExp(`^${address}$`) }).waitFor();
    await page.goBack();
    await page.locator('aside.card').waitFor({ state: 'hidden' });
  }));

test('an address leads back to what was seen', () =>
  onPage({}, async (page) => {
    const { code } = await anyBuilding((await fetchLocated(await middle())).chain[0].code);
    await openMap(page, `#code=${code}&tool=quality`);
    await card(page, 'entity').waitFor();
    assert.equal(await codeOfCard(page), code);
    await page.locator('.quality-list li').first().waitFor();
    const view = await parameter(page, 'map');
    assert.ok(Number(view.split('/')[0]) > 16, `${view} is not at the building`);
    await page.reload();
    await untilIdle(page);
    await card(page, 'entity').waitFor();
    assert.equal(await codeOfCard(page), code);
    assert.equal(await parameter(page, 'map'), view);

    const { lng, lat } = await middle();
    await openMap(page, `#at=${lng},${lat}&map=16/${lat}/${lng}`);
    await page.reload();
    await card(page, 'location').waitFor();
    const grid = (await fetchLocated({ lng, lat })).chain[0];
    assert.equal(await card(page, 'location').locator('h2').textContent(), grid.name);
  }));

/** The box of the whole plate on the screen, from the view that the page wrote into the address. */
async function wholeOnScreen(page) {
  const { metadata } = await fetchJson('/style.json');
  const [west, south, east, north] = metadata['baseplate:bounds'];
  const [zoom, lat, lng] = (await parameter(page, 'map')).split('/').map(Number);
  const size = 512 * 2 ** zoom;
  const mercator = (degrees) => Math.log(Math.tan(Math.PI / 4 + (degrees * Math.PI) / 360)) / (2 * Math.PI);
  const middle = centreOfMap(page);
  const across = (degrees) => middle.x + ((degrees - lng) / 360) * size;
  const down = (degrees) => middle.y + (mercator(lat) - mercator(degrees)) * size;
  return { left: across(west), right: across(east), top: down(north), bottom: down(south) };
}

for (const viewport of [{ width: 1440, height: 900 }, { width: 1280, height: 800 }, { width: 1920, height: 1080 }, PHONE])
  test(`at ${viewport.width} × ${viewport.height} the whole city is seen clear of the chip and the legend, and what it holds`, () =>
    onPage({ viewport }, async (page) => {
      await openMap(page);
      await page.locator('.plate-figures dd').nth(3).waitFor();
      const city = await wholeOnScreen(page);
      assert.ok(city.left > 0 && city.top > 0 && city.right < viewport.width && city.bottom < viewport.height, JSON.stringify(city));
      for (const panel of ['.plate', '.legend', '.controls']) {
        const { x, y, width, height } = await page.locator(panel).boundingBox();
        const isClear = city.left >= x + width || city.top >= y + height || city.right <= x || city.bottom <= y;
        assert.ok(isClear, `${panel} covers the city: ${JSON.stringify([city, { x, y, width, height }])}`);
      }
      const { rows: [whole], people_release: release } = await fetchJson('/api/stats?level=city');
      const figures = [whole.people, whole.enterprises, whole.buildings, whole.addresses];
      assert.deepEqual(
        await page.locator('.plate-figures dd').allTextContents(),
        figures.map((figure) => figure.toLocaleString('zh-CN')),
      );
      assert.equal(await page.locator('.plate-figures > div').first().getAttribute('title'), `人口截至 ${release.day} 发布。`);
      // What few ask for is there for who does.
      const told = await page.locator('.plate').innerText();
      assert.ok(!/数据版本|更新时间|缩放级别/.test(told), told);
      assert.match(await page.locator('.plate-facts').getAttribute('title'), /数据版本 \d+ · 更新时间/);
      // Of which day the data is stands there in full.
      const age = page.locator('.plate-age');
      assert.match(await age.textContent(), /^(\d+年)?\d+月\d+日更新$/);
      assert.ok(await age.evaluate((node) => node.scrollWidth <= node.clientWidth + 1), 'the day is cut off');
      // What the colours of the ground mean.
      assert.match(await page.locator('.legend').textContent(), /底色按区、街道区分/);
      await shoot(page, `opening-${viewport.width}`);
    }));

test('on the border of two grids a click has one answer, the server’s', () =>
  onPage({}, async (page) => {
    const { chain } = await fetchLocated(await middle());
    const url = new URL(`/ogc/collections/grids/items/${chain[0].code}`, server);
    const { geometry } = await (await fetch(url)).json();
    const ring = geometry.type === 'Polygon' ? geometry.coordinates[0] : geometry.coordinates[0][0];
    const [lng, lat] = ring[Math.floor(ring.length / 2)];
    await openMap(page, `#map=19/${lat}/${lng}`);
    const place = await clickCentre(page);
    const shown = card(page, 'location');
    await shown.waitFor();
    const located = await fetchLocated(place);
    assert.equal(await shown.locator('.chain li').last().getAttribute('data-code'), located.chain[0].code);
    await shoot(page, 'city-border');
  }));

test('a card says what its links rest on', () =>
  onPage({}, async (page) => {
    const { issues } = await fetchJson('/api/issues?limit=1&rule=enterprise-uscc-suspect');
    assert.equal(issues.length, 1);
    // An enterprise without a code of an address is linked by its text.
    const uscc = await geocodedEnterprise();
    await openMap(page, `#code=${uscc}`);
    const shown = card(page, 'entity');
    await shown.waitFor();
    assert.match(await shown.textContent(), /企业 → 地址 · 按地址文本匹配 · \S+ · 置信度 [\d.]+/);
    assert.match(await shown.textContent(), /来源数据指定|按位置判定/);
  }));

test('a card begins with numbers and the chain on one line; charts come into it, codes stand last', () =>
  onPage({ viewport: { width: 1440, height: 900 } }, async (page) => {
    const { rows } = await fetchJson('/api/stats?level=community&by=person.age_band');
    const [community] = rows;
    const later = deferred();
    await page.route('**/api/stats*within*', async (route) => {
      await later.promise;
      await route.continue();
    });
    await openMap(page, `#code=${community.code}`);
    const shown = card(page, 'entity');
    // The card is there before its charts.
    await shown.waitFor();
    assert.equal(await shown.locator('.bars').count(), 0);
    const number = (count) => count.toLocaleString('zh-CN');
    const facts = await shown.locator('dl > div').allInnerTexts();
    const { people, households, enterprises, buildings, addresses } = community;
    const wanted = [['居住人口', people], ['户数', households], ['企业数', enterprises], ['楼栋数', buildings], ['地址数', addresses]];
    assert.deepEqual(facts.slice(0, 5).map((fact) => fact.split(/\s+/)), wanted.map(([name, count]) => [name, number(count)]));
    assert.ok(!facts.some((fact) => fact.includes('网格类别')), 'the plate has one kind');
    assert.ok((await shown.locator('.chain').boundingBox()).height < 30, 'the chain takes several lines');
    const top = async (part) => (await shown.locator(part).first().boundingBox()).y;
    assert.ok((await top('dl')) < (await top('.chain')) && (await top('.chain')) < (await top('.entity-code')));

    later.resolve();
    const ages = shown.locator('section', { hasText: '居住人口 · 年龄段' }).locator('li');
    await ages.first().waitFor();
    const { categories } = await fetchJson('/api/stats?level=community&by=person.age_band');
    const bars = categories.map((name, place) => [name, number(community.by[place])]).sort(([one], [other]) => parseInt(one) - parseInt(other));
    // As the plate calls them.
    const { titles } = (await fetchJson('/api/plate')).attributes.find(({ name }) => name === 'age_band');
    const called = bars.map(([name, count]) => `${titles.categories[name].zh} ${count}`);
    assert.deepEqual((await ages.allInnerTexts()).map((row) => row.replace(/\s+(?=\S+$)/, ' ')), called);
    await shown.locator('section', { hasText: '企业 · 行业' }).locator('li').nth(2).waitFor();
    const below = (await fetchJson(`/api/stats?level=grid&within=${community.code}`)).rows;
    const grids = shown.locator('.bars li[data-code]');
    assert.deepEqual(await grids.evaluateAll((all) => all.map((row) => row.dataset.code)), below.map(({ code }) => code));
    await untilIdle(page);
    await shoot(page, 'card-community');
    await grids.first().getByRole('button').click();
    await shown.locator('.entity-code code', { hasText: new RegExp(`^${below[0].code}$`) }).waitFor();
  }));

function deferred() {
  const made = {};
  made.promise = new Promise((resolve) => (made.resolve = resolve));
  return made;
}

test('a card says which numbers of people are estimates, and of which release they are', () =>
  onPage({}, async (page) => {
    const { rows, people_release: release } = await fetchJson('/api/stats?level=grid&by=person.age_band');
    const shown = card(page, 'entity');
    const since = `人口截至 ${release.day} 发布。`;
    const facts = shown.locator('dl').first();
    const open = async (code) => {
      await page.goto(new URL(`/#code=${code}`, server).href);
      await shown.locator('.entity-code code', { hasText: new RegExp(`^${code}$`) }).waitFor();
    };
    for (const isEstimate of [true, false]) {
      const isWanted = (row) => row.people > 0 && row.people_estimated === isEstimate && (row.by_estimated ?? false) === isEstimate;
      const { code, ...row } = rows.find(isWanted);
      await open(code);
      const number = (n, isEstimated) => (isEstimated ? `约 ${n}` : String(n));
      const [people, households] = [number(row.people, isEstimate), number(row.households, row.households_estimated)];
      const said = await facts.textContent();
      assert.ok(said.startsWith(`居住人口${people}户数${households}企业数`), said);
      await shown.locator('.as-of', { hasText: since }).waitFor();
      const values = shown.locator('section', { hasText: '居住人口 · 年龄段' }).locator('.bar-value');
      await values.first().waitFor();
      assert.ok((await values.allTextContents()).every((text) => text.startsWith('≈') === isEstimate));
      if (isEstimate) await shoot(page, 'card-estimate');
    }
    // So do the numbers of what is below an area.
    const grid = rows.find((row) => row.people_estimated);
    const { chain } = await fetchJson(`/api/entities/${grid.code}`);
    const { code } = chain.find(({ level }) => level === 'community');
    const below = (await fetchJson(`/api/stats?level=grid&within=${code}`)).rows;
    await open(code);
    await shown.locator(`.bars li[data-code="${grid.code}"]`).waitFor();
    assert.deepEqual(
      await shown.locator('.bars li[data-code] .bar-value').allTextContents(),
      below.map((row) => `${row.people_estimated ? '≈' : ''}${row.people}`),
    );

    const building = await anyBuilding(grid.code);
    await open(building.code);
    await shown.locator('dl', { hasText: '按分块公布，不按单栋' }).waitFor();
    // A place says the same of the grid around it.
    await page.goto(new URL(`/#at=${building.lng},${building.lat}`, server).href);
    await card(page, 'location').locator('.as-of', { hasText: since }).waitFor();
  }));

/** Goes through enterprises of the town until one is linked by its text. */
async function geocodedEnterprise() {
  let next = new URL('/ogc/collections/enterprises/items?limit=5000', server).href;
  const { features } = await (await fetch(next)).json();
  for (const { properties } of features) {
    const { links, code } = await fetchJson(`/api/entities/${properties.code}`);
    if (links?.[0]?.how === 'geocoded') return code;
  }
  return assert.fail('no enterprise is linked by its text');
}

test('the addresses of a tall building stand floor by floor', () =>
  onPage({}, async (page) => {
    const { features } = await fetchJson('/ogc/collections/buildings/items?limit=5000');
    const tall = features.find(({ properties }) => properties.floors >= 8);
    const building = await fetchJson(`/api/entities/${tall.properties.code}?list=5000`);
    await openMap(page, `#code=${building.code}`);
    const floors = card(page, 'entity').locator('.floor');
    await floors.first().waitFor();
    const wanted = [...new Set(building.address_list.map(({ floor }) => floor).filter(Boolean))];
    const shown = await floors.evaluateAll((all) => all.map((floor) => Number(floor.dataset.floor)));
    assert.deepEqual(shown, wanted.sort((one, other) => other - one));
    await floors.first().locator('summary').click();
    await floors.first().getByRole('button', { name: /^查看/ }).first().waitFor();
    await shoot(page, 'city-floors');
  }));

test('an address says its floor and how many enterprises its building has', () =>
  onPage({}, async (page) => {
    const { features } = await fetchJson('/ogc/collections/addresses/items?limit=40');
    const room = features.map(({ properties }) => properties).find(({ text }) => /\d+(铺|室|房)$/.test(text));
    const building = await fetchJson(`/api/entities/${room.building}?list=5000`);
    const { floor } = building.address_list.find(({ code }) => code === room.code);
    await openMap(page, `#code=${room.code}`);
    const facts = card(page, 'entity').locator('dl > div');
    await facts.first().waitFor();
    const shown = (await facts.allInnerTexts()).map((fact) => fact.replace(/\s+/g, ' '));
    assert.deepEqual(shown.slice(0, 2), [`楼层 ${floor} 层`, `同楼企业数 ${building.enterprises}`]);
  }));

test('the places of an enterprise are called by their addresses, and its state is said once', () =>
  onPage({}, async (page) => {
    const { features } = await fetchJson('/ogc/collections/enterprises/items?limit=1');
    const { code } = features[0].properties;
    const { places, address } = await fetchJson(`/api/entities/${code}`);
    await openMap(page, `#code=${code}`);
    const shown = card(page, 'entity');
    const rows = shown.locator('section', { hasText: '场所' }).locator('li');
    await rows.first().waitFor();
    assert.deepEqual(await rows.locator('.name').allTextContents(), places.map((place) => place.address.text));
    const labels = await shown.locator('dt').allTextContents();
    assert.deepEqual(labels.filter((label) => label.endsWith('状态')), ['经营状态']);
    await rows.first().getByRole('button').first().click();
    await shown.locator('.entity-code code', { hasText: new RegExp(`^${address.code}$`) }).waitFor();
  }));

test('layers are hidden and shown from the legend', () =>
  onPage({}, async (page) => {
    const asked = [];
    page.on('request', (request) => request.url().includes('/tiles/density/') && asked.push(request.url()));
    await openMap(page);
    assert.deepEqual(asked, []);
    const first = page.waitForRequest((request) => request.url().includes('/tiles/density/'));
    await page.getByRole('checkbox', { name: '地址密度' }).check();
    await page.locator('.classes li').first().waitFor();
    await first;
    await untilIdle(page);
    assert.equal(await page.locator('.classes li').count(), 5);
    await shoot(page, 'city-density');
    await page.getByRole('checkbox', { name: '楼栋' }).uncheck();
    await untilIdle(page);
    await shoot(page, 'city-no-buildings');
  }));

test('the page tells what it is made from, and offers a new generation without forcing it', () =>
  onPage({}, async (page) => {
    await page.clock.install();
    await page.goto(server);
    await page.locator('.plate-facts').click();
    const about = page.getByRole('dialog', { name: '数据来源与版本' });
    await about.getByRole('cell', { name: 'addresses.csv' }).waitFor();
    const { sources, ...plate } = await fetchJson('/api/plate');
    assert.equal(await about.locator('tbody tr').count(), sources.length);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.offer').isVisible(), false);
    await page.route('**/api/plate', (route) =>
      route.fulfill({ json: { ...plate, sources, generation: '000009', built_at: '2027-01-02T03:04:05Z' } }),
    );
    await page.clock.fastForward(31_000);
    await page.locator('.offer').getByText('版本 9，').waitFor();
    await page.locator('.offer').getByRole('button', { name: '稍后' }).click();
    await page.clock.fastForward(31_000);
    assert.equal(await page.locator('.offer').isVisible(), false);
  }));

test('a wall takes a new generation by itself', () =>
  onPage({}, async (page) => {
    await page.clock.install();
    await page.goto(`${server}#wall=1`);
    await page.locator('.figures').waitFor();
    const { sources, ...plate } = await fetchJson('/api/plate');
    await page.route('**/api/plate', (route) => route.fulfill({ json: { ...plate, sources, generation: '000009' } }));
    const reloaded = page.waitForEvent('load');
    await page.clock.fastForward(31_000);
    await reloaded;
    assert.match(page.url(), /wall=1/);
  }));

test('the wall shows the city and its figures, and nothing to click', () =>
  onPage({ viewport: { width: 3840, height: 1080 } }, async (page) => {
    await openMap(page);
    await page.getByRole('button', { name: '大屏模式' }).click();
    await page.locator('.figures dd').first().waitFor();
    await untilIdle(page);
    const { rows } = await fetchJson('/api/stats?level=district');
    const buildings = rows.reduce((sum, row) => sum + row.buildings, 0);
    assert.ok((await page.locator('.figures').textContent()).includes(buildings.toLocaleString('zh-CN')));
    for (const control of ['.controls', '.search', '.tools', '.legend'])
      assert.equal(await page.locator(control).isVisible(), false, control);
    await shoot(page, 'city-wall-pressed');
    // Who does click sees what is there, above the figures.
    const { x, y } = centreOfMap(page);
    await page.mouse.click(x, y);
    const shown = page.locator('.card');
    await shown.locator('h2').waitFor();
    await untilIdle(page);
    const [one, other] = await Promise.all([shown.boundingBox(), page.locator('.figures').boundingBox()]);
    assert.ok(one.y + one.height <= other.y && one.width > 400, JSON.stringify([one, other]));
    await shoot(page, 'city-wall-card');
    await page.keyboard.press('Escape');
    await shown.waitFor({ state: 'hidden' });
    await page.keyboard.press('Escape');
    await page.locator('.controls').waitFor();
  }));

/** Where a box is on a wall of 1920 × 1080, whose map is drawn larger and beside and above what this much is kept for. */
async function onWall(page, [west, south, east, north], { right, bottom }) {
  const scale = 1.5;
  const [zoom, lat, lng] = (await parameter(page, 'map')).split('/').map(Number);
  const size = 512 * 2 ** zoom * scale;
  const mercator = (degrees) => Math.log(Math.tan(Math.PI / 4 + (degrees * Math.PI) / 360)) / (2 * Math.PI);
  const across = (degrees) => (1920 - right) / 2 + ((degrees - lng) / 360) * size;
  const down = (degrees) => (1080 - bottom) / 2 + (mercator(lat) - mercator(degrees)) * size;
  return { left: across(west), right: across(east), top: down(north), bottom: down(south) };
}

test('a wall that is opened with a card has in sight what it is about; beside a tool the figures cover nothing', () =>
  onPage({ viewport: { width: 1920, height: 1080 } }, async (page) => {
    const gap = 36;
    const box = (of) => page.locator(of).boundingBox();
    const { rows } = await fetchJson('/api/stats?level=community');
    const { bbox } = await fetchJson(`/api/entities/${rows[0].code}`);
    await openMap(page, `#wall=1&code=${rows[0].code}`);
    await card(page, 'entity').waitFor();
    await page.waitForFunction(() => Number(/map=([\d.]+)/.exec(location.hash)?.[1]) > 14);
    await untilIdle(page);
    const [left, tables, figures] = await Promise.all(['.card', '.wall-tables', '.figures'].map(box));
    const area = await onWall(page, bbox, { right: tables.width + gap, bottom: figures.height + gap });
    const isClear = area.left > left.x + left.width && area.right < tables.x && area.top > 0 && area.bottom < 1080;
    assert.ok(isClear, JSON.stringify([area, left, tables]));
    await shoot(page, 'city-wall-opened');

    const { metadata } = await fetchJson('/style.json');
    await openMap(page);
    await openMap(page, '#wall=1&tool=compare&by=people@community');
    await page.reload();
    await page.locator('.compare:not([aria-busy]) .compare-results:not([hidden])').waitFor();
    await page.locator('.figures dd').first().waitFor();
    await untilIdle(page);
    const city = await onWall(page, metadata['baseplate:bounds'], { right: 0, bottom: figures.height + gap });
    assert.ok(city.top > 0 && city.bottom < figures.y, JSON.stringify([city, figures]));
    await shoot(page, 'city-wall-compare');
  }));

for (const [name, viewport, colorScheme] of [
  ['wall', { width: 1920, height: 1080 }, 'light'],
  ['wall-wide-dark', { width: 3840, height: 1080 }, 'dark'],
])
  test(`the ${name} has the ten largest areas and the parts of the city beside it`, () =>
    onPage({ viewport, colorScheme }, async (page) => {
      await openMap(page, '#wall=1');
      const ranked = page.locator('.wall-ranking li');
      await ranked.first().waitFor();
      await untilIdle(page);
      const communities = (await fetchJson('/api/stats?level=community')).rows;
      const best = communities.toSorted((a, b) => b.people - a.people).slice(0, 10);
      assert.deepEqual(
        await ranked.evaluateAll((rows) => rows.map((row) => [row.children[0].textContent, row.children[1].textContent])),
        best.map(({ name, people }) => [name, people.toLocaleString('zh-CN')]),
      );
      const parts = (await fetchJson('/api/stats?level=district')).rows;
      assert.deepEqual(
        await page.locator('.wall-parts tbody th').allTextContents(),
        parts.map((part) => part.name),
      );
      assert.equal(await page.locator('.wall-parts tbody td').count(), parts.length * 4);
      const [, , buildings] = await page.locator('.wall-parts tbody tr').first().locator('td').allTextContents();
      assert.equal(buildings, parts[0].buildings.toLocaleString('zh-CN'));
      // Nothing is cut off or covers the middle of the map, and letters are large enough for who stands afar.
      const [tables, figures] = await Promise.all(['.wall-tables', '.figures'].map((of) => page.locator(of).boundingBox()));
      assert.ok(tables.x > viewport.width * 0.6 && figures.x + figures.width < tables.x, JSON.stringify([tables, figures]));
      for (const section of await page.locator('.wall-tables section').all()) {
        assert.ok(await section.evaluate((node) => node.scrollHeight <= node.clientHeight + 1 && node.scrollWidth <= node.clientWidth + 1));
        const { y, height } = await section.boundingBox();
        assert.ok(y + height <= viewport.height);
      }
      assert.ok((await ranked.first().locator('.name').boundingBox()).height >= 30);
      await shoot(page, `city-${name}`);
      // A tool takes their place, and gives it back.
      const view = () => new URL(page.url()).hash.match(/map=([^&]*)/)[1];
      const before = view();
      await page.evaluate(() => (location.hash += '&tool=compare&by=people@community'));
      await page.locator('.compare:not([aria-busy]) .compare-results:not([hidden])').waitFor();
      assert.equal(await page.locator('.wall-tables').isVisible(), false);
      await page.locator('.panel').press('Escape');
      await page.locator('.wall-tables').waitFor();
      await untilIdle(page);
      assert.equal(view(), before);
    }));

test('on a base map in GCJ-02 data and answers stay together', () =>
  onPage({}, async (page, complaints) => {
    assert.ok(onPictures, 'BASEPLATE_PICTURES_URL must name a server with a base map');
    const picture = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkmPm/HgAE0AJ3DHk9rgAAAABJRU5ErkJggg==',
      'base64',
    );
    let pictures = 0;
    await page.route('**/pictures/**', (route) => {
      pictures += 1;
      return route.fulfill({ contentType: 'image/png', body: picture });
    });
    // Chosen by its code, a building is shown where the pictures have it: shifted.
    const { code, lng, lat } = await anyBuilding((await fetchLocated(await middle())).chain[0].code);
    await page.goto(new URL(`/#code=${code}`, onPictures).href);
    await untilIdle(page);
    await card(page, 'entity').waitFor();
    await untilIdle(page);
    assert.ok(pictures > 0, 'no picture was asked for');
    const [shownLng, shownLat] = gcoord.transform([lng, lat], gcoord.WGS84, gcoord.GCJ02);
    const shift = [shownLng - lng, shownLat - lat].map(Math.abs);
    assert.ok(Math.max(...shift) > SHIFT_MIN, `${shift} is no shift`);
    const [, lookedAt] = (await parameter(page, 'map')).split('/').map(Number);
    assert.ok(Math.abs(lookedAt - shownLat) < SHIFT_MIN, `${lookedAt} is not near ${shownLat}`);
    assert.match(await page.locator('.origin').textContent(), /© 示例图/);
    // A click where it is drawn finds it again.
    await page.keyboard.press('Escape');
    await page.goto(new URL(`/#map=18/${shownLat}/${shownLng}`, onPictures).href);
    await page.reload();
    await untilIdle(page);
    const { x, y } = centreOfMap(page);
    await page.mouse.click(x, y);
    await card(page, 'entity').waitFor();
    assert.equal(await codeOfCard(page), code);
    await shoot(page, 'city-pictures');
    // The context of this page is the server with the pictures.
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes(new URL(onPictures).host)));
  }));

test('light and dark are chosen and remembered', () =>
  onPage({}, async (page) => {
    await openMap(page);
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    assert.equal(await theme(), 'light');
    await page.getByRole('button', { name: '深色' }).click();
    assert.equal(await theme(), 'dark');
    await untilIdle(page);
    await page.reload();
    await untilIdle(page);
    assert.equal(await theme(), 'dark');
    await page.getByRole('button', { name: '浅色' }).click();
    assert.equal(await theme(), 'light');
  }));
