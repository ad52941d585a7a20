// Files of addresses and coordinates, looked up from the browser.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import gcoord from 'gcoord';
import { writeXlsx } from 'hucre';
import { onPage, openMap, PHONE, server, shoot, untilIdle } from './browser.mjs';
import { gbk } from './gbk.mjs';

const fetchJson = async (path) => (await fetch(new URL(path, server))).json();
const said = (page) => page.locator('.bulk-progress .sentence');

/** Some addresses of the town, with their codes. */
async function addresses(count) {
  const { features } = await fetchJson(`/ogc/collections/addresses/items?limit=${count}`);
  return features.map(({ properties, geometry }) => ({ ...properties, at: geometry.coordinates }));
}

async function open(page, name, buffer) {
  await openMap(page, '#tool=bulk');
  await page.locator('.bulk-drop input').setInputFiles({ name, mimeType: 'text/csv', buffer });
  await page.getByRole('button', { name: '开始' }).waitFor();
}

const start = (page) => page.getByRole('button', { name: '开始' }).click();

async function save(page, name) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
  return (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
}

test('a file in GBK is read, looked up and given back with what was found', () =>
  onPage({ viewport: { width: 1440, height: 900 } }, async (page) => {
    const some = await addresses(40);
    const texts = some.map(({ text }) => text);
    const headers = { 'content-type': 'application/json' };
    const asked = { method: 'POST', headers, body: JSON.stringify({ texts }) };
    const { answers } = await (await fetch(new URL('/api/geocode', server), asked)).json();
    const text = [
      '编号,地址,备注',
      ...some.map(({ text }, n) => `${n},${text},"逗号,在内"`),
      '90,天涯海角一号,',
      '91,少了一格',
    ].join('\r\n');
    await open(page, '清单.csv', gbk(text));
    assert.equal(await page.getByRole('combobox', { name: '编码' }).inputValue(), 'gb18030');
    assert.equal(await page.getByRole('combobox', { name: '地址列' }).inputValue(), '1');
    assert.match(await page.locator('.bulk-body').textContent(), /1 行的列数与表头不符/);
    await shoot(page, 'bulk-questions');
    const sent = [];
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.postDataJSON()));
    await start(page);
    await said(page).getByText('已完成').waitFor();
    // Only the column that was chosen leaves the browser.
    assert.deepEqual(sent, [{ texts: [...texts, '天涯海角一号'] }]);
    await untilIdle(page);
    await shoot(page, 'bulk-done');

    const [head, ...lines] = await save(page, '下载全部');
    assert.match(head, /^\uFEFF编号,地址,备注,gc_status,gc_level,gc_address_code,/);
    assert.equal(lines.length, some.length + 2);
    some.forEach(({ code, text }, n) => {
      const { status, band } = answers[n];
      assert.ok(lines[n].startsWith(`${n},${text},"逗号,在内",${status},`), lines[n]);
      assert.ok(lines[n].includes(code) && lines[n].includes(`,${band},`), `${lines[n]} has not ${code}`);
    });
    const isOpen = ({ faults }) => faults.some(({ kind }) => kind !== 'missing' && kind !== 'redundant');
    const isWhole = ({ place, unmatched }) => unmatched === '' || place.match_level === 'room';
    const isSure = (answer) => answer.status === 'matched' && answer.band === 'high' && !isOpen(answer) && isWhole(answer);
    const sure = answers.filter(isSure).length;
    assert.ok(sure > some.length / 2);
    assert.match(lines.at(-2), /^90,天涯海角一号,,none,/);
    assert.match(lines.at(-1), /^91,少了一格,,invalid,/);
    const doubtful = await save(page, '下载需核对的');
    assert.equal(doubtful.length, 1 + some.length - sure + 2);

    await page.locator('.bulk-list button').first().click();
    await untilIdle(page);
    await page.locator('.bulk-sums button', { hasText: '未找到' }).click();
    assert.equal(await page.locator('.bulk-list li').count(), 1);
    // The list is painted again, and the reader still stands on the button.
    assert.equal(await page.evaluate(() => document.activeElement.dataset.key), 'sum-none');
    await page.locator('.bulk-sums button', { hasText: '需核对' }).click();
    assert.equal(await page.locator('.bulk-list li').count(), doubtful.length - 1);
    await shoot(page, 'bulk-doubtful');

    await page.getByRole('button', { name: '重选列' }).click();
    await page.getByRole('combobox', { name: '地址列' }).selectOption('2');
    await start(page);
    await said(page).getByText('已完成').waitFor();
    assert.deepEqual(sent.at(-1).texts.slice(0, 2), ['逗号,在内', '逗号,在内']);
  }));

test('an answer that stops above words it does not understand is to be checked, one with a remark behind the room is not', () =>
  onPage({}, async (page) => {
    const texts = (await addresses(400)).map(({ text }) => text);
    const headers = { 'content-type': 'application/json' };
    const ask = async (texts) => {
      const answers = await fetch(new URL('/api/geocode', server), { method: 'POST', headers, body: JSON.stringify({ texts }) });
      return (await answers.json()).answers;
    };
    const found = await ask(texts);
    const at = (level) => found.findIndex(({ band, place, faults }) => band === 'high' && place?.match_level === level && faults.length === 0);
    const asked = [`${texts[at('building')]}张记小店`, `${texts[at('room')]}张记小店`];
    for (const { status, band, faults, unmatched } of await ask(asked))
      assert.deepEqual([status, band, faults, unmatched], ['matched', 'high', [], '张记小店']);
    await open(page, 'a.csv', Buffer.from(`地址\n${asked.join('\n')}\n`));
    await start(page);
    await said(page).getByText('已完成').waitFor();
    assert.match(await page.locator('.bulk-sums button', { hasText: '需核对' }).textContent(), /1$/);
    assert.ok((await save(page, '下载需核对的'))[1].startsWith(`${asked[0]},matched,building,`));
  }));

test('rows are coloured, counted and filtered by a column of the file, and counted by grid', () =>
  onPage({ viewport: { width: 1440, height: 900 } }, async (page) => {
    const some = await addresses(60);
    const sorts = some.map((_, n) => (n % 3 === 0 ? '商铺' : n % 5 === 0 ? '' : '住宅'));
    const rows = some.map(({ text }, n) => `${n},${text},${sorts[n]}`);
    await open(page, '清单.csv', Buffer.from(`编号,地址,类别\n${rows.join('\n')}\n99,天涯海角一号,住宅\n`));
    await start(page);
    await said(page).getByText('已完成').waitFor();
    const columns = page.getByRole('combobox', { name: '按列着色' });
    await columns.selectOption('2');
    const legend = page.locator('.bulk-colouring .bulk-sums button');
    const count = (sort) => sorts.filter((one) => one === sort).length;
    await legend.first().waitFor();
    assert.deepEqual(await legend.allTextContents(), [`住宅${count('住宅') + 1}`, `商铺${count('商铺')}`, `（空）${count('')}`]);
    await untilIdle(page);
    await shoot(page, 'bulk-column');
    await legend.nth(1).click();
    assert.equal(await page.locator('.bulk-list li').count(), count('商铺'));
    assert.equal(await legend.nth(1).getAttribute('aria-pressed'), 'true');
    // A filter by result counts within the legend, and both together choose the rows.
    await page.locator('.bulk-sums button', { hasText: '未找到' }).click();
    assert.deepEqual(await legend.allTextContents(), ['住宅1', '商铺0', '（空）0']);
    assert.equal(await page.locator('.bulk-list li').count(), 0);
    await page.locator('.bulk-sums button', { hasText: '全部' }).click();

    const [head, ...lines] = await save(page, '下载网格计数');
    assert.equal(head, '\uFEFFgrid_code,grid_name,rows,住宅,商铺,（空）');
    assert.equal(lines[0], ',,1,1,0,0', 'rows in no grid');
    const cells = lines.map((line) => line.split(','));
    const sum = (place) => cells.reduce((sum, row) => sum + Number(row[place]), 0);
    assert.deepEqual([2, 3, 4, 5].map(sum), [61, count('住宅') + 1, count('商铺'), count('')]);
    const { properties } = (await fetchJson('/ogc/collections/grids/items?limit=1000')).features.find(
      ({ properties }) => properties.code === cells[1][0],
    );
    assert.equal(cells[1][1], properties.name);

    await columns.selectOption('0');
    await page.locator('.bulk-colouring').getByText('该列有 61 个不同的值：最常见的 8 个分开显示').waitFor();
    assert.match(await legend.last().textContent(), /^其他53$/);
    await columns.selectOption('');
    assert.equal(await legend.count(), 0);
    assert.equal((await save(page, '下载网格计数'))[0], '\uFEFFgrid_code,grid_name,rows');
  }));

test('rows are counted by grid, class and month, and the file comes with the lines of a layer', () =>
  onPage({ viewport: { width: 1440, height: 900 } }, async (page) => {
    const some = await addresses(30);
    const times = ['2026-01-05', '2026/2/5 9:00', '2026年2月7日', '20260308', 'unknown'];
    const rows = some.map(({ text }, n) => `${text},${n % 2 ? '甲' : '乙'},${times[n % times.length]}`);
    await open(page, 'visits.csv', Buffer.from(`地址,"类 ""别""",时间\n${rows.join('\n')}\n`));
    await start(page);
    await said(page).getByText('已完成').waitFor();
    assert.equal(await page.getByRole('button', { name: '下载按月计数' }).count(), 0);
    await page.getByRole('combobox', { name: '按列着色' }).selectOption('1');
    await page.locator('.bulk-colouring .bulk-sums button').first().waitFor();
    await page.getByRole('combobox', { name: '按月统计的时间列' }).selectOption('2');
    const table = page.locator('.bulk-months tr');
    await table.first().waitFor();
    const cells = await table.evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
    const months = [['月份', '全部'], ['（空）', '6'], ['2026年1月', '6'], ['2026年2月', '12'], ['2026年3月', '6']];
    assert.deepEqual(cells.map(([month, all]) => [month, all]), months);
    for (const [, all, ...groups] of cells.slice(1)) assert.equal(Number(all), groups.reduce((sum, n) => sum + Number(n), 0));
    await shoot(page, 'bulk-months');
    const [head, ...lines] = await save(page, '下载按月计数');
    assert.equal(head, '\uFEFFgrid_code,grid_name,class,month,rows');
    const counted = lines.map((line) => line.split(','));
    assert.equal(counted.reduce((sum, row) => sum + Number(row[4]), 0), 30);
    assert.ok(counted.every(([grid, , group, month]) => grid && ['甲', '乙'].includes(group) && /^(2026-0[123])?$/.test(month)));
    const spec = (await save(page, '下载图层说明')).join('\n');
    assert.match(spec, /^\[\[layers\]\]\nid = "visits"\n/);
    for (const text of [
      'path = "visits-批量查址.csv"',
      'at = { address = "gc_address_code", building = "gc_building_code" }',
      'time = "时间"',
      'class = ["类 \\"别\\""]',
    ])
      assert.ok(spec.includes(text), `${text}\n${spec}`);
  }));

test('coordinates in GCJ-02 find their grids, and those that are none are said to be so', () =>
  onPage({}, async (page) => {
    const [{ at: stored }] = await addresses(1);
    const { chain } = await fetchJson(`/api/locate?lng=${stored[0]}&lat=${stored[1]}`);
    const at = gcoord.transform(stored, gcoord.WGS84, gcoord.GCJ02);
    const text = `\uFEFF名称,经度,纬度\n甲,${at[0]},${at[1]}\n乙,0,0\n丙,东,北\n丁,,\n`;
    await open(page, 'points.csv', Buffer.from(text));
    assert.equal(await page.getByRole('combobox', { name: '查询方式' }).inputValue(), 'coordinates');
    await page.getByRole('combobox', { name: '坐标系' }).selectOption('gcj02');
    await start(page);
    await said(page).getByText('已完成').waitFor();
    assert.deepEqual(await save(page, '下载全部'), [
      '\uFEFF名称,经度,纬度,grid_code,error',
      `甲,${at[0]},${at[1]},${chain[0].code},`,
      '乙,0,0,,',
      '丙,东,北,,not a number',
      '丁,,,,not a number',
    ]);
  }));

test('no row is lost, and a row the server refuses spoils no other', () =>
  onPage({}, async (page, complaints) => {
    const [{ at: stored }] = await addresses(1);
    const { chain } = await fetchJson(`/api/locate?lng=${stored[0]}&lat=${stored[1]}`);
    const at = gcoord.transform(stored, gcoord.WGS84, gcoord.BD09);
    // Within the range of degrees, but BD-09 has no such place.
    const text = `\uFEFFx;y;名称\n-180;-90;甲\n;;\n${at[0]};${at[1]};"乙;""丙"""\n`;
    await open(page, 'bd09.csv', Buffer.from(text));
    await page.getByRole('combobox', { name: '坐标系' }).selectOption('bd09');
    await start(page);
    await said(page).getByText('3 / 3 行 · 已完成').waitFor();
    const [, refused, empty, found] = await save(page, '下载全部');
    assert.match(refused, /^-180,-90,甲,,"?point 0.*cannot be read as bd09/);
    assert.equal(empty, ',,,,not a number');
    assert.equal(found, `${at[0]},${at[1]},"乙;""丙""",${chain[0].code},`);
    assert.ok(complaints.length > 0 && complaints.every((text) => /Failed to load resource.*400/.test(text)));
    complaints.length = 0;
  }));

test('a broken line is kept with its fault, and what separates and encodes is found and can be chosen', () =>
  onPage({}, async (page) => {
    const [one, two] = await addresses(2);
    const text = `地址清单\n编号;地址\n1;"${one.text}\n2;${one.text}\n3;"${two.text}"后\n4;${two.text}\n`;
    await open(page, 'a.csv', Buffer.concat([gbk(text), Buffer.from(`5;${two.text}\n`)]));
    assert.equal(await page.getByRole('combobox', { name: '编码' }).inputValue(), 'mixed');
    assert.equal(await page.getByRole('combobox', { name: '分隔符' }).inputValue(), ';');
    const said = await page.locator('.bulk-body').textContent();
    assert.match(said, /表头上方的 1 行标题已跳过/);
    assert.match(said, /2 行的引号或字符有误/);
    await shoot(page, 'bulk-broken');
    await start(page);
    await page.locator('.bulk-progress .sentence').getByText('5 / 5 行 · 已完成').waitFor();
    assert.match(await page.locator('.bulk-list').textContent(), /文件第 3 行：引号未闭合[^]*文件第 5 行：右引号后还有文字/);
    const [head, ...lines] = await save(page, '下载全部');
    assert.match(head, /^\uFEFF编号,地址,gc_status,/);
    assert.equal(lines.length, 5);
    assert.ok(lines[0].startsWith(`"1;""${one.text}",,invalid,`), lines[0]);
    assert.ok(lines[1].startsWith(`2,${one.text},matched,`) && lines[1].includes(one.code), lines[1]);
    assert.ok(lines[2].startsWith(`"3;""${two.text}""后",,invalid,`), lines[2]);
    assert.ok(lines[4].startsWith(`5,${two.text},matched,`), lines[4]);
    await page.getByRole('button', { name: '重选列' }).click();
    await page.getByRole('combobox', { name: '分隔符' }).selectOption('|');
    await page.locator('.bulk-preview th').getByText('地址清单').waitFor();
  }));

test('a run that is stopped while it waits to try again goes on where it was', () =>
  onPage({}, async (page, complaints) => {
    const some = await addresses(3);
    await page.route('**/api/geocode', (route) => route.fulfill({ status: 503, body: '' }));
    await open(page, 'a.csv', Buffer.from(`地址\n${some.map(({ text }) => text).join('\n')}\n`));
    const failed = page.waitForResponse(/api\/geocode/);
    await start(page);
    await failed;
    await page.getByRole('button', { name: '停止' }).click();
    await said(page).getByText('已停止').waitFor();
    await page.unroute('**/api/geocode');
    await page.getByRole('button', { name: '继续' }).click();
    await said(page).getByText('3 / 3 行 · 已完成').waitFor();
    assert.ok(complaints.every((text) => /Failed to load resource/.test(text)));
    complaints.length = 0;
  }));

test('on a phone what is pressed is large enough, in the dark and in English', () =>
  onPage(
    { viewport: PHONE, isMobile: true, hasTouch: true, colorScheme: 'dark', locale: 'en-GB' },
    async (page) => {
      const some = await addresses(8);
      await openMap(page, '#tool=bulk');
      const buffer = Buffer.from(`name,address\n${some.map(({ text }) => `a,${text}`).join('\n')}\nb,nowhere\nc\n`);
      await page.locator('.bulk-drop input').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer });
      await page.getByRole('button', { name: 'Start' }).waitFor();
      await shoot(page, 'bulk-phone-questions');
      await page.getByRole('button', { name: 'Start' }).click();
      await said(page).getByText('Done').waitFor();
      await untilIdle(page);
      await shoot(page, 'bulk-phone');
      for (const button of await page.locator('.bulk button:visible, .bulk select:visible').all()) {
        const { height } = await button.boundingBox();
        assert.ok(height >= 44, `${await button.textContent()}: ${height}`);
      }
      assert.match(await page.locator('.bulk-list li').last().textContent(), /Cells: 1, in the header: 2/);
      await page.locator('.bulk-list button').last().scrollIntoViewIfNeeded();
      await shoot(page, 'bulk-phone-list');
    },
  ));

test('a batch that fails once is sent again; one that keeps failing pauses the run', () =>
  onPage({}, async (page, complaints) => {
    const some = await addresses(5);
    const text = `地址\n${some.map(({ text }) => text).join('\n')}\n`;
    let failures = 1;
    await page.route('**/api/geocode', (route) => {
      failures -= 1;
      return failures >= 0 ? route.fulfill({ status: 503, body: '' }) : route.continue();
    });
    await open(page, 'a.csv', Buffer.from(text));
    await start(page);
    await said(page).getByText('已完成').waitFor();

    failures = 100;
    await page.clock.install();
    await page.locator('.bulk-drop input').setInputFiles({ name: 'b.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.clock.fastForward(100);
    await start(page);
    for (let wait = 0; wait < 20 && !(await said(page).getByText('已暂停').isVisible()); wait += 1) {
      await page.clock.fastForward(1000);
      await new Promise((then) => setTimeout(then, 50));
    }
    await said(page).getByText('已暂停：服务器出错').waitFor();
    failures = 0;
    await page.clock.resume();
    await page.getByRole('button', { name: '继续' }).click();
    await said(page).getByText('已完成').waitFor();
    assert.ok(complaints.every((text) => /Failed to load resource/.test(text)));
    complaints.length = 0;
  }));

test('what is no table is said to be none', () =>
  onPage({}, async (page) => {
    await openMap(page, '#tool=bulk');
    const input = page.locator('.bulk-drop input');
    await input.setInputFiles({ name: 'empty.csv', mimeType: 'text/csv', buffer: Buffer.from('') });
    await page.getByRole('alert').getByText('文件没有数据行').waitFor();
    await input.setInputFiles({ name: 'head.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n') });
    await page.getByRole('alert').getByText('文件没有数据行').waitFor();
    await input.setInputFiles({ name: 'sheet.csv', mimeType: 'text/csv', buffer: Buffer.from('PK\x03\x04\x14\0') });
    await page.getByRole('alert').getByText('看来是压缩包：请解压后选择其中的表格').waitFor();
    await input.setInputFiles({ name: 'list.xlsx', mimeType: '', buffer: Buffer.from('%PDF-1.7\n') });
    await page.getByRole('alert').getByText('看来是 PDF 文档：请从原处导出表格，另存为 xlsx 或 CSV').waitFor();
    await input.setInputFiles({ name: 'list.xls', mimeType: '', buffer: Buffer.from('<html><table>') });
    await page.getByRole('alert').getByText('看来是网页：请在 Excel 或 WPS 中打开').waitFor();
  }));

test('workbooks are read, the sheet can be chosen, and the reader is loaded for them alone', () =>
  onPage({}, async (page) => {
    const [one, two] = await addresses(2);
    const loaded = [];
    page.on('response', (response) => /\/assets\/dist-|hucre/.test(response.url()) && loaded.push(response.url()));
    await open(page, 'a.csv', Buffer.from(`地址\n${one.text}\n`));
    assert.deepEqual(loaded, []);
    const workbook = await writeXlsx({
      sheets: [
        { name: '封面', rows: [] },
        { name: '清单', rows: [['某街道地址清单'], ['编号', '地址'], [440306001001, one.text], [440306001002, '']] },
        { name: '坐标', rows: [['经度', '纬度'], two.at] },
      ],
    });
    await page.locator('.bulk-drop input').setInputFiles({ name: '清单.xlsx', mimeType: '', buffer: Buffer.from(workbook) });
    await page.getByRole('combobox', { name: '工作表' }).waitFor();
    assert.ok(loaded.length > 0);
    assert.equal(await page.getByRole('combobox', { name: '工作表' }).inputValue(), '清单');
    const body = await page.locator('.bulk-body').textContent();
    assert.match(body, /工作簿有 3 张工作表，读取的是“清单”[^]*表头上方的 1 行标题已跳过/);
    await shoot(page, 'bulk-workbook');
    await start(page);
    await said(page).getByText('2 / 2 行 · 已完成').waitFor();
    const [head, found] = await save(page, '下载全部');
    assert.match(head, /^\uFEFF编号,地址,gc_status,/);
    assert.ok(found.startsWith(`440306001001,${one.text},matched,`) && found.includes(one.code), found);
    await page.getByRole('button', { name: '重选列' }).click();
    await page.getByRole('combobox', { name: '工作表' }).selectOption('坐标');
    await page.getByRole('combobox', { name: '经度列' }).waitFor();
    const { chain } = await fetchJson(`/api/locate?lng=${two.at[0]}&lat=${two.at[1]}`);
    await start(page);
    await said(page).getByText('1 / 1 行 · 已完成').waitFor();
    // Spreadsheets have fifteen digits.
    const written = two.at.map((degrees) => Number(degrees.toPrecision(15)));
    assert.equal((await save(page, '下载全部'))[1], `${written.join()},${chain[0].code},`);
    const old = await readFile(new URL('list.xls', import.meta.url));
    await page.locator('.bulk-drop input').setInputFiles({ name: 'list.xls', mimeType: '', buffer: old });
    await page.locator('.bulk-file').getByText('2 行，4 列').waitFor();
  }));

test('a file that is dropped on the map opens the tool', () =>
  onPage({}, async (page) => {
    await openMap(page);
    const [{ text }] = await addresses(1);
    await page.evaluate((bytes) => {
      const files = new DataTransfer();
      files.items.add(new File([Uint8Array.from(bytes)], '名单.csv'));
      document.querySelector('#map').dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }));
    }, [...gbk(`姓名,住址\n甲,${text}\n`)]);
    await page.locator('.bulk-file').getByText('名单.csv').waitFor();
    assert.equal(await page.getByRole('combobox', { name: '编码' }).inputValue(), 'gb18030');
    assert.equal(await page.getByRole('combobox', { name: '地址列' }).inputValue(), '1');
    assert.equal(await page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('tool')), 'bulk');
  }));
