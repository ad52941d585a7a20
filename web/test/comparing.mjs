// The tool that compares areas, as the tests use it.
import { readFile } from 'node:fs/promises';
import { onPage, openMap, server, untilIdle } from './browser.mjs';

export const WIDE = { width: 1440, height: 900 };

/** Runs `visit` where the tool is open. */
export function comparing(options, hash, visit) {
  return onPage({ viewport: WIDE, ...options }, async (page, complaints) => {
    await openMap(page, hash);
    await shown(page);
    await visit(page, complaints);
  });
}

/** Waits until what was chosen is shown and drawn. */
export async function shown(page) {
  await page.locator('.compare:not([aria-busy]) .compare-results:not([hidden])').waitFor();
  await untilIdle(page);
}

export async function fetchStats(query) {
  return (await fetch(new URL(`/api/stats?${query}`, server))).json();
}

export function rows(page) {
  return page.locator('.compare-rows tbody tr:not(.space)');
}

export async function cells(page) {
  return rows(page).evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
}

export async function choose(page, label, value) {
  await page.getByRole('combobox', { name: label }).selectOption(value);
  await shown(page);
}

export function numberOf(text) {
  return Number(text.replaceAll(',', ''));
}

export async function save(page, name) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
  return { name: file.suggestedFilename(), content: await readFile(await file.path()) };
}

/** The lines of a table that was saved. */
export function linesOf({ content }) {
  return content.toString('utf8').slice(1).trimEnd().split('\r\n');
}
