// No view of the page may have a serious problem for who cannot see it well or use a mouse.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { PHONE, addressed, card, clickCentre, onPage, openMap, server, untilIdle } from './browser.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LOOKS = [
  { colorScheme: 'light' },
  { colorScheme: 'dark', locale: 'en-GB' },
  { colorScheme: 'light', viewport: PHONE, isMobile: true, hasTouch: true },
  { colorScheme: 'dark', locale: 'en-GB', viewport: PHONE, isMobile: true, hasTouch: true },
];
/** Views that are seen in all looks; the others in the first and the last, which share no colour, size or language. */
const IN_ALL_LOOKS = ['the map', 'comparison'];

async function assertNothingSerious(page, view) {
  await untilIdle(page);
  // Evaluated from outside the page, which its security policy does not touch.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const said = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  assert.deepEqual(said, [], view);
}

const VIEWS = {
  'the map': async () => {},
  'a place': async (page) => {
    await clickCentre(page);
    await card(page, 'location').waitFor();
  },
  'suggestions': async (page) => {
    const { features } = await (await fetch(new URL('/ogc/collections/addresses/items?limit=1', server))).json();
    await page.getByRole('combobox').first().fill(features[0].properties.text.slice(0, -1));
    await page.getByRole('option').first().waitFor();
  },
  'what the plate is made from': async (page) => {
    await page.locator('.plate-facts').click();
    await page.locator('.about tbody tr').first().waitFor();
  },
  'a link to copy by hand': async (page) => {
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error());
      document.execCommand = () => false;
    });
    await page.locator('.control.link').click();
    await page.locator('.share input').waitFor();
  },
  'comparison': (page) => tool(page, 'compare', '.compare-results:not([hidden])'),
  'quality': (page) => tool(page, 'quality', '.quality-list li'),
  'bulk': (page) => tool(page, 'bulk', '.bulk-drop'),
  'results in bulk': async (page) => {
    await tool(page, 'bulk', '.bulk-drop');
    const buffer = Buffer.from('地址\n天涯路1号\n天涯路2号\n');
    await page.locator('.bulk-drop input').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer });
    await page.locator('.bulk-body > .main').click();
    await page.locator('.bulk-list li').first().waitFor();
  },
  'the map within another page': async (page) => {
    await page.goto(`${server}?embed`);
    await page.locator('.embedded').waitFor();
  },
  'the wall': async (page) => {
    await page.evaluate(() => (location.hash = `${location.hash}&wall=1`));
    await page.locator('body.wall').waitFor();
  },
};

async function tool(page, name, shown) {
  await page.locator(`.tool[data-tool="${name}"]`).click();
  await page.locator(shown).first().waitFor();
}

for (const [view, open] of Object.entries(VIEWS))
  test(`axe finds nothing serious: ${view}`, async () => {
    for (const look of IN_ALL_LOOKS.includes(view) ? LOOKS : [LOOKS.at(0), LOOKS.at(-1)])
      await onPage(look, async (page) => {
        await openMap(page);
        await open(page);
        await assertNothingSerious(page, `${view} ${JSON.stringify(look)}`);
      });
  });

test('axe finds nothing serious: a building', async () => {
  let code;
  await onPage({}, async (page) => {
    await openMap(page);
    code = (await addressed(page)).code;
  });
  for (const look of LOOKS)
    await onPage(look, async (page) => {
      await page.goto(new URL(`/#code=${code}`, server).href);
      await card(page, 'entity').waitFor();
      await assertNothingSerious(page, 'a building');
    });
});
