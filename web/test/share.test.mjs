// A link brings another reader to what was seen: the view, what is selected, the tool, the layers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE, afterMoving, card, clickCentre, onPage, openMap, shoot, untilIdle } from './browser.mjs';

const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] };
const box = (page, layer) => page.locator(`.legend li[data-layer="${layer}"] input`);
const parameter = (page, name) => page.evaluate((name) => new URLSearchParams(location.hash.slice(1)).get(name), name);
const pressLink = (page) => page.getByRole('button', { name: '复制链接' }).click();

test('a link keeps view, selection, comparison, layers and the third dimension', () =>
  onPage(CLIPBOARD, async (page) => {
    await openMap(page);
    assert.equal(await parameter(page, 'hide'), null);
    await box(page, 'addresses').uncheck();
    await box(page, 'enterprises').uncheck();
    await box(page, 'density').check();
    assert.equal(await parameter(page, 'show'), 'density');
    await afterMoving(page, () => page.getByRole('button', { name: '三维视角' }).click());
    await page.getByRole('button', { name: '对比' }).click();
    await page.locator('.compare-legend').waitFor();
    await page.locator('.compare select').first().selectOption('enterprises');
    await page.waitForFunction(() => location.hash.includes('by=enterprises'));
    await untilIdle(page);
    await clickCentre(page);
    await card(page, 'location').waitFor();
    await untilIdle(page);
    await pressLink(page);
    await page.getByRole('status').getByText('已复制链接').waitFor({ state: 'attached' });
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(link, page.url());
    const seen = await parameter(page, 'map');
    const at = await parameter(page, 'at');
    await shoot(page, 'share');

    await onPage({}, async (other) => {
      await other.goto(link);
      await card(other, 'location').waitFor();
      await other.locator('.compare-legend').waitFor();
      await untilIdle(other);
      assert.equal(await parameter(other, 'map'), seen);
      assert.equal(seen.split('/').length, 5, `${seen} has no pitch`);
      assert.equal(await parameter(other, 'at'), at);
      assert.match(await parameter(other, 'by'), /^enterprises@/);
      assert.equal(await other.getByRole('button', { name: '平面视角' }).getAttribute('aria-pressed'), 'true');
      assert.equal(await box(other, 'addresses').isChecked(), false);
      assert.equal(await box(other, 'enterprises').isChecked(), false);
      assert.equal(await box(other, 'density').isChecked(), true);
      assert.equal(await box(other, 'buildings').isChecked(), true);
    });
  }));

test('only layers that differ from the style stand in the address, and a changed address changes them', () =>
  onPage({}, async (page) => {
    const asked = [];
    page.on('request', (request) => request.url().includes('/tiles/density/') && asked.push(request.url()));
    await openMap(page, '#hide=buildings,nonsense&show=density');
    assert.ok(asked.length > 0, 'no density was asked for');
    assert.equal(await box(page, 'buildings').isChecked(), false);
    await box(page, 'buildings').check();
    assert.equal(await parameter(page, 'hide'), null);
    await box(page, 'density').uncheck();
    assert.equal(await parameter(page, 'show'), null);
    await page.evaluate(() => (location.hash += '&hide=grids'));
    await page.waitForFunction(() => !document.querySelector('.legend li[data-layer="grids"] input').checked);
  }));

test('where nothing can be copied the link is selected to be copied by hand', () =>
  onPage({ viewport: PHONE }, async (page) => {
    await openMap(page);
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error());
      document.execCommand = () => false;
    });
    await pressLink(page);
    const field = page.getByRole('dialog', { name: '当前画面的链接' }).getByRole('textbox');
    await field.waitFor();
    assert.equal(await field.inputValue(), page.url());
    assert.equal(await page.evaluate(() => getSelection().toString()), page.url());
    await shoot(page, 'share-by-hand');
    await page.keyboard.press('Escape');
    await field.waitFor({ state: 'hidden' });
    assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), '复制链接');
  }));
