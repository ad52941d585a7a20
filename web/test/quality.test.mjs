// The work list of the data team, on a town that was spoilt.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { PHONE, card, centreOfMap, onPage, openMap, server, shoot, untilIdle } from './browser.mjs';

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
    // What concerns people is counted here and listed nowhere.
    const people = issues.filter(({ entity }) => entity === 'person');
    assert.ok(people.length > 0 && people.every(({ listed }) => !listed));
    assert.equal((await fetchJson(`/api/issues?rule=${people[0].rule}`)).matched, 0);
    assert.equal(await page.locator(`[data-rule="${people[0].rule}"] input`).isDisabled(), true);
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
    await page.evaluate(([x, y]) => (location.hash = `map=18/${y}/${x}&tool=quality`), [x, y]);
    await page.waitForTimeout(500);
    await untilIdle(page);
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
    assert.equal(lines[0], '\uFEFFrule,name,severity,entity,code,other_code,evidence,lng,lat');
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
    await page.getByRole('button', { name: '质量' }).click();
    await page.locator('.panel').waitFor({ state: 'hidden' });

    await page.route('**/api/plate', (route) => route.fulfill({ status: 404, body: '' }));
    await openMap(page, '#tool=quality');
    await page.reload();
    await page.locator('.quality-message').getByText('此服务器不提供质量问题清单').waitFor();
    assert.ok(complaints.every((text) => /Failed to load resource/.test(text)), complaints.join());
    complaints.length = 0;
  }));

test('on a phone the work list is a sheet', () =>
  inspecting({ viewport: PHONE, isMobile: true, hasTouch: true, colorScheme: 'dark' }, async (page) => {
    const { x, width, y, height } = await page.locator('.panel').boundingBox();
    assert.deepEqual([x, width], [0, PHONE.width]);
    assert.ok(Math.abs(y + height - PHONE.height) < 1 && height <= PHONE.height * 0.48 + 1);
    await shoot(page, 'quality-phone');
  }));
