// A real browser on the page of a running server: BASEPLATE_URL says which.
// SCREENS, if set, is a folder that takes screenshots; CHROMIUM is the browser to use.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';

export const server = process.env.BASEPLATE_URL;
const screens = process.env.SCREENS;
const FLAGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

export let browser;

before(async () => {
  assert.ok(server, 'BASEPLATE_URL must name a running server');
  if (screens) mkdirSync(screens, { recursive: true });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS,
  });
});

after(() => browser?.close());

/** Runs `visit` on a fresh page, then fails if the page complained or asked another host. */
export async function onPage(options, visit) {
  const context = await browser.newContext({ viewport: DESKTOP, locale: 'zh-CN', ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.host !== new URL(server).host)
      complaints.push(`request to ${url}`);
  });
  await visit(page, complaints);
  assert.deepEqual(complaints, []);
  await context.close();
}

export async function openMap(page, hash = '') {
  await page.goto(new URL(`/${hash}`, server).href);
  await untilIdle(page);
}

export async function untilIdle(page) {
  await page.locator('#map[data-state="idle"]').waitFor({ timeout: 60_000 });
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
