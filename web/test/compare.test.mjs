// Compares areas in a real browser against a running server; browser.mjs says which.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyBuilding, fetchLocated, onPage, openMap, PHONE, server, shoot, untilIdle } from './browser.mjs';
import { cells, choose, comparing, fetchStats, linesOf, numberOf, rows, save, shown, WIDE } from './comparing.mjs';

/** Number and share of men, by community. */
const MEN = '#tool=compare&by=people.person.sex.%E7%94%B7@community';

/** The red, green and blue of a pixel of the page. */
async function colourAt(page, x, y) {
  const picture = await page.screenshot({ clip: { x: Math.round(x), y: Math.round(y), width: 1, height: 1 } });
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const pen = new OffscreenCanvas(1, 1).getContext('2d');
    pen.drawImage(await createImageBitmap(new Blob([bytes], { type: 'image/png' })), 0, 0);
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  }, picture.toString('base64'));
}

test('areas are ranked, classed and summed up as the server counts them', () =>
  comparing({}, '#tool=compare&by=enterprises@community', async (page) => {
    const { rows: counted } = await fetchStats('level=community');
    const wanted = counted.map(({ enterprises }) => enterprises).sort((a, b) => b - a);
    const found = await cells(page);
    assert.deepEqual(found.map(([, , value]) => numberOf(value)), wanted);
    assert.equal(found[0][0], '1');

    const classes = await page.locator('.compare-areas').allTextContents();
    const areas = classes.map((text) => numberOf(text.replace(/ 个.*/, '')));
    assert.equal(areas.reduce((sum, n) => sum + n, 0), counted.length);
    assert.ok(classes.length <= 6, classes.join());

    const sum = wanted.reduce((total, n) => total + n, 0);
    const whole = page.locator('.compare dl > div').last();
    assert.equal(numberOf(await whole.locator('strong').textContent()), sum);
    await page.locator('.compare-counted').getByText('注册地址').waitFor();
    await shoot(page, 'compare-communities');
  }));

test('the bounds of classes never overlap', () =>
  comparing({}, '#tool=compare&by=addresses@grid', async (page) => {
    const labels = await page.locator('.compare-legend li > span:nth-child(2)').allTextContents();
    const bounds = labels.toReversed().flatMap((label) => label.split(' – ').map(numberOf));
    assert.deepEqual(bounds, bounds.toSorted((a, b) => a - b), bounds.join());
    const starts = labels.map((label) => numberOf(label.split(' – ')[0]));
    assert.equal(new Set(starts).size, starts.length);
  }));

test('numbers of people say of which release they are, and which are estimates', () =>
  comparing({}, '#tool=compare&by=people@grid', async (page) => {
    const { rows: counted, people_release: release } = await fetchStats('level=grid');
    const estimated = counted.filter((row) => row.people_estimated);
    assert.ok(estimated.length > 0 && estimated.length < counted.length, `${estimated.length} of ${counted.length}`);
    const note = page.locator('.compare-counted');
    assert.match(await note.textContent(), new RegExp(`人口截至 ${release.day} 发布。 ≈估算：`));
    const whole = page.locator('.compare dl > div').last();
    assert.equal(numberOf(await whole.locator('strong').textContent()), release.people);
    assert.equal(await whole.locator('.compare-note').textContent(), `其中 ${estimated.length} 个为估算`);
    await shoot(page, 'compare-estimates');

    const filter = page.getByRole('searchbox', { name: '按名称或编码筛选' });
    for (const { code, people, people_estimated: isEstimate } of [estimated[0], counted.find((row) => !row.people_estimated)]) {
      await filter.fill(code);
      const cell = rows(page).locator('td').last();
      assert.equal(await cell.textContent(), `${isEstimate ? '≈' : ''}${people}`);
      assert.equal((await cell.getAttribute('title')) !== null, isEstimate);
    }
    await filter.fill('');

    const plain = await save(page, '导出表格 CSV');
    assert.match(plain.name, /居住人口-网格\.csv$/);
    assert.deepEqual([...plain.content.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    const [head, ...lines] = linesOf(plain);
    assert.equal(head, 'code,name,buildings,addresses,enterprises,people,households,people_estimated,households_estimated');
    const ends = counted.map((row) => `,${row.people},${row.households},${Number(row.people_estimated)},${Number(row.households_estimated)}`);
    assert.deepEqual(ends.filter((end, n) => !lines[n].endsWith(end)), []);

    // Numbers of enterprises are no estimates, and of no release.
    await choose(page, '统计项', 'enterprises');
    assert.doesNotMatch(await page.locator('.compare').textContent(), /≈|为估算|截至/);
  }));

test('an attribute of people has estimates of its own, and shares of what is known of it', () =>
  onPage({ viewport: WIDE }, async (page) => {
    const stats = await fetchStats('level=grid&by=person.age_band');
    const { categories } = stats;
    // More have come since their ages were last told.
    const counted = stats.rows.map((row) => ({ ...row, people: row.people + 100 }));
    await page.route('**/api/stats*by=person*', (route) => route.fulfill({ json: { ...stats, rows: counted } }));
    await openMap(page, '#tool=compare&by=people.person.age_band@grid.share');
    await shown(page);
    const differs = counted.filter((row) => (row.by_estimated ?? false) !== row.people_estimated);
    assert.ok(differs.length > 0, 'attributes are estimates where people are');
    const estimated = counted.filter((row) => row.by_estimated);
    const whole = page.locator('.compare dl > div').last();
    assert.ok((await whole.locator('.compare-note').textContent()).endsWith(`其中 ${estimated.length} 个为估算`));
    const sum = (by) => by.reduce((so, n) => so + n, 0);
    const { code, by } = estimated.find((row) => row.by[0] > 0);
    await page.getByRole('searchbox', { name: '按名称或编码筛选' }).fill(code);
    const share = Math.round((1000 * by[0]) / sum(by)) / 10;
    assert.equal(await rows(page).locator('td').last().textContent(), `≈${share}%`);

    const [head, ...lines] = linesOf(await save(page, '导出表格 CSV'));
    assert.ok(head.endsWith(`,people_estimated,households_estimated,${categories.join()},by_estimated`), head);
    assert.equal(lines.filter((line) => line.endsWith(',1')).length, estimated.length);
  }));

test('what is not counted is never a zero, and others are no category where there are none', () =>
  onPage({ viewport: WIDE }, async (page) => {
    const open = async (by, answer) => {
      await page.route('**/api/stats*', (route) => route.fulfill({ json: answer }));
      await openMap(page, `#tool=compare&by=${encodeURIComponent(by)}`);
      await page.reload();
      await shown(page);
    };
    const stats = await fetchStats('level=grid&by=person.sex');
    const categories = [...stats.categories, 'other'];
    const options = page.getByRole('combobox', { name: '类别' }).locator('option');
    for (const [n, known] of [[7, ['其他']], [0, []]]) {
      const withOthers = stats.rows.map((row, place) => ({ ...row, by: [...row.by, place === 0 ? n : 0] }));
      await open('people.person.sex.女@grid', { ...stats, categories, rows: withOthers });
      assert.deepEqual((await options.allTextContents()).slice(stats.categories.length), known);
    }
    const plain = await fetchStats('level=grid');
    const uncounted = plain.rows.map((row) => ({ ...row, people: null, households: null, people_estimated: false, households_estimated: false }));
    await open('people@grid', { ...plain, people_release: null, rows: uncounted });
    assert.ok((await cells(page)).every(([rank, , value]) => rank === '–' && value === '–'));
    assert.equal(await page.locator('.compare dl strong').last().textContent(), '–');
    assert.doesNotMatch(await page.locator('.compare-counted').textContent(), /截至/);
    const [, line] = linesOf(await save(page, '导出表格 CSV'));
    assert.match(line, /,\d+,,,,$/);
  }));

test('people are broken down by an attribute, as counts or as shares', () =>
  comparing({}, '#tool=compare&by=people@community', async (page) => {
    await choose(page, '细分', 'sex');
    const { rows: counted, categories } = await fetchStats('level=community&by=person.sex');
    await choose(page, '类别', '女');
    const women = categories.indexOf('女');
    const wanted = counted.map(({ by }) => by[women]).sort((a, b) => b - a);
    assert.deepEqual((await cells(page)).map(([, , value]) => numberOf(value)), wanted);

    await page.getByRole('button', { name: '占比', exact: true }).click();
    await shown(page);
    const shares = counted.map(({ by, people }) => Math.round((1000 * by[women]) / people) / 10);
    assert.deepEqual(
      (await cells(page)).map(([, , value]) => Number.parseFloat(value)),
      shares.sort((a, b) => b - a),
    );
    const by = await page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('by'));
    assert.equal(by, 'people.person.sex.女@community.share');
    await shoot(page, 'compare-share');
  }));

test('values are compared on a square kilometre', () =>
  onPage({ viewport: WIDE }, async (page) => {
    const stats = await fetchStats('level=community');
    // One is so large that there is less than one to a square kilometre.
    const sizes = stats.rows.map((_, n) => (n === 0 ? 9e9 : 400_000 + n * 70_000));
    const rows = stats.rows.map((row, n) => ({ ...row, area_m2: sizes[n] }));
    await page.route('**/api/stats?level=community', (route) => route.fulfill({ json: { ...stats, rows } }));
    await openMap(page, '#tool=compare&by=addresses@community.density');
    await shown(page);
    const densities = stats.rows.map(({ addresses }, n) => (addresses / sizes[n]) * 1e6);
    const wanted = densities.map((density) => (density < 100 ? Math.round(density * 10) / 10 : Math.round(density)));
    assert.deepEqual((await cells(page)).map(([, , value]) => numberOf(value)), wanted.sort((a, b) => b - a));
    assert.ok(wanted.some((density) => density > 0 && density < 1), wanted.join());
    const [area, sum] = [sizes, stats.rows.map((row) => row.addresses)].map((all) => all.reduce((so, n) => so + n, 0));
    const mean = (sum / area) * 1e6;
    const note = page.locator('.compare dl > div').last().locator('.compare-note');
    const said = (await note.textContent()).replace('每平方公里 ', '');
    assert.equal(numberOf(said), mean < 100 ? Math.round(mean * 10) / 10 : Math.round(mean));
    await page.getByRole('columnheader', { name: '每平方公里' }).waitFor();
    await shoot(page, 'compare-density');
    await page.getByRole('button', { name: '数量', exact: true }).click();
    assert.doesNotMatch(await page.evaluate(() => location.hash), /density/);
    // Another statistic or level keeps the measure.
    await page.getByRole('button', { name: '每平方公里', exact: true }).click();
    await choose(page, '统计项', 'buildings');
    assert.match(await page.evaluate(() => decodeURIComponent(location.hash)), /by=buildings@community\.density/);
    await choose(page, '层级', 'district');
    assert.match(await page.evaluate(() => decodeURIComponent(location.hash)), /by=buildings@district\.density/);
  }));

test('of skewed values every class has about as many areas', () =>
  onPage({ viewport: WIDE }, async (page) => {
    const stats = await fetchStats('level=grid');
    // From 3 to some 40,000, most of them small.
    const rows = stats.rows.map((row, n) => ({ ...row, enterprises: Math.round(3 * 1.175 ** n) + n }));
    await page.route('**/api/stats?level=grid', (route) => route.fulfill({ json: { ...stats, rows } }));
    await openMap(page, '#tool=compare&by=enterprises@grid');
    await shown(page);
    const areas = (await page.locator('.compare-areas').allTextContents()).map((text) => numberOf(text.replace(/ 个.*/, '')));
    assert.equal(areas.length, 6);
    const mean = rows.length / areas.length;
    assert.ok(areas.every((n) => n >= mean * 0.6 && n <= mean * 1.4), areas.join());
  }));

test('attributes and categories are called what the plate calls them; the address and the file keep the values', () =>
  onPage({ viewport: WIDE }, async (page) => {
    const about = await (await fetch(new URL('/api/plate', server))).json();
    const titles = { 女: { zh: '女性', en: 'Women' }, 男: { zh: '男性' } };
    const attributes = about.attributes.map((attribute) =>
      attribute.name === 'sex' ? { ...attribute, titles: { zh: '登记性别', en: 'Registered sex', categories: titles } } : attribute,
    );
    await page.route('**/api/plate', (route) => route.fulfill({ json: { ...about, attributes } }));
    await openMap(page, `#tool=compare&by=${encodeURIComponent('people.person.sex.女@community')}`);
    await shown(page);
    assert.match(await page.locator('.compare h3').textContent(), /登记性别：女性/);
    assert.match(await page.locator('.compare-rows caption').textContent(), /登记性别：女性/);
    const options = await page.getByRole('combobox', { name: '类别' }).locator('option').allTextContents();
    assert.ok(options.includes('女性') && options.includes('男性') && !options.includes('女'), options.join());
    assert.equal(await page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('by')), 'people.person.sex.女@community');
    const table = await save(page, '导出表格 CSV');
    assert.match(table.content.toString('utf8').split('\r\n')[0], /,女,/);
    assert.match((await save(page, '导出图片 PNG')).name, /登记性别：女性-社区\.png$/);
    await page.getByRole('button', { name: 'Switch to English' }).click();
    assert.match(await page.locator('.compare h3').textContent(), /Registered sex: Women/);
    // What has no title in this language is called by its value.
    const english = await page.getByRole('combobox', { name: 'Category' }).locator('option').allTextContents();
    assert.ok(english.includes('Women') && english.includes('男'), english.join());
  }));

test('a choice is led back to by its address, and goes with the tool', () =>
  comparing({}, MEN, async (page) => {
    assert.equal(await page.getByRole('combobox', { name: '类别' }).inputValue(), '男');
    await page.locator('.tool[data-tool="compare"]').click();
    assert.doesNotMatch(await page.evaluate(() => location.hash), /by=/);
    await page.locator('.tool[data-tool="compare"]').click();
    await shown(page);
    assert.equal(await page.getByRole('combobox', { name: '类别' }).inputValue(), '男');
  }));

test('the table and the map point at one another, and a row opens its card', () =>
  comparing({}, '#tool=compare&by=people@community', async (page) => {
    await page.mouse.move(760, 450);
    const marked = page.locator('.compare-rows tr.marked');
    await marked.waitFor();
    const name = await marked.locator('button').textContent();
    await shoot(page, 'compare-hover');

    await page.locator('.compare-rows tbody button[tabindex="0"]').focus();
    await page.keyboard.press('End');
    const focused = await page.evaluate(() => document.activeElement.textContent);
    assert.equal(focused, await rows(page).last().locator('button').textContent());
    await page.keyboard.press('Enter');
    await page.locator('aside.card[data-view="entity"] h2').getByText(focused).waitFor();
    await page.getByRole('searchbox', { name: '按名称或编码筛选' }).fill(name);
    assert.deepEqual(await rows(page).locator('button').allTextContents(), [name]);
    await rows(page).click();
    await page.locator('aside.card[data-view="entity"] h2').getByText(name).waitFor();
  }));

test('areas are filled from afar too, where they cannot be told apart', () =>
  comparing({}, '#map=10.6/22.552/114.05&tool=compare&by=buildings@grid', async (page) => {
    const { rows: counted } = await fetchStats('level=grid');
    await page.locator('dt').getByText(`视野内 · ${counted.length} 个网格`).waitFor();
    assert.equal(await page.locator('.compare-hint').isVisible(), false);
    await untilIdle(page);
    await shoot(page, 'compare-far');
    const { x, width } = await page.locator('.panel').boundingBox();
    assert.ok(width > 300);
    // What is drawn is asked by the mouse.
    await page.mouse.move(x / 2, WIDE.height / 2);
    await page.locator('.compare-rows tr.marked').waitFor();
    await choose(page, '层级', 'community');
    const communities = (await fetchStats('level=community')).rows.length;
    await page.locator('dt').getByText(`视野内 · ${communities} 个社区`).waitFor();
  }));

test('what cannot be drawn from afar is said, and led to', () =>
  onPage({ viewport: WIDE }, async (page) => {
    await openMap(page, '#map=6/22.552/114.05&tool=compare&by=people@grid');
    await page.locator('.compare-hint').getByText('网格从 8 级起显示。').waitFor();
    assert.ok(await page.getByRole('button', { name: '导出图片 PNG' }).isDisabled(), 'there is nothing to picture');
    await page.getByRole('button', { name: '放大到 8 级' }).click();
    await page.locator('.compare-hint').waitFor({ state: 'hidden' });
    await page.locator('dt').getByText('视野内').waitFor();
  }));

test('buildings fade under a fill, and come back', () =>
  onPage({ finely: true, viewport: WIDE, colorScheme: 'dark' }, async (page) => {
    const { metadata } = await (await fetch(new URL('/style.json', server))).json();
    const [west, south, east, north] = metadata['baseplate:bounds'];
    const { chain } = await fetchLocated({ lng: (west + east) / 2, lat: (south + north) / 2 });
    const { lng, lat } = await anyBuilding(chain[0].code);
    await openMap(page, `#map=18/${lat}/${lng}`);
    // The legend makes way for the panel.
    const toggle = async (layer) => {
      await page.locator(`.legend li[data-layer="${layer}"] input`).evaluate((box) => box.click());
      await untilIdle(page);
    };
    /** How much of the building is seen in the middle of the map: what hiding it changes. */
    const seen = async (x) => {
      const shown = await colourAt(page, x, WIDE.height / 2);
      await toggle('buildings');
      const hidden = await colourAt(page, x, WIDE.height / 2);
      await toggle('buildings');
      return Math.max(...shown.map((part, n) => Math.abs(part - hidden[n])));
    };
    await toggle('addresses');
    await toggle('grids');
    const before = await seen(WIDE.width / 2);
    assert.ok(before > 12, `the building is hardly seen: ${before}`);
    await page.locator('.tool[data-tool="compare"]').click();
    await shown(page);
    const panel = await page.locator('.panel').boundingBox();
    await page.locator('dt').getByText('视野内').waitFor();
    await untilIdle(page);
    await shoot(page, 'compare-buildings');
    const faded = await seen((WIDE.width - panel.width - 24) / 2);
    assert.ok(faded <= before / 4 + 1, `${before} became ${faded}`);
    await page.locator('.tool[data-tool="compare"]').click();
    await page.locator('.panel').waitFor({ state: 'hidden' });
    await untilIdle(page);
    assert.ok(Math.abs((await seen(WIDE.width / 2)) - before) <= 2);
  }));

test('the view is saved as a picture with its legend', () =>
  comparing({ finely: true }, MEN, async (page) => {
    const { name, content } = await save(page, '导出图片 PNG');
    assert.match(name, /性别：男-社区\.png$/);
    assert.equal(content.readUInt32BE(16), WIDE.width);
    assert.ok(content.readUInt32BE(20) > WIDE.height, 'there is no legend beneath the map');
    assert.ok(content.length > 20_000, 'the picture is empty');
  }));

test('a failing server is said, tried again, and leaves nothing on the map', () =>
  comparing({}, MEN, async (page, complaints) => {
    for (const answer of [{ status: 500, body: '' }, { body: 'rubbish' }, { json: { rows: [{ code: 1 }] } }]) {
      await page.route('**/api/stats*', (route) => route.fulfill(answer));
      await page.getByRole('combobox', { name: '层级' }).selectOption('district');
      await page.locator('.compare-message [role="alert"]').waitFor();
      assert.equal(await page.locator('.compare-results').isVisible(), false);
      await page.unroute('**/api/stats*');
      await page.getByRole('button', { name: '重试' }).click();
      await shown(page);
      assert.equal(await page.locator('.compare-message').isVisible(), false);
      await choose(page, '层级', 'community');
    }
    assert.ok(complaints.every((text) => /Failed to load resource/.test(text)));
    complaints.length = 0;
  }));

test('an answer that comes too late is dropped', () =>
  comparing({}, '#tool=compare&by=people@community', async (page) => {
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route('**/api/stats?level=grid', async (route) => {
      await held;
      await route.fallback().catch(() => {});
    });
    await page.getByRole('combobox', { name: '层级' }).selectOption('grid');
    // What is chosen while the answer is out is not shown with the numbers of before.
    await page.getByRole('combobox', { name: '统计项' }).selectOption('buildings');
    assert.equal(await page.locator('.compare').getAttribute('aria-busy'), 'true');
    assert.match(await page.locator('.compare h3').textContent(), /居住人口 · 社区/);
    await choose(page, '层级', 'district');
    release();
    await untilIdle(page);
    assert.match(await page.locator('.compare h3').textContent(), /区$/);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  }));

test('without attributes the plain counts are offered', () =>
  onPage({ viewport: WIDE }, async (page, complaints) => {
    await page.route('**/api/plate', (route) => route.fulfill({ status: 404, json: {} }));
    await openMap(page, '#tool=compare');
    await shown(page);
    assert.equal(await page.getByRole('combobox', { name: '细分' }).isVisible(), false);
    assert.ok((await rows(page).count()) > 0);
    complaints.length = 0;
  }));

test('on a phone, in the dark, in English, the sheet fits', () =>
  comparing({ viewport: PHONE, isMobile: true, hasTouch: true, colorScheme: 'dark', locale: 'en-GB' }, MEN, async (page) => {
    const body = page.locator('.panel-body');
    assert.ok(await body.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth));
    await shoot(page, 'compare-phone-dark');
    for (const control of await page.locator('.compare :is(button, select, input):visible').all())
      assert.ok((await control.boundingBox()).height >= 42, await control.evaluate((node) => node.outerHTML));
    await body.evaluate((panel) => (panel.scrollTop = panel.scrollHeight));
    await shoot(page, 'compare-phone-dark-end');
  }));

test('on a desk in the dark, in English', () =>
  comparing({ colorScheme: 'dark', locale: 'en-GB' }, '#tool=compare&by=people.person.sex.%E7%94%B7@grid.share', async (page) => {
    await page.getByRole('columnheader', { name: 'Share' }).waitFor();
    await shoot(page, 'compare-dark');
  }));
