// The work list of the data team, on a town that was spoilt.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { PHONE, card, centreOfMap, goTo, onPage, openMap, server, shoot, untilIdle } from './browser.mjs';

const fetchJson = async (path) => (await fetch(new URL(path, server))).json();
const rows = (page) => page.locator('.quality-list li');

function inspecting(options, visit, hash = '#tool=quality') {
  return onPage({ viewport: { width: 1440, height: 900 }, ...options }, async (page, complaints) => {
    await openMap(page, hash);
    await rows(page).first().waitFor();
    await untilIdle(page);
    await visit(page, complaints);
  });
}

test('issues are counted by severity and rule, and listed with the worst first', () =>
  inspecting({}, async (page) => {
    const { issues } = await fetchJson('/api/plate');
    const errors = issues.filter(({ severity }) => severity === 'error');
    const count = errors.reduce((sum, { count }) => sum + count, 0);
    assert.equal(await page.locator('.quality-severity[data-severity="error"] strong').textContent(), String(count));
    assert.equal(await page.locator('.quality-rules li').count(), issues.length);
    const { matched } = await fetchJson('/api/issues');
    assert.match(await page.locator('.quality .sentence[role="status"]').textContent(), new RegExp(`${matched} 条`));
    assert.equal(await rows(page).first().locator('.quality-sign').first().getAttribute('aria-label'), '错误');
    // What concerns people, of whom some have a spoilt code, is told nowhere.
    assert.deepEqual(issues.filter(({ entity }) => entity === 'person'), []);
    // Why fewer are listed than counted is said.
    const counted = issues.reduce((sum, { count }) => sum + count, 0);
    assert.ok(counted > matched, 'no natural person is in business');
    const unlisted = await page.locator('.quality-unlisted').textContent();
    assert.deepEqual(unlisted.match(/\d+/g).map(Number), [counted - matched], unlisted);
    const all = (await fetchJson('/api/issues?limit=5000')).issues;
    const placed = all.filter(({ lng }) => lng !== undefined).length;
    await page.locator('.quality-on-map').getByText(placed === matched ? `${placed} 条全部在地图上` : `地图上 ${placed} 条`).waitFor();
    await shoot(page, 'quality');
  }));

test('rules and severities filter the list, by the keyboard too', () =>
  inspecting({}, async (page) => {
    const said = page.locator('.quality .sentence[role="status"]');
    await page.getByRole('button', { name: '全不选' }).click();
    await said.getByText('所选规则与等级下没有问题').waitFor();
    const { matched } = await fetchJson('/api/issues?rule=address-far');
    await page.getByRole('checkbox', { name: '地址偏离楼栋' }).focus();
    await page.keyboard.press('Space');
    await said.getByText(`共 ${matched} 条`).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'INPUT');
    const names = await rows(page).locator('.quality-head .name').allTextContents();
    assert.deepEqual([...new Set(names)], ['地址偏离楼栋']);
    await page.locator('.quality-severity[data-severity="warning"]').click();
    await said.getByText('所选规则与等级下没有问题').waitFor();
    await page.getByRole('button', { name: '全选', exact: true }).click();
    await said.getByText(`共 ${(await fetchJson('/api/issues')).matched} 条`).waitFor();
  }));

test('an issue is opened at its place, from the list and from the map', () =>
  inspecting({}, async (page) => {
    await page.getByRole('button', { name: '全不选' }).click();
    await page.getByRole('checkbox', { name: '楼栋轮廓重复' }).check();
    const { issues } = await fetchJson('/api/issues?rule=building-duplicate-footprint');
    await page.locator('.quality .sentence[role="status"]').getByText(`共 ${issues.length} 条`).waitFor();
    await rows(page).first().getByRole('button').click();
    await card(page, 'entity').waitFor();
    assert.equal(await card(page, 'entity').locator('.entity-code code').textContent(), issues[0].code);
    await page.waitForFunction(() => Number(new URLSearchParams(location.hash.slice(1)).get('map').split('/')[0]) >= 17);
    await untilIdle(page);
    const [zoom, lat, lng] = (
      await page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('map'))
    )
      .split('/')
      .map(Number);
    assert.ok(zoom >= 17 && Math.abs(lat - issues[0].lat) < 1e-3 && Math.abs(lng - issues[0].lng) < 1e-3);
    await shoot(page, 'quality-opened');

    await card(page, 'entity').getByRole('button', { name: '关闭' }).click();
    const { lng: x, lat: y } = issues[1];
    await goTo(page, `map=18/${y}/${x}&tool=quality`);
    // The panel takes its share of the map: the middle is left of the middle.
    const middle = centreOfMap(page);
    const panel = await page.locator('.panel').boundingBox();
    await page.mouse.click(middle.x - (panel.width + 24) / 2, middle.y);
    await page.locator('.quality-list [aria-current="true"] code', { hasText: issues[1].code }).waitFor();
    assert.equal(await page.locator('aside.card[data-view="location"]').isVisible(), false);
  }));

test('only what is in view, and the whole list as a file', () =>
  inspecting({}, async (page) => {
    const { matched } = await fetchJson('/api/issues');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: '导出 CSV' }).click(),
    ]);
    const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
    assert.equal(lines.length, matched + 1);
    assert.equal(lines[0], '\uFEFFkey,rule,name,severity,entity,code,other_code,evidence,lng,lat');
    const before = await rows(page).count();
    await page.getByRole('checkbox', { name: '只看视野内' }).check();
    await page.evaluate(() => (location.hash = `${location.hash.replace(/map=[\d.]+/, 'map=18')}`));
    await page.waitForFunction((before) => document.querySelectorAll('.quality-list li').length < before, before);
  }));

test('a server that fails, or offers no issues, gets a message, and the map stays usable', () =>
  onPage({}, async (page, complaints) => {
    await page.route('**/api/issues*', (route) => route.fulfill({ status: 500, body: '' }));
    await openMap(page, '#tool=quality');
    await page.locator('.quality-message').getByText('服务器出错').waitFor();
    await page.unroute('**/api/issues*');
    await page.getByRole('button', { name: '重试' }).click();
    await rows(page).first().waitFor();
    await page.getByRole('button', { name: '数据质检' }).click();
    await page.locator('.panel').waitFor({ state: 'hidden' });

    await page.route('**/api/plate', (route) => route.fulfill({ status: 404, body: '' }));
    await openMap(page, '#tool=quality');
    await page.reload();
    await page.locator('.quality-message').getByText('此服务器不提供质量问题清单').waitFor();
    assert.ok(complaints.every((text) => /Failed to load resource/.test(text)), complaints.join());
    complaints.length = 0;
  }));

/** Answers `/api/issues` with `all`, as the server would, once `ready`, and keeps what was asked. */
async function answering(page, all, ready = Promise.resolve()) {
  const asked = [];
  await page.route('**/api/issues*', async (route) => {
    const query = new URL(route.request().url()).searchParams;
    asked.push(query);
    await ready;
    const matched = all.filter(({ rule }) => query.get('rule').split(',').includes(rule));
    const [from, limit] = [Number(query.get('from')), Number(query.get('limit'))];
    const next = from + limit < matched.length ? from + limit : null;
    const issues = matched.slice(from, from + limit);
    // The page may no longer wait for it.
    await route.fulfill({ json: { generation: '1', matched: matched.length, next, issues } }).catch(() => {});
  });
  return asked;
}

const found = (rule, severity, count) => ({ rule, severity, entity: 'building', meaning: `<b>${rule}</b>`, count });
const issue = (id, rule, severity) => ({ id, rule, severity, entity: 'building', code: `C${id}`, other: null, evidence: { zh: '1 m', en: '1 m' } });

test('where there are more than can be shown the worst are among them, and all are in the file', () =>
  onPage({}, async (page) => {
    const rule = 'a-rule-of-tomorrow';
    const hints = Array.from({ length: 6000 }, (_, id) => issue(id, 'building-temporary-code', 'hint'));
    await answering(page, [...hints, issue(6000, rule, 'error')]);
    const about = await fetchJson('/api/plate');
    const issues = [found('building-temporary-code', 'hint', 6000), found(rule, 'error', 1)];
    await page.route('**/api/plate', (route) => route.fulfill({ json: { ...about, issues } }));
    await openMap(page, '#tool=quality');
    await rows(page).first().locator('code', { hasText: 'C6000' }).waitFor();
    await page.locator('.quality .sentence[role="status"]').getByText('前 5,000 条，共 6,001 条').waitFor();
    // A rule that the page does not know is shown as the server has it, and never as markup.
    const label = page.locator(`[data-rule="${rule}"] label`);
    assert.deepEqual([await label.locator('.name').textContent(), await label.getAttribute('title')], [rule, `<b>${rule}</b>`]);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: '导出 CSV' }).click(),
    ]);
    assert.equal((await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n').length, 6002);
  }));

test('all are on the map, however many, and one that is not listed is opened there', () =>
  onPage({ viewport: { width: 1440, height: 900 } }, async (page, complaints) => {
    const { metadata } = await fetchJson('/style.json');
    const [west, south, east, north] = metadata['baseplate:bounds'];
    const rule = 'building-temporary-code';
    // The district in the west has the first 7,000, the one in the east the last thousand.
    const at = (id) => ({ lng: id < 7000 ? west : east, lat: (south + north) / 2 });
    const all = Array.from({ length: 8000 }, (_, id) => ({ ...issue(id, rule, 'hint'), ...at(id) }));
    const asked = await answering(page, all);
    const about = await fetchJson('/api/plate');
    await page.route('**/api/plate', (route) => route.fulfill({ json: { ...about, issues: [found(rule, 'hint', 8000)] } }));
    await openMap(page, '#tool=quality');
    await page.locator('.quality-on-map').getByText('8,000 条全部在地图上').waitFor();
    assert.deepEqual(asked.map((query) => query.get('from')), ['0', '5000']);
    await untilIdle(page);
    await shoot(page, 'quality-all');
    await goTo(page, `map=18/${(south + north) / 2}/${east}&tool=quality`);
    const middle = centreOfMap(page);
    const panel = await page.locator('.panel').boundingBox();
    await page.mouse.click(middle.x - (panel.width + 24) / 2, middle.y);
    const chosen = page.locator('.quality-list [aria-current="true"]');
    await chosen.getByText('此处有 1,000 条').waitFor();
    assert.ok(Number((await chosen.locator('code').textContent()).slice(1)) >= 7000);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    // The server has no card of what was made up here.
    assert.ok(complaints.every((text) => /404/.test(text)), complaints.join());
    complaints.length = 0;
  }));

test('what could not be loaded for the map is said', () =>
  onPage({}, async (page, complaints) => {
    const rule = 'building-temporary-code';
    const all = Array.from({ length: 6000 }, (_, id) => ({ ...issue(id, rule, 'hint'), lng: 114, lat: 22 }));
    await answering(page, all);
    await page.route(/api\/issues\?.*from=5000/, (route) => route.fulfill({ status: 500, body: '' }));
    const about = await fetchJson('/api/plate');
    await page.route('**/api/plate', (route) => route.fulfill({ json: { ...about, issues: [found(rule, 'hint', 6000)] } }));
    await openMap(page, '#tool=quality');
    await page.locator('.quality-on-map').getByText('地图上只有 5,000 条，共 6,000 条').waitFor();
    assert.equal(await page.locator('.quality-list li').count(), 100);
    complaints.length = 0;
  }));

test('a file is of what was chosen when it was asked for', () =>
  inspecting({}, async (page) => {
    let answer;
    const ready = new Promise((resolve) => (answer = resolve));
    const all = Array.from({ length: 6000 }, (_, id) => issue(id, 'address-far', 'warning'));
    const asked = await answering(page, all, ready);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      (async () => {
        const first = page.waitForRequest(/api\/issues/);
        await page.getByRole('button', { name: '导出 CSV' }).click();
        await first;
        await page.getByRole('button', { name: '全不选' }).click();
        answer();
      })(),
    ]);
    assert.equal((await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n').length, 6001);
    assert.deepEqual(asked.map((query) => query.get('from')), ['0', '5000']);
    assert.equal(asked[0].get('rule'), asked[1].get('rule'));
  }));

test('a row leads to its place from anywhere and leaves the list and the focus as they are', () =>
  inspecting({}, async (page) => {
    const { issues } = await fetchJson('/api/issues?rule=address-far');
    const west = issues.reduce((one, other) => (other.lng < one.lng ? other : one));
    await page.getByRole('button', { name: '全不选' }).click();
    await page.getByRole('checkbox', { name: '地址偏离楼栋' }).check();
    await page.getByRole('checkbox', { name: '只看视野内' }).check();
    const row = page.locator(`.quality-list li[data-id="${west.id}"] button`);
    const more = page.getByRole('button', { name: '再显示' });
    await page.waitForTimeout(1000);
    if ((await row.count()) === 0) await more.click();
    const before = await page.locator('.quality .sentence[role="status"]').textContent();
    await row.click();
    await card(page, 'entity').waitFor();
    await page.waitForTimeout(2500);
    await untilIdle(page);
    const pin = await page.locator('.pin').boundingBox();
    const [covered, panel] = [await page.locator('aside.card').boundingBox(), await page.locator('.panel').boundingBox()];
    assert.ok(pin.x > covered.x + covered.width && pin.x < panel.x, `${pin.x}`);
    assert.match(await page.evaluate(() => location.hash), /map=1[78]/);
    assert.equal(await page.locator('.quality .sentence[role="status"]').textContent(), before);
    assert.equal(await row.evaluate((element) => element === document.activeElement), true);
  }));

test('of issues at one place every click chooses another', () =>
  inspecting({}, async (page) => {
    const { issues } = await fetchJson('/api/issues?limit=5000');
    const key = ({ lng, lat }) => `${lng},${lat}`;
    const isPair = (one) => one.lng !== undefined && issues.filter((other) => key(other) === key(one)).length === 2;
    const { lng, lat } = issues.find(isPair);
    await goTo(page, `map=19/${lat}/${lng}&tool=quality`);
    const middle = centreOfMap(page);
    const panel = await page.locator('.panel').boundingBox();
    const chosen = page.locator('.quality-list [aria-current="true"]');
    const ids = [];
    for (let n = 0; n < 3; n += 1) {
      await page.mouse.click(middle.x - (panel.width + 24) / 2, middle.y);
      await chosen.getByText('此处有 2 条').waitFor();
      ids.push(await chosen.locator('..').getAttribute('data-id'));
      await page.waitForTimeout(400);
    }
    assert.ok(ids[0] !== ids[1] && ids[0] === ids[2], ids.join());
  }));

test('an answer that is rubbish is said to be so, and asked for again', () =>
  onPage({}, async (page) => {
    await openMap(page);
    const about = await fetchJson('/api/plate');
    for (const rubbish of [{ sources: [] }, { sources: [], issues: [null] }, { ...about, sources: [null] }]) {
      await page.route('**/api/plate', (route) => route.fulfill({ json: rubbish }));
      await page.goto(new URL('/#tool=quality', server).href);
      await page.reload();
      await page.locator('.quality-message').getByText('无法读取').waitFor();
      await page.unroute('**/api/plate');
    }
    for (const issues of [[null], [issue(1, 'address-far', 'fatal')]]) {
      await page.route('**/api/issues*', (route) => route.fulfill({ json: { matched: 1, next: null, issues } }));
      // The last answer's message stands until this one has been read.
      await Promise.all([
        page.waitForResponse(/api\/issues/),
        page.getByRole('button', { name: '重试' }).click(),
      ]);
      await page.locator('.quality:not([aria-busy]) .quality-message').getByText('无法读取').waitFor();
      await page.unroute('**/api/issues*');
    }
    await page.getByRole('button', { name: '重试' }).click();
    await rows(page).first().waitFor();
  }));

test('a plate without issues is said to be fine', () =>
  onPage({}, async (page) => {
    const about = await fetchJson('/api/plate');
    await page.route('**/api/plate', (route) => route.fulfill({ json: { ...about, issues: [] } }));
    await openMap(page, '#tool=quality');
    await page.locator('.quality-message').getByText('没有发现问题').waitFor();
    await shoot(page, 'quality-none');
  }));

test('on a phone the work list is a sheet', () =>
  inspecting({ viewport: PHONE, isMobile: true, hasTouch: true, colorScheme: 'dark' }, async (page) => {
    const { x, width, y, height } = await page.locator('.panel').boundingBox();
    assert.deepEqual([x, width], [0, PHONE.width]);
    assert.ok(Math.abs(y + height - PHONE.height) < 1 && height <= PHONE.height * 0.48 + 1);
    await shoot(page, 'quality-phone');
    // Below what is tapped its row is seen; the card would cover it.
    const { lng, lat } = (await fetchJson('/api/issues?rule=building-duplicate-footprint')).issues[0];
    await goTo(page, `map=18/${lat}/${lng}&tool=quality`);
    await page.touchscreen.tap(PHONE.width / 2, (PHONE.height * 0.52) / 2);
    await page.locator('.quality-list [aria-current="true"]').waitFor();
    assert.equal(await page.locator('aside.card').isVisible(), false);
    await shoot(page, 'quality-phone-chosen');
  }));
