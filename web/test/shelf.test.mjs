// The shelf of layers: which of them are shown, in the colours of their classes, and the records of which span.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countPixels, onPage, openMap, PHONE, server, shoot, untilIdle } from './browser.mjs';
import { englishOf } from './english.mjs';
import { assertNothingSerious } from './nothing-serious.mjs';
import { serveRecords } from './record-tiles.mjs';
import { source } from './source.mjs';

const fetchJson = async (path) => (await fetch(new URL(path, server))).json();
const sum = (counts) => counts.reduce((so, n) => so + n, 0);
const numberOf = (text) => Number(text.replaceAll(',', ''));
const addressOf = (page) => page.evaluate(() => Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
const item = (page, id) => page.locator(`.shelf-category li[data-layer="${id}"]`);
const shownRow = (page, id) => page.locator(`.shelf-shown li[data-layer="${id}"]`);
const bars = (page) => page.locator('.compare-chart [role="button"]');
const openShelf = (page) => page.locator('.tool[data-tool="shelf"]').click();
/** The made-up layers of a plate that has many. */
const MADE = 400;
/** A stalled page, on whatever machine. */
const STALLED_MS = 5_000;

/** Waits until tiles were last asked with what `accepts` takes: those of what was chosen before may still come. */
async function untilAsked(page, asked, accepts) {
  for (let tries = 0; tries < 100 && !accepts(asked.at(-1)); tries += 1) await page.waitForTimeout(100);
  assert.ok(accepts(asked.at(-1)), JSON.stringify(asked.at(-1)));
}

/** Waits until the first class has as many pixels of the page as `accepts` takes: colours change with the next frames. */
async function untilDrawn(page, colour, accepts) {
  let pixels = NaN;
  for (let tries = 0; tries < 20; tries += 1) {
    await untilIdle(page);
    pixels = await countPixels(page, colour);
    if (accepts(pixels)) return;
    await page.waitForTimeout(300);
  }
  assert.fail(`${pixels} pixels`);
}

/** The layers of the plate; skips the test where there is none that is dated and has classes. */
async function layersOf(t) {
  const { layers } = await fetchJson('/api/plate');
  const layer = layers.find(({ time, class_levels: levels }) => time && levels);
  if (!layer) t.skip('the plate has no dated layer with classes');
  return layer && { layers, layer };
}

/** The highest classes of a layer with how many records they have, those with most first. */
async function classesOf({ id }, query = {}) {
  const { classes, areas } = await fetchJson(`/api/layers/${id}/stats?${new URLSearchParams({ classes: 0, ...query })}`);
  const counted = classes.map((name, place) => ({ name, count: areas[0].counts[place] }));
  return counted.filter(({ name }) => name !== '').toSorted((one, other) => other.count - one.count);
}

/** Which of the classes a record of the stubbed tiles has. */
const classAt = (classes, code) => classes[sum([...String(code)].map((sign) => sign.codePointAt(0))) % classes.length].name;

/** The view of the zoom at which records are drawn, where there are some. */
async function viewOf({ id }) {
  const { features } = await fetchJson(`/ogc/collections/${id}/items?limit=200`);
  const { geometry } = features.find(({ geometry }) => geometry);
  return `map=16.2/${geometry.coordinates[1]}/${geometry.coordinates[0]}`;
}

/** The plate with many layers beside its own, which are copies of one of them under other names. */
async function serveMany(page, layer) {
  await page.route('**/style.json*', async (route) => {
    const answer = await route.fetch();
    const style = await answer.json();
    const own = style.layers.filter((drawn) => drawn['source-layer'] === layer.id);
    for (let n = 0; n < MADE; n += 1) {
      style.sources[`records-made-${n}`] = { type: 'vector', url: new URL(`/tiles/made-${n}.json`, server).href };
      for (const drawn of own)
        style.layers.push({
          ...drawn,
          id: drawn.id.replace(layer.id, `made-${n}`),
          source: `records-made-${n}`,
          'source-layer': `made-${n}`,
          layout: { ...drawn.layout, visibility: 'none' },
          metadata: { 'baseplate:layer': `made-${n}`, 'baseplate:title': { zh: `巡查记录 ${n}`, en: `Inspections ${n}` } },
        });
    }
    return route.fulfill({ response: answer, json: style });
  });
  await page.route('**/api/plate', async (route) => {
    const answer = await route.fetch();
    const about = await answer.json();
    for (let n = 0; n < MADE; n += 1) {
      const title = { zh: `巡查记录 ${n}`, en: `Inspections ${n}` };
      about.layers.push({ ...layer, id: `made-${n}`, title, category: `分类${n % 8}`, keeper: `第${n % 20}局`, rows: n });
    }
    return route.fulfill({ response: answer, json: about });
  });
  const asOf = (url) => url.replace(/made-\d+/, layer.id);
  for (const path of ['**/tiles/made-*', '**/api/layers/made-*/stats*'])
    await page.route(path, async (route) => route.fulfill({ response: await route.fetch({ url: asOf(route.request().url()) }) }));
}

test('the shelf has every layer by category, and switches them', async (t) => {
  const plate = await layersOf(t);
  if (!plate) return;
  const { layers, layer } = plate;
  await onPage({}, async (page) => {
    await openMap(page);
    await openShelf(page);
    assert.deepEqual((await page.locator('.shelf-category li').evaluateAll((all) => all.map(({ dataset }) => dataset.layer))).toSorted(), layers.map(({ id }) => id).toSorted());
    const said = await item(page, layer.id).textContent();
    assert.ok(said.includes(layer.title.zh) && said.includes(`${layer.rows.toLocaleString('zh-CN')} 条`), said);
    await item(page, layer.id).getByRole('checkbox').uncheck();
    assert.equal((await addressOf(page)).hide, layer.id);
    assert.equal(await shownRow(page, layer.id).count(), 0);
    await page.getByRole('button', { name: '全部不显示' }).click();
    assert.deepEqual((await addressOf(page)).hide.split(',').toSorted(), layers.map(({ id }) => id).toSorted());
    assert.match(await page.locator('.shelf-sum').textContent(), /显示 0 个/);
    await item(page, layer.id).getByRole('checkbox').check();
    await shownRow(page, layer.id).waitFor();
    await shoot(page, 'shelf');
    await page.reload();
    await untilIdle(page);
    assert.equal(await item(page, layer.id).getByRole('checkbox').isChecked(), true);
  });
});

test('of hundreds of layers none is asked for until it is shown, and one is found by title, keeper or category', async (t) => {
  const plate = await layersOf(t);
  if (!plate) return;
  await onPage({}, async (page) => {
    const asked = [];
    page.on('request', (request) => request.url().includes('/tiles/made-') && asked.push(request.url()));
    await serveMany(page, plate.layer);
    await openMap(page);
    assert.deepEqual(asked, []);
    assert.equal(await page.locator('.legend .shown-records li[data-layer^="made-"]').count(), 0);
    await page.getByRole('button', { name: `全部图层（${MADE + plate.layers.length}）` }).click();
    await item(page, 'made-399').waitFor({ state: 'attached' });
    await openShelf(page);
    await page.locator('.panel').waitFor({ state: 'hidden' });
    const opened = await page.evaluate(() => {
      const began = performance.now();
      document.querySelector('[data-tool="shelf"]').click();
      return new Promise((done) => {
        const look = () => {
          if (!document.querySelector('.panel .shelf-category')) return void setTimeout(look);
          document.querySelector('.panel-body').getBoundingClientRect();
          done(performance.now() - began);
        };
        look();
      });
    });
    console.log(`# the shelf with ${MADE} layers is opened in ${Math.round(opened)} ms`);
    assert.ok(opened < STALLED_MS);
    const found = async (text) => {
      await page.locator('.shelf-find').fill(text);
      return page.locator('.shelf-category li:visible').count();
    };
    assert.equal(await found('巡查记录 39'), 14);
    assert.equal(await found('inspections 7 局'), await found('第 局 巡查记录 7'));
    assert.equal(await found('第7局'), MADE / 20);
    assert.equal(await found('分类3'), MADE / 8);
    assert.equal(await found('没有这样的图层'), 0);
    assert.equal(await page.locator('.shelf-sum').textContent(), '没有匹配的图层。');
    await found('made-7');
    await item(page, 'made-7').getByRole('checkbox').check();
    await page.waitForFunction(() => document.querySelector('.shelf-shown li[data-layer="made-7"]'));
    await untilIdle(page);
    assert.ok(asked.length > 0 && asked.every((url) => url.includes('/tiles/made-7')), asked.join());
  });
});

test('records have the colours of their highest classes, of which any can be switched off', async (t) => {
  const plate = await layersOf(t);
  if (!plate) return;
  const { layer } = plate;
  const classes = await classesOf(layer);
  const { CLASS_COLOURS } = await source('shelf/palette.ts');
  const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  await onPage({ finely: true }, async (page) => {
    const asked = [];
    await serveRecords(page, layer.id, ({ code }, { class: wanted }) => {
      const name = classAt(classes, code);
      return wanted === undefined || wanted === name ? { class: `${name}/细类` } : null;
    }, asked);
    const others = plate.layers.filter(({ id }) => id !== layer.id).map(({ id }) => id);
    await openMap(page, `#${await viewOf(layer)}&hide=${['enterprises', ...others].join(',')}`);
    const rows = page.locator(`.legend li[data-layer="${layer.id}"] .shown-classes li`);
    await rows.first().waitFor();
    const shown = await rows.evaluateAll((all) => all.map((row) => [row.querySelector('.name').textContent, row.querySelector('.note').textContent]));
    const coloured = classes.slice(0, CLASS_COLOURS.length);
    assert.deepEqual(shown.slice(0, coloured.length).map(([, count]) => numberOf(count)), coloured.map(({ count }) => count));
    assert.deepEqual(shown.slice(0, coloured.length).map(([name]) => name).toSorted(), coloured.map(({ name }) => name).toSorted());
    const first = shown[0][0];
    // The legend has a sample of about 60 pixels.
    const inLegend = 100;
    await untilDrawn(page, rgb(CLASS_COLOURS[0]), (pixels) => pixels > inLegend);
    await shoot(page, 'shelf-classes');

    const box = rows.first().getByRole('checkbox');
    await box.focus();
    await page.keyboard.press('Space');
    assert.equal(await box.evaluate((box) => box === document.activeElement), true);
    assert.equal((await addressOf(page)).off, `${layer.id}/${first}`);
    await untilDrawn(page, rgb(CLASS_COLOURS[0]), (pixels) => pixels > 0 && pixels < inLegend);
    // One class alone is asked for: what is put together in a point is counted by the server.
    for (const row of await rows.all().then((all) => all.slice(2))) await row.getByRole('checkbox').uncheck();
    await untilAsked(page, asked, ({ class: name }) => name === shown[1][0]);
    await page.reload();
    await rows.first().waitFor();
    assert.equal(await rows.first().getByRole('checkbox').isChecked(), false);
    assert.equal(await rows.nth(1).getByRole('checkbox').isChecked(), true);
  });
});

test('classes of two layers have no colour in common while there are enough', async () => {
  const { colouredClasses } = await source('shelf/classes.ts');
  const { CLASS_COLOURS, REST_COLOUR } = await source('shelf/palette.ts');
  const counts = (n) => new Map([['', 1], ...Array.from({ length: n }, (_, place) => [`c${place}`, place + 1])]);
  const look = { off: new Set(['c3']), unsaidColour: '#123456' };
  const first = colouredClasses(counts(5), counts(5), { ...look, taken: 0 });
  const second = colouredClasses(counts(7), null, { ...look, taken: 5 });
  assert.deepEqual(first.map(({ name }) => name), ['c4', 'c3', 'c2', 'c1', 'c0', '']);
  assert.deepEqual(first.map(({ isOn }) => isOn), [true, false, true, true, true, true]);
  const colours = [...first, ...second].filter(({ name }) => name).map(({ colour }) => colour);
  assert.equal(new Set(colours).size, CLASS_COLOURS.length);
  const many = colouredClasses(counts(20), counts(20), { ...look, taken: 0 });
  assert.equal(many.length, CLASS_COLOURS.length + 2);
  assert.deepEqual(many.at(-2), { name: '*', colour: REST_COLOUR, count: 36, isOn: true });
  assert.equal(second[0].count, null);
});

test('where tiles do not say the class, records keep the colour of their layer', async (t) => {
  const plate = await layersOf(t);
  if (!plate) return;
  const { layer } = plate;
  await onPage({}, async (page) => {
    await page.route(`**/tiles/${layer.id}.json*`, async (route) => {
      const answer = await route.fetch();
      const about = await answer.json();
      for (const { fields } of about.vector_layers) delete fields.class;
      return route.fulfill({ response: answer, json: about });
    });
    await openMap(page);
    const row = page.locator(`.legend li[data-layer="${layer.id}"]`);
    await row.locator('.note').getByText(/\d/).waitFor();
    assert.equal(await row.locator('.shown-classes').count(), 0);
    assert.equal(await row.locator('.swatch').count(), 1);
  });
});

test('a span is chosen on the chart, shown on the map, counted, and played', async (t) => {
  const plate = await layersOf(t);
  if (!plate) return;
  const { layer } = plate;
  const { periods, areas } = await fetchJson(`/api/layers/${layer.id}/stats?period=month`);
  const months = periods.filter((period) => period !== '');
  const countOf = (from, to) => sum(months.map((month, place) => (month >= from && month <= to ? areas[0].counts[place] : 0)));
  const others = plate.layers.filter(({ id }) => id !== layer.id).map(({ id }) => id);
  const classes = await classesOf(layer);
  await onPage({}, async (page) => {
    const asked = [];
    await serveRecords(page, layer.id, ({ code }) => ({ class: classAt(classes, code) }), asked);
    await openMap(page, `#${await viewOf(layer)}&tool=shelf&hide=${others.join(',')}`);
    await bars(page).first().waitFor();
    assert.equal(await bars(page).count(), months.length);
    const box = await page.locator('.compare-chart').boundingBox();
    const middleOf = (place) => box.x + (box.width * (place + 0.5)) / months.length;
    await page.mouse.move(middleOf(2), box.y + 30);
    await page.mouse.down();
    await page.mouse.move(middleOf(4), box.y + 30, { steps: 4 });
    await page.mouse.up();
    const [from, to] = [months[2], months[4]];
    assert.equal((await addressOf(page)).span, `${from}/${to}`);
    assert.match(await page.locator('.compare-readout').textContent(), new RegExp(`：${countOf(from, to)}$`));
    await page.waitForFunction(
      ([id, count]) => document.querySelector(`.shelf-shown li[data-layer="${id}"] .note`)?.textContent === count,
      [layer.id, countOf(from, to).toLocaleString('zh-CN')],
    );
    const counted = await classesOf(layer, { from, to });
    const shown = await shownRow(page, layer.id).locator('.shown-classes .note').allTextContents();
    assert.equal(sum(shown.map(numberOf)), sum(counted.map(({ count }) => count)));
    await untilAsked(page, asked, (query) => query.from === from && query.to === to);
    await untilIdle(page);
    await assertNothingSerious(page);
    assert.deepEqual(await englishOf(page), []);
    await shoot(page, 'shelf-span');

    // The span moves on by a bar a second, as long as it is.
    await page.getByRole('button', { name: '播放' }).click();
    await page.waitForFunction((span) => new URLSearchParams(location.hash.slice(1)).get('span') === span, `${months[4]}/${months[6]}`);
    await page.getByRole('button', { name: '暂停' }).click();

    await openShelf(page);
    await page.locator('.panel').waitFor({ state: 'hidden' });
    await page.locator('.legend .shown-span').getByRole('button', { name: '不限时间' }).click();
    assert.equal((await addressOf(page)).span, undefined);
    await untilAsked(page, asked, ({ from: first }) => first === undefined);
  });
});

test('what the address says of a span or a class that there is not changes nothing', async (t) => {
  const plate = await layersOf(t);
  if (!plate) return;
  await onPage({}, async (page) => {
    const asked = [];
    await serveRecords(page, plate.layer.id, () => ({ class: 'a' }), asked);
    await openMap(page, `#${await viewOf(plate.layer)}&span=junk/1066&off=${plate.layer.id}/none,junk`);
    await page.locator('.legend .shown-classes li').first().waitFor();
    assert.equal(await page.locator('.legend .shown-span').isVisible(), false);
    assert.ok(asked.every(({ from, class: name }) => from === undefined && name === undefined));
  });
});

test('the card of an area has its records by layer, with their classes for who opens one', async (t) => {
  const plate = await layersOf(t);
  if (!plate) return;
  const { layer } = plate;
  const { rows } = await fetchJson('/api/stats?level=community');
  const area = rows.reduce((most, row) => (row[layer.id] > most[layer.id] ? row : most));
  await onPage({}, async (page) => {
    const asked = [];
    page.on('request', (request) => request.url().includes('within=') && request.url().includes(`/layers/${layer.id}/`) && asked.push(request.url()));
    await openMap(page, `#code=${area.code}`);
    const row = page.locator(`.card details[data-layer="${layer.id}"]`);
    assert.equal(numberOf(await row.locator('summary .note').textContent()), area[layer.id]);
    assert.deepEqual(asked, []);
    await row.locator('summary').click();
    await row.locator('.bars li').first().waitFor();
    const counted = (await classesOf(layer, { within: area.code })).filter(({ count }) => count > 0);
    const shown = (await row.locator('.bar-value').allTextContents()).map(numberOf);
    assert.deepEqual([shown[0], sum(shown)], [counted[0].count, sum(counted.map(({ count }) => count))]);
    await assertNothingSerious(page);
    await shoot(page, 'shelf-card');
  });
});

test('the shelf fits a phone, in the dark, in English', async (t) => {
  const plate = await layersOf(t);
  if (!plate) return;
  const { layer } = plate;
  const look = { viewport: PHONE, isMobile: true, hasTouch: true, colorScheme: 'dark', locale: 'en-GB' };
  await onPage(look, async (page) => {
    await openMap(page, '#tool=shelf');
    await item(page, layer.id).waitFor();
    await bars(page).first().waitFor();
    const body = page.locator('.panel-body');
    assert.ok(await body.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth));
    assert.equal(await page.locator('.tools').evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth), true);
    for (const control of await page.locator('.shelf :is(label, select, .shelf-find, .shelf-link, .compare-play):visible').all())
      assert.ok((await control.boundingBox()).height >= 42, await control.evaluate((node) => node.outerHTML));
    await assertNothingSerious(page);
    await shoot(page, 'shelf-phone');
  });
});
