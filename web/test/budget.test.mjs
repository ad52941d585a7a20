// What the page may weigh and how long it may take. Sizes fail the test, and so does a page that stalls; other times depend on the
// machine and are printed. Runs alone: beside other tests times say nothing.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { onPage, openMap, server, untilIdle } from './browser.mjs';

const ASSETS = path.resolve(import.meta.dirname, '../../crates/tile-server/page/assets');
/** Script and style in all, as a browser gets them. */
const COMPRESSED_MAX = 700_000;
/** A stalled page, on whatever machine: far beyond what any of the figures should be. */
const STALLED_MS = 30_000;

test('script and style weigh no more than they may', async () => {
  let [plain, gzip, brotli] = [0, 0, 0];
  for (const name of await readdir(ASSETS)) {
    if (!/\.(m?js|css)$/.test(name)) continue;
    const bytes = await readFile(path.join(ASSETS, name));
    plain += bytes.length;
    gzip += gzipSync(bytes).length;
    brotli += brotliCompressSync(bytes).length;
  }
  console.log(`# script and style: ${plain} bytes, ${gzip} with gzip, ${brotli} with brotli`);
  assert.ok(gzip <= COMPRESSED_MAX, `${gzip} bytes with gzip are more than ${COMPRESSED_MAX}`);
});

test('the map is drawn, and panned over', () =>
  onPage({ finely: true, viewport: { width: 1440, height: 900 } }, async (page) => {
    const began = performance.now();
    await openMap(page);
    const drawn = performance.now() - began;
    await page.evaluate(() => {
      window.frames = [];
      window.tasks = [];
      let last = performance.now();
      const frame = (now) => {
        window.frames.push(now - last);
        last = now;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
      new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
        entryTypes: ['longtask'],
      });
    });
    await page.locator('#map canvas').focus();
    for (const key of ['+', '+', 'ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', '+', 'ArrowRight', 'ArrowLeft', '-']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(450);
    }
    await untilIdle(page);
    const { frames, tasks } = await page.evaluate(() => ({ frames: window.frames, tasks: window.tasks }));
    const longest = (times) => Math.round(Math.max(0, ...times));
    console.log(`# drawn ${Math.round(drawn)} ms after navigation (${new URL(server).host})`);
    console.log(
      `# tour: ${frames.length} frames, longest ${longest(frames)} ms, ${frames.filter((time) => time > 200).length} over 200 ms; ` +
        `longest task of script, drawing in software within it, ${longest(tasks)} ms`,
    );
    assert.ok(drawn < STALLED_MS && longest(frames) < STALLED_MS);
  }));

test('a hundred thousand rows do not stall the page, and can be stopped', () =>
  onPage({}, async (page) => {
    const rows = 100_000;
    const said = page.locator('.bulk-progress .sentence');
    const fetchJson = async (path) => (await fetch(new URL(path, server))).json();
    const { features } = await fetchJson('/ogc/collections/addresses/items?limit=1');
    const answer = await fetchJson(`/api/geocode?q=${encodeURIComponent(features[0].properties.text)}`);
    await page.route('**/api/geocode', (route) => {
      const { texts } = route.request().postDataJSON();
      return route.fulfill({ json: { answers: texts.map(() => answer) } });
    });
    await openMap(page, '#tool=bulk');
    await page.evaluate(() => {
      window.longest = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
      }).observe({ entryTypes: ['longtask'] });
    });
    const text = `编号,地址\n${Array.from({ length: rows }, (_, n) => `${n},某路${n}号`).join('\n')}\n`;
    await page.locator('.bulk-drop input').setInputFiles({ name: 'c.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.getByRole('button', { name: '开始' }).click();
    await page.waitForFunction(() => document.querySelector('.bulk-progress progress')?.value >= 20_000, null, { timeout: 60_000 });
    await page.getByRole('button', { name: '停止' }).click();
    await said.getByText('已停止').waitFor();
    const done = await page.locator('.bulk-progress progress').evaluate((bar) => bar.value);
    assert.ok(done >= 20_000 && done < rows);
    const reading = Math.round(await page.evaluate(() => window.longest));
    await page.getByRole('button', { name: '继续' }).click();
    await said.getByText('已完成').waitFor({ timeout: 60_000 });
    await page.evaluate(() => (window.longest = 0));
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载全部' }).click()]);
    assert.equal((await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n').length, rows + 1);
    const longest = Math.round(await page.evaluate(() => window.longest));
    console.log(`# longest task of the page: ${reading} ms while reading and sending, ${longest} ms while the file was written`);
    assert.ok(longest <= 100, `writing the file stalled the page for ${longest} ms`);
  }));
