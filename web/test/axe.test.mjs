// No view of the page may have a serious problem for who cannot see it well or use a mouse.
import { test } from 'node:test';
import { PHONE, anyBuilding, card, clickCentre, fetchLocated, onPage, openMap, server } from './browser.mjs';
import { assertNothingSerious } from './nothing-serious.mjs';

const LOOKS = [
  { colorScheme: 'light' },
  { colorScheme: 'dark', locale: 'en-GB' },
  { colorScheme: 'light', viewport: PHONE, isMobile: true, hasTouch: true },
  { colorScheme: 'dark', locale: 'en-GB', viewport: PHONE, isMobile: true, hasTouch: true },
];
/** Views that are seen in all looks; the others in the first and the last, which share no colour, size or language. */
const IN_ALL_LOOKS = ['the map', 'comparison', 'a building', 'records over time'];

/** The views in the order in which one page can show them, each opened from the map, with how it is left for the map again. */
const VIEWS = {
  'the map': [async () => {}, async () => {}],
  'a place': [
    async (page) => {
      await clickCentre(page);
      await card(page, 'location').waitFor();
    },
    (page) => escape(page, 'aside.card'),
  ],
  'suggestions': [
    async (page) => {
      const { features } = await (await fetch(new URL('/ogc/collections/addresses/items?limit=1', server))).json();
      await page.getByRole('combobox').first().fill(features[0].properties.text.slice(0, -1));
      await page.getByRole('option').first().waitFor();
    },
    async (page) => {
      await escape(page, '[role="option"]');
      await page.getByRole('combobox').first().fill('');
    },
  ],
  'what the plate is made from': [
    async (page) => {
      await page.locator('.plate-facts').click();
      await page.locator('.about tbody tr').first().waitFor();
    },
    (page) => escape(page, '.about'),
  ],
  'a link to copy by hand': [
    async (page) => {
      await page.evaluate(() => {
        navigator.clipboard.writeText = () => Promise.reject(new Error());
        document.execCommand = () => false;
      });
      await page.locator('.control.link').click();
      await page.locator('.share input').waitFor();
    },
    (page) => escape(page, '.share input'),
  ],
  'comparison': [(page) => tool(page, 'compare', '.compare-results:not([hidden])'), closeTool],
  'records over time': [
    async (page) => {
      await tool(page, 'compare', '.compare-results:not([hidden])');
      const { layers } = await (await fetch(new URL('/api/plate', server))).json();
      const dated = layers.find(({ time }) => time);
      if (!dated) return;
      await page.locator('.compare-choices select').first().selectOption(dated.id);
      await page.locator('.compare-chart [role="button"]').first().click();
    },
    closeTool,
  ],
  'quality': [(page) => tool(page, 'quality', '.quality-list li'), closeTool],
  'bulk': [(page) => tool(page, 'bulk', '.bulk-drop'), closeTool],
  'results in bulk': [
    async (page) => {
      await tool(page, 'bulk', '.bulk-drop');
      const buffer = Buffer.from('地址\n天涯路1号\n天涯路2号\n');
      await page.locator('.bulk-drop input').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer });
      await page.locator('.bulk-body > .main').click();
      await page.locator('.bulk-list li').first().waitFor();
    },
    closeTool,
  ],
  'the wall': [
    async (page) => {
      await page.evaluate(() => (location.hash = `${location.hash}&wall=1`));
      await page.locator('body.wall').waitFor();
    },
    (page) => escape(page, 'body.wall'),
  ],
  'a building': [
    async (page) => {
      const { metadata } = await (await fetch(new URL('/style.json', server))).json();
      const [west, south, east, north] = metadata['baseplate:bounds'];
      const { chain } = await fetchLocated({ lng: (west + east) / 2, lat: (south + north) / 2 });
      const { code } = await anyBuilding(chain[0].code);
      await page.evaluate((code) => (location.hash = `code=${code}`), code);
      await card(page, 'entity').waitFor();
    },
    (page) => escape(page, 'aside.card'),
  ],
  'the map within another page': [
    async (page) => {
      await page.goto(`${server}?embed`);
      await page.locator('.embedded').waitFor();
    },
    async () => {},
  ],
};

async function escape(page, shown) {
  await page.keyboard.press('Escape');
  await page.locator(shown).first().waitFor({ state: 'hidden' });
}

async function tool(page, name, shown) {
  await page.locator(`.tool[data-tool="${name}"]`).click();
  await page.locator(shown).first().waitFor();
}

async function closeTool(page) {
  await page.locator('.panel header button').first().click();
  await page.locator('.panel').waitFor({ state: 'hidden' });
}

for (const look of LOOKS)
  test(`axe finds nothing serious ${JSON.stringify(look)}`, (run) =>
    onPage(look, async (page) => {
      await openMap(page);
      const isSeen = (view) => IN_ALL_LOOKS.includes(view) || look === LOOKS.at(0) || look === LOOKS.at(-1);
      for (const [view, [open, leave]] of Object.entries(VIEWS).filter(([view]) => isSeen(view)))
        await run.test(view, async () => {
          await open(page);
          await assertNothingSerious(page);
          await leave(page);
        });
    }));
