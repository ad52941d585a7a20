// The page on a plate with a second kind of grids: BASEPLATE_KINDS_URL serves one (beats.mjs).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { card, centreOfMap, onPage, shoot, untilIdle } from './browser.mjs';
import { englishOf } from './english.mjs';

const served = process.env.BASEPLATE_KINDS_URL;
const fetchJson = async (path) => (await fetch(new URL(path, served))).json();

async function open(page, hash = '') {
  await page.goto(new URL(`/${hash}`, served).href);
  await untilIdle(page);
}

/** As `onPage`, for the other server. */
const visit = (options, act) =>
  onPage(options, async (page, complaints) => {
    await act(page);
    const own = new URL(served).host;
    const others = complaints.filter((text) => !text.startsWith(`request to ${served}`) && !text.includes(`//${own}/`));
    assert.deepEqual(others, []);
    complaints.length = 0;
  });

const isShown = (page, layer) => page.locator(`.legend li[data-layer="${layer}"] input`).isChecked();

test('the legend has every kind, and shows it when it is asked to', () =>
  visit({}, async (page) => {
    const asked = [];
    page.on('request', (request) => /police.*\.mvt/.test(request.url()) && asked.push(request.url()));
    await open(page);
    const rows = await page.locator('.legend li').allTextContents();
    assert.ok(rows.some((row) => row.includes('警务网格 · 网格')) && rows.some((row) => row.includes('警务网格 · 社区')), rows.join());
    assert.equal(await isShown(page, 'police-grids'), false);
    assert.deepEqual(asked, [], 'what is not shown is not loaded');
    const loaded = page.waitForRequest((request) => /police-grids.*\.mvt/.test(request.url()));
    await page.locator('.legend li[data-layer="police-grids"] input').check();
    await loaded;
    await untilIdle(page);
    await shoot(page, 'kinds-legend');
  }));

test('a place says its grid of every kind, and each has a card with what lies above it', () =>
  visit({}, async (page) => {
    await open(page);
    const { x, y } = centreOfMap(page);
    await page.mouse.click(x, y);
    await card(page, 'location').waitFor();
    const other = page.locator('.card [data-kind="police"]');
    const code = await other.getAttribute('data-code');
    assert.match(await other.textContent(), /警务网格第\d警区/);
    await shoot(page, 'kinds-place');
    await other.locator('button.code').click();
    await card(page, 'entity').waitFor();
    const { chain } = await fetchJson(`/api/entities/${code}`);
    const above = await page.locator('.card .chain li').evaluateAll((rows) => rows.map((row) => row.dataset.code));
    assert.deepEqual(above.toReversed(), chain.slice(1).map((grid) => grid.code));
    // People are counted by every kind, and of which kind this grid is has to be said.
    const facts = await page.locator('.card dl').first().textContent();
    const beat = (await fetchJson('/api/stats?kind=police&level=grid')).rows.find((row) => row.code === code);
    const said = `${beat.people_estimated ? '约 ' : ''}${beat.people.toLocaleString('zh-CN')}`;
    assert.match(facts, new RegExp(`^居住人口${said}户数.*网格类别警务网格`));
    await page.locator('.card section', { hasText: '居住人口 · 年龄段' }).waitFor();
    assert.ok(!chain.some(({ code }) => code.startsWith('990101001')), 'no community holds a beat across several');
    await untilIdle(page);
    await shoot(page, 'kinds-beat');
  }));

test('a kind is compared by its own levels, by people too, and a click asks for it first', () =>
  visit({ viewport: { width: 1440, height: 900 } }, async (page) => {
    await open(page, '#tool=compare&by=people@community');
    await page.locator('.compare-ranking tbody [data-place]').first().waitFor();
    await page.getByRole('combobox', { name: '网格类别' }).selectOption('police');
    const { rows } = await fetchJson('/api/stats?kind=police&level=community');
    await page.waitForFunction(() => location.hash.includes('by=people@police:community'));
    await page.getByRole('combobox', { name: '层级' }).selectOption('grid');
    const beats = (await fetchJson('/api/stats?kind=police&level=grid')).rows;
    await page.waitForFunction((n) => document.querySelectorAll('.compare-ranking tbody [data-place]').length === n, beats.length);
    const statistics = await page.getByRole('combobox', { name: '统计项' }).locator('option').allTextContents();
    assert.ok(statistics.includes('居住人口') && statistics.length === 4, statistics.join());
    const sum = (of) => of.reduce((so, row) => so + row.people, 0);
    assert.ok(rows.length === 2 && sum(rows) === sum(beats) && sum(beats) > 0);
    const estimates = beats.filter((row) => row.people_estimated).length;
    assert.ok(estimates > 0, 'no beat holds a part of a block');
    await page.locator('.compare-note').getByText(`其中 ${estimates} 个为估算`).last().waitFor();
    await untilIdle(page);
    await shoot(page, 'kinds-compare');
    assert.deepEqual(await englishOf(page), []);
    await page.mouse.click(300, 450);
    await card(page, 'location').waitFor();
    assert.match(await page.locator('.card h2, .card header').first().textContent(), /警区/);
    await page.getByRole('combobox', { name: '网格类别' }).selectOption('basic');
    await page.waitForFunction(() => /by=people@grid/.test(location.hash));
  }));

test('a code of another kind is found by the search', () =>
  visit({}, async (page) => {
    const [found] = await fetchJson('/api/suggest?q=JW-000001');
    assert.equal(found.code, 'JW-000001');
    await open(page);
    await page.getByRole('combobox', { name: '查找地址' }).fill('JW-000001');
    await page.locator('[data-code="JW-000001"]').first().click();
    await card(page, 'entity').waitFor();
    await page.waitForFunction(() => location.hash.includes('code=JW-000001'));
  }));
