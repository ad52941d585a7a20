// On the Chinese page no English word remains but names that Chinese writes in Latin letters.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE, addressed, card, clickCentre, onPage, openMap, searchBox, server, shoot, untilIdle } from './browser.mjs';
import { englishOf } from './english.mjs';

const fetchJson = async (path) => (await fetch(new URL(path, server))).json();
const firstOf = async (collection) => (await fetchJson(`/ogc/collections/${collection}/items?limit=1`)).features[0].properties;

/** Opens the page and visits views of it; after each, `look` notes the English that is left there. */
const withoutEnglish = (options, visit) =>
  onPage(options, async (page, complaints) => {
    await openMap(page);
    const seen = [];
    const look = async (view) => {
      await untilIdle(page);
      await shoot(page, `chinese-${view.replaceAll(' ', '-')}`);
      seen.push(...(await englishOf(page)).map((found) => `${view}: ${found}`));
    };
    await visit(page, look, complaints);
    assert.deepEqual(seen, []);
  });

async function tool(page, name, shown) {
  await page.locator(`.tool[data-tool="${name}"]`).click();
  await page.locator(shown).first().waitFor();
}

async function openCode(page, code) {
  await page.evaluate((code) => (location.hash = `code=${encodeURIComponent(code)}`), code);
  await card(page, 'entity').locator('.entity-code code', { hasText: new RegExp(`^${code}$`) }).waitFor();
}

async function choose(page, name, text, type = 'text/csv') {
  const buffer = Buffer.from(text, 'utf8');
  await page.locator('.bulk-drop input').setInputFiles({ name, mimeType: type, buffer });
}

async function lookUp(page) {
  await page.getByRole('button', { name: '开始' }).click();
  await page.locator('.bulk-progress .sentence').getByText('已完成').waitFor();
}

test('no English word remains: the map, its legend, and what the plate is made from', () =>
  withoutEnglish({}, async (page, look) => {
    for (const box of await page.locator('.legend input:not(:checked)').all()) await box.check();
    await look('legend');
    await page.locator('.plate-facts').click();
    await page.locator('.about tbody tr').first().waitFor();
    await look('sources');
  }));

test('no English word remains: the search', () =>
  withoutEnglish({}, async (page, look, complaints) => {
    const { text } = await firstOf('addresses');
    await searchBox(page).fill(text.slice(0, -1));
    await page.getByRole('option').first().waitFor();
    await look('offers');
    await searchBox(page).fill('天涯海角九百号');
    await page.keyboard.press('Enter');
    await page.locator('.search-message').getByText('没有').waitFor();
    await look('no such address');
    await page.evaluate(() => (location.hash = 'code=99019999999999'));
    await card(page, 'failure').waitFor();
    await look('no such code');
    assert.ok(complaints.length > 0 && complaints.every((text) => /Failed to load resource.*404/.test(text)), complaints.join());
    complaints.length = 0;
  }));

test('no English word remains: cards', () =>
  withoutEnglish({}, async (page, look) => {
    await clickCentre(page);
    await card(page, 'location').waitFor();
    await look('a place');
    const { code, chain, address_list } = await addressed(page);
    const { issues } = await fetchJson('/api/issues?rule=enterprise-no-address&limit=1');
    const others = [address_list[0].code, (await firstOf('enterprises')).code, issues[0].code];
    for (const each of [code, ...others, ...chain.map((grid) => grid.code)]) {
      await openCode(page, each);
      await look(each);
    }
    await page.evaluate(() => (location.hash = 'at=-40,30'));
    await card(page, 'outside').waitFor();
    await look('a place outside');
  }));

test('no English word remains: comparison', () =>
  withoutEnglish({ viewport: { width: 1440, height: 900 } }, async (page, look) => {
    const choices = ['people@community', 'people.person.sex.女@community.share', 'enterprises.enterprise.industry@grid'];
    const { layers } = await fetchJson('/api/plate');
    choices.push(...layers.filter(({ time }) => time).map(({ id }) => `${id}@community`));
    for (const choice of choices) {
      await openMap(page, `#tool=compare&by=${choice}`);
      await page.reload();
      await page.locator('.compare-ranking tbody [data-place]').first().waitFor();
      await look(choice);
    }
  }));

test('no English word remains: quality with its filter, sources and list', () =>
  withoutEnglish({}, async (page, look) => {
    await tool(page, 'quality', '.quality-list li');
    await page.locator('.quality-sources summary').click();
    const more = page.locator('.quality-results > section > .main');
    while (await more.isVisible()) await more.click();
    await page.locator('.quality-list button').first().click();
    await look('quality');
  }));

test('no English word remains: files that are looked up', () =>
  withoutEnglish({}, async (page, look) => {
    const { text } = await firstOf('addresses');
    await tool(page, 'bulk', '.bulk-drop');
    await look('no file');
    const rows = ['地址,编号', `${text},1`, `${text.slice(0, -1)}九,2`, '天涯路2号,3', '少了一格', '"未闭合,4'];
    await choose(page, '清单.csv', rows.join('\n'));
    await page.getByRole('button', { name: '开始' }).waitFor();
    await look('questions about addresses');
    await lookUp(page);
    await look('addresses');
    await choose(page, '坐标.csv', '经度,纬度,名称\n114.05,22.55,甲\n0,0,乙\n东,北,丙\n,,丁\n999,1,戊\n');
    await page.getByRole('button', { name: '开始' }).waitFor();
    await look('questions about coordinates');
    await lookUp(page);
    await look('coordinates');
    for (const name of ['文件.pdf', '清单.csv.gz']) {
      await choose(page, name, name.endsWith('pdf') ? '%PDF-1.7\n\0\n' : '\x1f\x08 no archive');
      await page.locator('.bulk-body [role="alert"]').waitFor();
      await look(name);
    }
  }));

test('no English word remains: the wall', () =>
  withoutEnglish({ viewport: { width: 3840, height: 1080 } }, async (page, look) => {
    await page.getByRole('button', { name: '大屏模式' }).click();
    await page.locator('.figures dd').first().waitFor();
    await look('wall');
    await clickCentre(page);
    await card(page, 'location').waitFor();
    await look('a card on the wall');
  }));

test('no English word remains: a phone', () =>
  withoutEnglish({ viewport: PHONE, isMobile: true, hasTouch: true }, async (page, look) => {
    await look('phone');
    await page.locator('.legend summary').click();
    await look('phone with its legend');
    await page.locator('.legend summary').click();
    for (const name of ['compare', 'quality', 'bulk']) {
      await tool(page, name, '.panel:not([hidden])');
      await look(`${name} on a phone`);
    }
    await page.locator('.panel header button').click();
    await clickCentre(page);
    await card(page, 'location').waitFor();
    await look('a card on a phone');
  }));

test('no English word remains of what was opened in English', () =>
  withoutEnglish({ locale: 'en-GB' }, async (page, look) => {
    await clickCentre(page);
    await card(page, 'location').waitFor();
    for (const name of ['compare', 'quality', 'bulk']) {
      await tool(page, name, '.panel:not([hidden])');
      await untilIdle(page);
      assert.ok((await englishOf(page)).length > 10, `${name} is in English`);
      await page.locator('button.language').click();
      await look(`${name} after the switch`);
      await page.locator('button.language').click();
    }
  }));

test('an English word is seen wherever it stands', () =>
  onPage({}, async (page) => {
    await openMap(page);
    await page.evaluate(() => {
      const put = (tag, properties) => document.body.append(Object.assign(document.createElement(tag), properties));
      put('p', { textContent: '地址 of a 楼栋' });
      put('button', { ariaLabel: 'Close it' });
      put('input', { placeholder: 'Find' });
      put('img', { alt: 'Picture', title: 'Title' });
      put('p', { hidden: true, textContent: 'Hidden' });
      put('p', { lang: 'en', textContent: 'Meant to be English' });
      put('p', { textContent: 'CSV 与 GCJ-02，12 km²，91350100M000100Y43，town.geojsonl.gz，A座' });
      const select = document.createElement('select');
      select.append(new Option('乙'), new Option('Option'));
      document.body.append(select);
    });
    const seen = (await englishOf(page)).map((found) => found.slice(found.indexOf(': ') + 2));
    assert.deepEqual(seen.toSorted(), ['Close it', 'Find', 'Option', 'Picture', 'Title', '地址 of a 楼栋']);
  }));
