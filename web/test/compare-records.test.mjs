// Compares areas by the records of a layer, by class and period, in a real browser; browser.mjs says against which server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onPage, openMap, PHONE, server, shoot } from './browser.mjs';
import { cells, choose, comparing, linesOf, numberOf, rows, save, shown } from './comparing.mjs';

const fetchJson = async (path) => (await fetch(new URL(path, server))).json();
const fetchRecords = (layer, query) => fetchJson(`/api/layers/${layer}/stats?${new URLSearchParams({ level: 'community', ...query })}`);
const descending = (counts) => counts.toSorted((a, b) => b - a);
const sum = (counts) => counts.reduce((so, n) => so + n, 0);
const values = async (page) => (await cells(page)).map(([, , value]) => numberOf(value));
const bars = (page) => page.locator('.compare-chart [role="button"]');
const pressed = (page) => page.locator('.compare-chart [aria-pressed="true"]');
const addressOf = (page) => page.evaluate(() => Object.fromEntries(new URLSearchParams(location.hash.slice(1))));

/** The first dated layer of the plate; skips the test where there is none. */
async function datedLayer(t) {
  const { layers } = await fetchJson('/api/plate');
  const layer = layers.find(({ time }) => time);
  if (!layer) t.skip('the plate has no dated layer');
  return layer;
}

/** The records of all areas in each period of an answer. */
function byPeriod({ areas, periods }) {
  return periods.map((period, place) => ({ period, count: sum(areas.map(({ counts }) => counts[place])) })).filter(({ period }) => period);
}

const most = (parts) => parts.reduce((most, part) => (part.count > most.count ? part : most));

/** The class with most records at each of the first two levels, each right below the one before. */
async function classesOf(layer) {
  const paths = [];
  for (let level = 0; level < Math.min(2, layer.class_levels ?? 0); level += 1) {
    const { classes, areas } = await fetchRecords(layer.id, { ...(level > 0 && { class: paths[level - 1] }), classes: level });
    const parts = classes.map((path, place) => ({ path, count: sum(areas.map(({ counts }) => counts[place])) }));
    paths.push(most(parts.filter(({ path }) => path && path.split('/').length === level + 1)).path);
  }
  return paths;
}

test('records are counted by class and month, as the server counts them', async (t) => {
  const layer = await datedLayer(t);
  if (!layer) return;
  await comparing({}, '#tool=compare&by=people@community', async (page) => {
    assert.equal(await page.locator('.compare-time').isVisible(), false);
    assert.equal(await page.getByRole('combobox', { name: '所属类别' }).isVisible(), false);
    await choose(page, '统计项', layer.id);
    const all = await fetchRecords(layer.id, {});
    assert.deepEqual(await values(page), descending(all.areas.map(({ counts }) => counts[0])));
    assert.equal(await page.locator('.compare h3').textContent(), `${layer.title.zh} · 社区`);

    const paths = await classesOf(layer);
    for (const [level, path] of paths.entries()) await choose(page, level === 0 ? '所属类别' : `第 ${level + 1} 级类别`, path);
    const query = paths.length > 0 ? { class: paths.at(-1) } : {};
    const months = byPeriod(await fetchRecords(layer.id, { ...query, period: 'month' }));
    const month = most(months);
    assert.equal(await bars(page).count(), months.length);
    await bars(page).nth(months.indexOf(month)).click();
    const { areas } = await fetchRecords(layer.id, { ...query, from: month.period, to: month.period });
    assert.deepEqual(await values(page), descending(areas.map(({ counts }) => counts[0])));
    assert.equal(numberOf(await page.locator('.compare dl strong').last().textContent()), month.count);
    assert.match(await page.locator('.compare-readout').textContent(), new RegExp(`：${month.count}$`));
    const address = await addressOf(page);
    assert.deepEqual([address.by, address.class, address.from, address.to], [`${layer.id}@community`, query.class, month.period, month.period]);
    await shoot(page, 'compare-records');
  });
});

test('the address leads to a class and a span, which the file has too', async (t) => {
  const layer = await datedLayer(t);
  if (!layer) return;
  const [path] = (await classesOf(layer)).slice(-1);
  const query = path === undefined ? {} : { class: path };
  const answer = await fetchRecords(layer.id, { ...query, period: 'month' });
  const [from, to] = byPeriod(answer).slice(1, 3).map(({ period }) => period);
  await comparing({}, `#tool=compare&by=${layer.id}@community${path ? `&class=${path}` : ''}&from=${from}&to=${to}`, async (page) => {
    const counted = await fetchRecords(layer.id, { ...query, from, to });
    const wanted = counted.areas.map(({ counts }) => counts[0]);
    assert.deepEqual(await values(page), descending(wanted));
    assert.equal(await page.getByRole('combobox', { name: '起始时间' }).inputValue(), from);
    const [head, ...lines] = linesOf(await save(page, '导出表格 CSV'));
    assert.ok(head.endsWith(`,${[layer.id, path].filter(Boolean).join('.')},${from},${to}`), head);
    const numbers = lines.map((line) => line.split(',').slice(-3).map(Number));
    assert.deepEqual(numbers.map(([all]) => all), wanted);
    assert.ok(numbers.every(([all, ...months]) => sum(months) === all));

    await page.getByRole('button', { name: '全部时间' }).click();
    assert.equal((await addressOf(page)).from, undefined);
    assert.equal(numberOf(await page.locator('.compare dl strong').last().textContent()), sum(answer.areas.flatMap(({ counts }) => counts)));
    await choose(page, '统计项', 'buildings');
    assert.equal((await addressOf(page)).class, undefined);
    assert.equal(await page.locator('.compare-time').isVisible(), false);
  });
});

test('periods are played to the last one, by key, and their colours stay those of all', async (t) => {
  const layer = await datedLayer(t);
  if (!layer) return;
  const months = byPeriod(await fetchRecords(layer.id, { period: 'month' }));
  const from = months.at(-3).period;
  await comparing({ reducedMotion: 'reduce' }, `#tool=compare&by=${layer.id}@community&from=${from}&to=${from}`, async (page) => {
    const still = await bars(page).first().locator('.column').evaluate((bar) => getComputedStyle(bar).transitionDuration);
    assert.equal(still, '0s');
    const classes = page.locator('.compare-legend li > span:nth-child(2)');
    const before = await classes.allTextContents();
    const began = performance.now();
    await page.getByRole('button', { name: '播放' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '暂停' }).waitFor();
    await page.waitForFunction((to) => new URLSearchParams(location.hash.slice(1)).get('to') === to, months.at(-1).period);
    assert.ok(performance.now() - began >= 900, 'a step takes a second');
    assert.equal(await bars(page).last().getAttribute('aria-pressed'), 'true');
    await page.getByRole('button', { name: '播放' }).waitFor();
    assert.deepEqual(await classes.allTextContents(), before);
    assert.equal(sum(await values(page)), months.at(-1).count);

    await bars(page).last().focus();
    await page.keyboard.press('ArrowLeft');
    assert.match(await page.locator('.compare-readout').textContent(), new RegExp(`：${months.at(-2).count}$`));
    await page.keyboard.press(' ');
    assert.equal((await addressOf(page)).to, months.at(-2).period);
    await page.keyboard.press(' ');
    assert.equal(await pressed(page).count(), 0);
    assert.equal((await addressOf(page)).to, undefined);
  });
});

test('few months are told day by day, and many of them year by year', async (t) => {
  const layer = await datedLayer(t);
  if (!layer) return;
  const about = await fetchJson('/api/plate');
  const whole = await fetchRecords(layer.id, {});
  const day = (n) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
  const month = (n) => `${2016 + Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`;
  const open = async (page, length, periods) => {
    const time = { ...layer.time, last: layer.time.first + length * 24 * 3600 };
    const layers = about.layers.map((one) => (one.id === layer.id ? { ...one, time } : one));
    const areas = whole.areas.map((area, n) => ({ ...area, counts: periods.map((_, place) => (n === 0 ? place : 0)) }));
    await page.route('**/api/plate', (route) => route.fulfill({ json: { ...about, layers } }));
    await page.route('**/api/layers/*/stats*period=*', (route) => route.fulfill({ json: { ...whole, periods, areas } }));
    await openMap(page, `#tool=compare&by=${layer.id}@community`);
    await page.reload();
    await shown(page);
  };
  await onPage({}, async (page) => {
    await open(page, 40, [...Array.from({ length: 40 }, (_, n) => day(n)), '']);
    assert.equal(await bars(page).count(), 40);
    // The 40 of the first area that have no time are in the whole alone.
    assert.equal(sum(await values(page)), sum(Array.from({ length: 41 }, (_, n) => n)));
    const [head, line] = linesOf(await save(page, '导出表格 CSV'));
    assert.ok(head.endsWith(',2026-02-09,未注明') && line.endsWith(',39,40'), `${head}\n${line}`);
    await bars(page).nth(5).click();
    assert.equal((await addressOf(page)).from, '2026-01-06');
    assert.equal(await page.locator('.compare-readout').textContent(), '2026年1月6日：5');
    assert.equal(sum(await values(page)), 5);
    assert.match(await page.locator('.compare-counted').textContent(), /没有时间的 40 条只计入全部时间。/);
    await open(page, 3650, Array.from({ length: 120 }, (_, n) => month(n)));
    assert.equal(await bars(page).count(), 10);
    await bars(page).nth(4).click();
    const { from, to } = await addressOf(page);
    assert.deepEqual([from, to], ['2020-01', '2020-12']);
    assert.match(await page.locator('.compare h3').textContent(), / · 2020年 · /);
    assert.equal(sum(await values(page)), sum(Array.from({ length: 12 }, (_, n) => 48 + n)));
    // An end of the span takes the other one with it.
    await page.getByRole('combobox', { name: '起始时间' }).selectOption('2021-03');
    assert.equal((await addressOf(page)).to, '2021-03');
  });
});

test('what the address says of a class or a time that there is not is left out', async (t) => {
  const layer = await datedLayer(t);
  if (!layer) return;
  await comparing({}, `#tool=compare&by=${layer.id}@community&class=none/such&from=1066&to=junk`, async (page) => {
    const address = await addressOf(page);
    assert.deepEqual([address.class, address.from, address.to], [undefined, undefined, undefined]);
    assert.ok((await rows(page).count()) > 0);
  });
  await onPage({}, async (page) => {
    await openMap(page, '#tool=compare&by=no-such-layer@community&class=a');
    await shown(page);
    assert.equal((await addressOf(page)).by, 'people@community');
  });
});

test('records over time fit a phone, in the dark, in English', async (t) => {
  const layer = await datedLayer(t);
  if (!layer) return;
  const look = { viewport: PHONE, isMobile: true, hasTouch: true, colorScheme: 'dark', locale: 'en-GB' };
  await comparing(look, `#tool=compare&by=${layer.id}@community`, async (page) => {
    const body = page.locator('.panel-body');
    assert.ok(await body.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth));
    await bars(page).first().tap();
    await page.getByRole('button', { name: 'All time' }).waitFor();
    for (const control of await page.locator('.compare :is(button, select, input):visible').all())
      assert.ok((await control.boundingBox()).height >= 42, await control.evaluate((node) => node.outerHTML));
    await shoot(page, 'compare-records-phone');
  });
});
