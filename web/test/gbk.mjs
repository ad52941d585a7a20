// Text in GBK, which the browser and Node can read but not write.
import assert from 'node:assert/strict';

const decoder = new TextDecoder('gb18030');
const bytes = new Map();
for (let high = 0x81; high <= 0xfe; high += 1)
  for (let low = 0x40; low <= 0xfe; low += 1) {
    const character = decoder.decode(Uint8Array.of(high, low));
    if (character.length === 1) bytes.set(character, [high, low]);
  }

export const gbk = (text) =>
  Buffer.from([...text].flatMap((one) => (one < '\x80' ? [one.charCodeAt(0)] : (bytes.get(one) ?? assert.fail(one)))));
