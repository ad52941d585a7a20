// How the tool for files reads a file: no browser is needed for that.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { writeXlsx } from 'hucre';
import { gbk } from './gbk.mjs';
import { source } from './source.mjs';

const { tableOf } = await source('bulk/table.ts');

const read = (bytes, reading = {}, name = 'a.csv') =>
  tableOf(name, typeof bytes === 'string' ? Buffer.from(bytes) : bytes, reading);

/** The rows as they are kept, a faulty one with its line and fault. */
const outcome = ({ rows, faults }) =>
  rows.map((cells, at) => (faults.has(at) ? `${faults.get(at).line} ${faults.get(at).fault}: ${cells.join('¦')}` : cells.join('¦')));

test('a quote that is not closed, and text behind one that is, cost their line', async () => {
  const cases = [
    ['1,"甲路1号\n2,乙路2号\n3,丙路3号', ['2 open: 1,"甲路1号', '2¦乙路2号', '3¦丙路3号']],
    ['1,"甲路"1号\n2,乙路2号', ['2 behind: 1,"甲路"1号', '2¦乙路2号']],
    // Two quotes that would make one well-formed record of several.
    ['1,"甲路\n2,乙路\n3,丙路"\n4,丁路', ['2 open: 1,"甲路', '2¦乙路', '3¦丙路"', '4¦丁路']],
    // A line end within a cell is no fault, nor an empty line in it, nor a quote within a cell.
    ['1,"甲路\r\n\r\n1号"\r\n2,5"管', ['1¦甲路\r\n\r\n1号', '2¦5"管']],
    ['"1,""a"\n2,""\n3,"",\n""', ['1,"a', '2¦', '3¦¦', '']],
    ['1,"甲路\n1号,"\n2,乙路', ['1¦甲路\n1号,', '2¦乙路']],
    ['1,"甲路\n1号",x\n2,乙路', ['2 open: 1,"甲路', '1号"¦x', '2¦乙路']],
    ['1,甲路\n\n \n2,"', ['1¦甲路', '5 open: 2,"']],
    // The first cell may go on; the last line then looks like a row.
    ['"甲\n乙",1\n2,乙路', ['甲\n乙¦1', '2¦乙路']],
    // Whether a line is the end of a cell or a row cannot be told.
    ['1,"甲路\n1号, 后座"\n2,乙路', ['2 open: 1,"甲路', '3 open: 1号, 后座"', '2¦乙路']],
  ];
  for (const [text, rows] of cases) {
    assert.deepEqual(outcome(await read(`编号,地址\n${text}\n`)), rows, text);
  }
  // A forgotten quote looks ahead a hundred lines and no further.
  const long = Array.from({ length: 300 }, (_, n) => `第${n}行`).join('\n');
  assert.equal((await read(`编号,地址\n1,"开始\n${long}\n"\n`)).rows.length, 302);
});

test('lines that end with CR, and one with LF', async () => {
  assert.deepEqual(outcome(await read('编号,地址\r1,甲路\r2,乙路\n')), ['1¦甲路', '2¦乙路']);
  assert.deepEqual(outcome(await read('编号,地址\r1,"甲\n路"\r2,乙路\r')), ['1¦甲\n路', '2¦乙路']);
});

test('a line that is UTF-8 by chance is what the file is', async () => {
  const bytes = Buffer.concat([gbk('编号,地址\n1,甲路'), Buffer.from('\n'), gbk('2,一路')]);
  assert.deepEqual(outcome(await read(bytes)), ['1¦甲路', '2¦一路']);
});

test('coordinates as people write them', async () => {
  const { readCoordinate, readPoint, decimalPoint } = await source('bulk/degrees.ts');
  for (const text of [
    '114.05', ' 114.05 ', '114°03\'00"E', '114 03 00', '114度3分0秒', '114:03:00', 'E114°3′', '东经114°03′00″', '114°3\'',
    '114º03’00”', '114°03\'00\'\'', '１１４°０３′', '114.05°', '114.05E', '东经114度03分', '114 3', '1.1405e2',
  ]) assert.equal(readCoordinate(text), 114.05, text);
  for (const text of [
    '', 'far', '一一四', '114°75\'00"', '114°03\'75"', '114\'03"00°', '114.5 30', '114 03 00 00', '114,05', 'E', '°', '114°°3', '方',
    'nan', '0x10', 'Infinity',
  ]) assert.equal(readCoordinate(text), null, text);
  assert.equal(readCoordinate('-22°30\''), -22.5);
  assert.equal(readCoordinate('W1 30'), -1.5);
  for (const text of [
    '114.05,22.55', '114.05 22.55', '114.05，22.55', '114.05、22.55', '(114.05,22.55)', '114 03 00 22 33 00', '114°03\'E 22°33\'N',
    'N22°33′,E114°03′', '北纬22度33分，东经114度3分', '22.55N,114.05E', '114° 03\' 00" E 22° 33\' 00" N', '114.05  22.55',
  ]) assert.deepEqual(readPoint(text), [114.05, 22.55], text);
  for (const text of ['', '114.05', '114.05,22.55,3', '114.05,', '22N,23N', '114 03 00 22']) assert.equal(readPoint(text), null, text);
  assert.equal(readCoordinate(decimalPoint('114,05')), 114.05);
});

/** Numbers that look random and are the same every time. */
function* random(seed) {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

test('whatever is broken, every row is there', async () => {
  const dice = random(7);
  const roll = (n) => Math.floor(dice.next().value * n);
  for (let round = 0; round < 400; round += 1) {
    const rows = 1 + roll(60);
    const separator = [',', ';', '\t', '|'][roll(4)];
    const end = ['\n', '\r\n', '\r'][roll(3)];
    const text = [
      ['编号', '地址', '备注'],
      ...Array.from({ length: rows }, (_, n) => [`#${n}#`, `某路${n}号`, roll(3) ? '' : `"在${separator}内"`]),
    ].map((cells) => cells.join(separator)).join(end);
    const damaged = [...(roll(2) ? gbk(text) : Buffer.from(text))];
    const head = damaged.indexOf(end.charCodeAt(0)) + end.length;
    for (let blows = roll(8); blows > 0; blows -= 1) {
      const at = head + roll(damaged.length - head);
      // What separates lines and marks rows stays: the rest may be anything.
      const byte = roll(2) ? 0x22 : [0x80, 0xff, 0x00, 0x41, 0xe4][roll(5)];
      const isSafe = ![0x0a, 0x0d, 0x23].includes(damaged[at]) && !(damaged[at] >= 0x30 && damaged[at] <= 0x39);
      if (isSafe) damaged[at] = byte;
    }
    const table = await read(Uint8Array.from(damaged));
    const whole = table.rows.map((cells) => cells.join(' ')).join(' ');
    for (let n = 0; n < rows; n += 1) assert.ok(whole.includes(`#${n}#`), `round ${round}: row ${n} of ${rows} is lost`);
    const spanned = table.rows.flat().join('').split(/\r\n|\n|\r/).length - 1;
    assert.equal(table.rows.length + spanned, rows, `round ${round}`);
  }
});

test('separators are found in the content, whatever the file is called', async () => {
  for (const separator of [',', ';', '\t', '|']) {
    const lines = ['编号,地址,备注', '1,示例路1号,', '2,示例路2号,"a,b"'];
    const text = lines.map((line) => line.replaceAll(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/g, separator)).join('\n');
    const { delimiter, fields, rows } = await read(text);
    assert.deepEqual([delimiter, fields.length, rows[1][2]], [separator, 3, 'a,b'], text);
  }
  const plain = await read('名字;数;文\n甲;1,5;a,b\n乙;2,5;c,d\n');
  assert.equal(plain.delimiter, ';', 'nothing is named that is looked up: the number of cells decides');
  assert.equal((await read('a\tb\n1\t2\n', {}, 'b.tsv')).delimiter, '\t');
  assert.equal((await read('地址\n示例路1号;2栋\n')).fields.length, 1);
  assert.deepEqual((await read('编号;地址\n1;a\n', { delimiter: '|' })).fields, ['编号;地址']);
});

test('titles above the header are passed over, and nothing else is', async () => {
  const header = '编号,地址\n1,示例路1号\n2,示例路2号\n';
  for (const [titles, text] of [
    [0, header],
    [1, `2024年地址清单\n${header}`],
    [1, `地址清单\n${header}`],
    [1, `地址清单,\n${header}`],
    [1, `地址清单\n${header.replaceAll(',', ';')}`],
    [1, `地址清单\n${header.replaceAll(',', '\t')}`],
    [2, `某市\n填报单位：某街道\n${header}`],
    [0, '编号,地址\n示例,本地地址\n2,示例路2号\n'],
    [0, '编号,,地址\n甲,旧地址,新地址\n2,示例路2号,x\n'],
    [0, '地址\n某处地址\n示例路2号\n'],
  ]) {
    const table = await read(text);
    assert.equal(table.titles, titles, text);
    const spoilt = await read(text.replace('\n1,', '\n1,"'));
    assert.deepEqual([spoilt.titles, spoilt.rows.length], [titles, 2], 'a fault in the first row changes nothing of that');
    assert.ok(table.fields.includes('地址') && table.rows.length === 2, text);
  }
});

test('encodings are found line by line', async () => {
  const text = '编号,地址\n1,示例路1号\n2,锦绣大道38号\n';
  const cases = [
    ['utf-8', Buffer.from(text)],
    ['utf-8', Buffer.from(`\uFEFF${text}`)],
    ['gb18030', gbk(text)],
    ['mixed', Buffer.concat([gbk('编号,地址\n1,示例路1号\n'), Buffer.from('2,锦绣大道38号\n')])],
    ['utf-16le', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['utf-16le', Buffer.from(text, 'utf16le')],
    ['utf-16be', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['utf-16be', Buffer.from(text, 'utf16le').swap16()],
  ];
  for (const [encoding, bytes] of cases) {
    const table = await read(bytes);
    assert.deepEqual([table.encoding, table.fields, table.rows], [encoding, ['编号', '地址'], [['1', '示例路1号'], ['2', '锦绣大道38号']]]);
    assert.equal(table.isPerhapsBig5, false);
  }
  // One byte of a line of UTF-8 is spoilt: the line is faulty, not Chinese of another sort.
  const spoilt = Buffer.from(text);
  spoilt[spoilt.length - 4] = 0xff;
  assert.deepEqual(outcome(await read(spoilt)).map((row) => row.slice(0, 14)), ['1¦示例路1号', '3 characters: ']);
  // 編號,地址 / 示範路…
  const big5 = Buffer.from([
    ...[0xbd, 0x73, 0xb8, 0xb9, 0x2c, 0xa6, 0x61, 0xa7, 0x7d, 0x0a],
    ...[0x31, 0x2c, 0xa5, 0x78, 0xa5, 0x5f, 0xa5, 0xab, 0xa4, 0xa4, 0xa4, 0x73, 0xb8, 0xf4, 0x0a],
  ]);
  const doubted = await read(big5);
  assert.deepEqual([doubted.encoding, doubted.isPerhapsBig5, doubted.rows.length], ['gb18030', true, 1]);
  const settled = await read(big5, { encoding: 'big5' });
  assert.deepEqual([settled.fields, settled.rows, settled.isPerhapsBig5], [['編號', '地址'], [['1', '台北市中山路']], false]);
});

test('a million rows are read', async () => {
  const rows = 1_000_000;
  const thousand = gbk(Array.from({ length: 1000 }, (_, n) => `${n},示例路${n}号\n`).join(''));
  const table = await read(Buffer.concat([gbk('编号,地址\n'), ...Array(rows / 1000).fill(thousand)]));
  assert.equal(table.rows.length, rows);
  assert.deepEqual(table.rows.at(-1), ['999', '示例路999号']);
});

test('what Excel saves as Unicode text is read', async () => {
  const text = '某区清单\r\n编号\t地址\t备注\r\n1\t示例路1号\t"甲\n乙"\r\n2\t示例路2号\t"""丙"""\r\n';
  const words = '地址\t备注\r\n锦绣大道三十八号二栋东面\t从前是某某某某某某某某的宿舍\r\n'.repeat(20);
  const little = (text) => Buffer.from(text, 'utf16le');
  for (const [encoding, wide] of [['utf-16le', little], ['utf-16be', (text) => little(text).swap16()]]) {
    for (const mark of ['\uFEFF', '']) {
      const { delimiter, titles, rows, ...table } = await read(wide(mark + text), {}, 'a.txt');
      assert.deepEqual([table.encoding, delimiter, titles, rows], [encoding, '\t', 1, [['1', '示例路1号', '甲\n乙'], ['2', '示例路2号', '"丙"']]]);
      // Hardly a character of one byte is in it.
      assert.deepEqual((await read(wide(mark + words), {}, 'a.txt')).fields, ['地址', '备注'], encoding + mark);
    }
  }
});

test('the first sheet with rows is read, below its titles, as a person sees its cells', async () => {
  const day = new Date(Date.UTC(2024, 2, 5));
  const bytes = await writeXlsx({
    sheets: [
      { name: '封面', rows: [] },
      { name: '说明', hidden: true, rows: [['地址'], ['不看']] },
      {
        name: '清单',
        rows: [
          ['某区地址清单'],
          ['编号', '地址', '经度', '日期', '编码', '有效', null],
          [1, '示例路1号', 114.05 + 1e-14, day, 440306001001, true, null],
          [],
          [2.0, '示例路2号', 0.0000015, new Date(day.getTime() + 8.5 * 3600_000), 4.403060010010001e24, false, null],
          [3, null, null, null, null, null, null],
        ],
      },
      { name: '另一张', rows: [['编号', '住址'], ['9', '示例路9号']] },
    ],
  });
  const { workbook, titles, fields, rows, encoding, uneven } = await read(bytes, {}, 'a.csv');
  assert.deepEqual(workbook, { sheet: '清单', sheets: ['封面', '清单', '另一张'], rounded: 1 });
  assert.deepEqual([titles, encoding, uneven, fields], [1, null, 0, ['编号', '地址', '经度', '日期', '编码', '有效']]);
  assert.deepEqual(rows, [
    ['1', '示例路1号', '114.05', '2024-03-05', '440306001001', 'TRUE'],
    ['2', '示例路2号', '0.0000015', '2024-03-05 08:30', '4403060010010000000000000', 'FALSE'],
    ['3', '', '', '', '', ''],
  ]);
  const other = await read(bytes, { sheet: '另一张' });
  assert.deepEqual([other.workbook.sheet, other.workbook.sheets.length, other.rows], ['另一张', 3, [['9', '示例路9号']]]);
});

test('leading zeros that a format shows are there', async () => {
  const cells = new Map([['1,0', { value: 7, style: { numFmt: '000000' } }], ['1,1', { value: 7.5, style: { numFmt: '0.00' } }]]);
  const bytes = await writeXlsx({ sheets: [{ name: 'a', rows: [['编号', '地址'], [7, 7.5]], cells }] });
  assert.deepEqual((await read(bytes)).rows, [['000007', '7.5']]);
});

test('a workbook of Excel 97 is read', async () => {
  const { workbook, titles, fields, rows } = await read(await readFile(new URL('list.xls', import.meta.url)), {}, 'list.xls');
  assert.deepEqual(workbook, { sheet: '清单', sheets: ['空', '清单'], rounded: 0 });
  assert.deepEqual([titles, fields], [1, ['编号', '地址', '日期', '编码']]);
  assert.deepEqual(rows, [
    ['1', '示例路1号', '2024-03-05', '440306001001'],
    ['2', '示例路2号, "甲"', '', '440306001002'],
  ]);
});

test('a workbook that unpacks to more than there is room for, or says not to how much, is not unpacked', async () => {
  const bytes = Buffer.from(await writeXlsx({ sheets: [{ name: 'a', rows: [['地址'], ['示例路1号']] }] }));
  for (const size of [0x7fffffff, 0, 0xffffffff]) {
    const bomb = Buffer.from(bytes);
    const name = bomb.lastIndexOf('xl/worksheets/sheet1.xml');
    bomb.writeUInt32LE(size, name - 46 + 24);
    await assert.rejects(read(bomb), { kind: 'large' }, String(size));
  }
  // The directory lies: the reader goes no further than it says.
  const bomb = Buffer.from(bytes);
  bomb.writeUInt32LE(10, bomb.lastIndexOf('xl/worksheets/sheet1.xml') - 46 + 24);
  await assert.rejects(read(bomb), ({ kind, cause }) => kind === 'damaged' && /exceeds limit of 10 bytes/.test(cause.message));
});

test('what is no table is named, whatever it is called', async () => {
  const zip = (...names) => storedZip(names);
  const compound = (name) => {
    const bytes = Buffer.alloc(2048);
    bytes.write('d0cf11e0a1b11ae1', 'hex');
    bytes.write(name, 1024, 'utf16le');
    return bytes;
  };
  const files = [
    ['pdf', Buffer.from('%PDF-1.7\n')],
    ['picture', Buffer.from('89504e470d0a1a0a', 'hex')],
    ['picture', Buffer.from('ffd8ffe000104a464946', 'hex')],
    ['word', zip('[Content_Types].xml', 'word/document.xml')],
    ['word', compound('WordDocument')],
    ['slides', zip('[Content_Types].xml', 'ppt/presentation.xml')],
    ['openDocument', zip('mimetype', 'content.xml')],
    ['binaryWorkbook', zip('xl/workbook.bin')],
    ['encrypted', compound('EncryptedPackage')],
    ['oldOffice', compound('Other')],
    ['xmlWorkbook', '<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'],
    ['webPage', '<html><table><tr><td>地址</td></tr></table>', 'a.xls'],
    ['webPage', '\uFEFF\n<!DOCTYPE html>\n'],
    ['json', '{"type": "FeatureCollection"}'],
    ['json', '[\n {"地址": "示例路1号"}]'],
    ['xml', '<?xml version="1.0"?><kml/>'],
    ['shapefile', Buffer.from('0000270a00000000', 'hex'), 'a.shp'],
    ['shapefile', Buffer.concat([Buffer.from('037c0101', 'hex'), Buffer.alloc(60)]), 'a.dbf'],
    ['shapefile', zip('a.shp', 'a.dbf')],
    ['geodatabase', zip('a.gdb/a00000001.gdbtable')],
    ['geodatabase', Buffer.alloc(40), 'a00000001.gdbtable'],
    ['database', Buffer.from('SQLite format 3\0')],
    ['drawing', Buffer.from('AC1032\0\0\0\0\0'), 'a.dwg'],
    ['archive', zip('a.csv')],
    ['archive', Buffer.from('PK\x03\x04\x14\0')],
    ['archive', Buffer.from('Rar!')],
    ['binary', Buffer.from(Array.from({ length: 999 }, (_, n) => (n * 7) % 256))],
  ];
  for (const [kind, bytes, name] of files)
    await assert.rejects(read(bytes, {}, name ?? 'a.csv'), { kind }, kind);
  // A few bytes that no text has make no other thing of a table.
  assert.equal((await read('编号,地址\n1,示例\0路1号\n2,[1]号\n')).rows.length, 2);
});

test('rows are grouped by the commonest values of a column, and counted by grid', async () => {
  const { Desk } = await source('bulk/desk.ts');
  const desk = new Desk();
  const rows = Array.from({ length: 100 }, (_, n) => `${n},${n < 40 ? ' 甲 ' : n < 60 ? '' : `丙${Math.floor(n / 4)}`}`);
  const head = await desk.read(new File([`编号,类别\n${rows.join('\n')}\n`], 'a.csv'), {});
  assert.deepEqual([head.count, head.faulty, head.preview.length, head.rows], [100, 0, 5, undefined]);
  const { values, distinct, groups } = desk.group(1);
  assert.deepEqual([values.slice(0, 3), values.length, distinct], [['甲', '', '丙15'], 8, 12]);
  assert.deepEqual([groups[0], groups[50], groups[60], groups[99]], [0, 1, 2, 8]);
  desk.begin({ mode: 'address', address: 0, lng: 0, lat: 0, crs: 'cgcs2000' });
  desk.keep([0, 50, 99, 60], ['', '', '', ''], ['b', 'a', 'b', '']);
  assert.deepEqual(desk.byGrid(), [
    { grid: '', rows: 1, groups: [0, 0, 1, 0, 0, 0, 0, 0, 0] },
    { grid: 'a', rows: 1, groups: [0, 1, 0, 0, 0, 0, 0, 0, 0] },
    { grid: 'b', rows: 2, groups: [1, 0, 0, 0, 0, 0, 0, 0, 1] },
  ]);
  desk.group(null);
  assert.deepEqual(desk.byGrid().at(-1), { grid: 'b', rows: 2, groups: [] });
  desk.begin({ mode: 'address', address: 0, lng: 0, lat: 0, crs: 'cgcs2000' });
  assert.deepEqual(desk.byGrid(), []);
});

/** An archive of empty files. */
function storedZip(names) {
  const parts = names.map((name) => {
    const header = Buffer.alloc(30);
    header.write('PK\x03\x04');
    header.writeUInt16LE(name.length, 26);
    return Buffer.concat([header, Buffer.from(name)]);
  });
  const directory = names.map((name) => {
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02');
    entry.writeUInt16LE(name.length, 28);
    return Buffer.concat([entry, Buffer.from(name)]);
  });
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(names.length, 10);
  end.writeUInt32LE(parts.reduce((sum, { length }) => sum + length, 0), 16);
  return Buffer.concat([...parts, ...directory, end]);
}
