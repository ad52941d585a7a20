// What the page may weigh and how long it may take. Sizes fail the test; times depend on the machine and are printed.
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
