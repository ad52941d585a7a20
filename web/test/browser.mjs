// A real browser on the page of a running server: BASEPLATE_URL says which.
// SCREENS, if set, is a folder that takes screenshots.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before } from 'node:test';
import { drawCoarsely, launch } from './chromium.mjs';

export const server = process.env.BASEPLATE_URL;
const screens = process.env.SCREENS;
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

export let browser;

before(async () => {
  assert.ok(server, 'BASEPLATE_URL must name a running server');
  if (screens) mkdirSync(screens, { recursive: true });
  browser = await launch();
});

after(() => browser?.close());

/**
 * Runs `visit` on a fresh page, then fails if the page complained or asked another host. `finely` draws the map pixel by pixel,
 * for who looks at them.
 */
export async function onPage({ finely = false, ...options }, visit) {
  const context = await browser.newContext({ viewport: DESKTOP, locale: 'zh-CN', ...options });
  if (!finely) await drawCoarsely(context);
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.host !== new URL(server).host)
      complaints.push(`request to ${url}`);
  });
  try {
    await visit(page, complaints);
  } catch (error) {
    // What the page said, and where it was, say more than what was waited for in vain.
    const seen = await page.evaluate(() => `${location.hash}\n${document.body.innerText}`).catch(String);
    error.message += `\n${[...complaints, seen].join('\n')}`;
    throw error;
  }
  assert.deepEqual(complaints, []);
  // Answers that are still under way are for nobody.
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await context.close();
}

export async function openMap(page, hash = '') {
  await page.goto(new URL(`/${hash}`, server).href);
  await untilIdle(page);
}

export async function untilIdle(page) {
  await page.locator('#map[data-state="idle"]').waitFor({ timeout: 60_000 });
}

/** Writes a new view into the address of a page whose map is at rest, and waits until it is drawn. */
export async function goTo(page, hash) {
  await untilIdle(page);
  await page.evaluate((hash) => {
    document.getElementById('map').dataset.state = 'asked';
    location.hash = hash;
  }, hash);
  await untilIdle(page);
}

/** Waits until the view that `act` asked for is reached; the page writes it into the address. */
export async function afterMoving(page, act) {
  const before = await page.evaluate(() => location.hash);
  await act();
  await page.waitForFunction((old) => location.hash !== old, before);
  await untilIdle(page);
}

export async function shoot(page, name) {
  if (screens) await page.screenshot({ path: path.join(screens, `${name}.png`) });
}

/** How many pixels of a page have a colour; a page of its own decodes the picture. */
export async function countPixels(page, colour) {
  const picture = (await page.screenshot()).toString('base64');
  const decoder = await browser.newPage();
  const found = await decoder.evaluate(
    async ([base64, wanted]) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      pen.drawImage(bitmap, 0, 0);
      const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) count += wanted.every((value, k) => Math.abs(data[i + k] - value) < 6) ? 1 : 0;
      return count;
    },
    [picture, colour],
  );
  await decoder.close();
  return found;
}

export function centreOfMap(page) {
  const { width, height } = page.viewportSize();
  return { x: width / 2, y: height / 2 };
}

/** Clicks the middle of the map and gives the place the page asked the server about. */
export async function clickCentre(page) {
  const asked = page.waitForRequest((request) => request.url().includes('/api/locate'));
  const { x, y } = centreOfMap(page);
  await page.mouse.click(x, y);
  const query = new URL((await asked).url()).searchParams;
  return { lng: Number(query.get('lng')), lat: Number(query.get('lat')) };
}

export async function fetchLocated({ lng, lat }) {
  const answer = await fetch(new URL(`/api/locate?lng=${lng}&lat=${lat}`, server));
  assert.equal(answer.status, 200);
  return answer.json();
}

export function card(page, view) {
  return page.locator(`aside.card[data-view="${view}"]:not([aria-busy])`);
}

/** Looks about in a grid until the server names a building there. */
export async function anyBuilding(gridCode) {
  const grid = await (await fetch(new URL(`/api/entities/${gridCode}`, server))).json();
  const [west, south, east, north] = grid.bbox;
  const steps = 40;
  for (let i = 1; i < steps * steps; i += 1) {
    const lng = west + ((east - west) * (i % steps)) / steps;
    const lat = south + ((north - south) * Math.floor(i / steps)) / steps;
    const { building } = await fetchLocated({ lng, lat });
    const middle = building && (await middleOf(building.code));
    if (middle) return middle;
  }
  return assert.fail(`no building was found in ${gridCode}`);
}

/** The middle of a building, unless its shape leaves that to something else. */
async function middleOf(code) {
  const { bbox } = await (await fetch(new URL(`/api/entities/${code}`, server))).json();
  const middle = { code, lng: (bbox[0] + bbox[2]) / 2, lat: (bbox[1] + bbox[3]) / 2 };
  return (await fetchLocated(middle)).building?.code === code ? middle : null;
}

export function searchBox(page) {
  return page.getByRole('combobox', { name: '查找地址' });
}

/** A building with addresses, near the middle of the map. */
export async function addressed(page) {
  const { lng, lat } = await clickCentre(page);
  await page.keyboard.press('Escape');
  const building = await anyBuilding((await fetchLocated({ lng, lat })).chain[0].code);
  return (await fetch(new URL(`/api/entities/${building.code}`, server))).json();
}
