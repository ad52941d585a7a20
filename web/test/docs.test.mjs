// Opens the documentation of the interface in a real browser: BASEPLATE_URL says which server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';

const server = process.env.BASEPLATE_URL;
let browser;

before(async () => {
  assert.ok(server, 'BASEPLATE_URL must name a running server');
  browser = await launch();
});

after(() => browser?.close());

test('the documentation shows every operation, lets one be tried, and asks no other host', async () => {
  const page = await browser.newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.host !== new URL(server).host)
      complaints.push(`request to ${url}`);
  });
  await page.goto(new URL('/docs', server).href);
  const operations = page.locator('.opblock');
  await operations.first().waitFor({ timeout: 60_000 });
  const { paths } = await (await fetch(new URL('/openapi.json', server))).json();
  const described = Object.values(paths).flatMap((path) => Object.keys(path)).length;
  assert.equal(await operations.count(), described);

  const locate = page.locator('.opblock-get', { has: page.locator('[data-path="/api/locate"]') });
  await locate.locator('.opblock-summary-control').click();
  await locate.locator('.try-out__btn').click();
  await locate.locator('button.execute').click();
  const status = locate.locator('.live-responses-table .response-col_status').last();
  await status.waitFor();
  assert.match(await status.innerText(), /^200/);
  assert.deepEqual(complaints, []);
});
