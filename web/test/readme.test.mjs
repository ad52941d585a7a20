// README.md and README.zh-CN.md against one another. No browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const readme = { en: read('README.md'), zh: read('README.zh-CN.md') };

/** A document without its blocks of code. */
const prose = (text) => text.replace(/^```[^]*?^```/gm, '');

/** Blocks of code: what they are in, and their lines without comments, which are in the reader's language, but for options. */
function blocks(text) {
  const comment = /\s+(#|\/\/)\s.*$/;
  const options = (line) => (comment.exec(line)?.[0].match(/--\w[\w-]*/g) ?? []).join(' ');
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```/gm)].map(([, language, code]) => ({
    language,
    lines: code.split('\n').map((line) => [line.replace(comment, ''), comment.test(line), options(line)]),
  }));
}

const spans = (text) => [...prose(text).matchAll(/`[^`\n]+`/g)].map(([span]) => span).toSorted();
/** Where links lead; a chapter that there is in Chinese is the same chapter. */
const targets = (text) =>
  [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target.replace('docs/zh/', 'docs/')).filter((target) => !/^README/.test(target));
const headings = (text) => [...prose(text).matchAll(/^(#+) /gm)].map(([, depth]) => depth);

/** Numbers, however they are grouped: 12 M and 1200 万 are one. Those in names, such as WGS84 and GCJ-02, are none. */
function figures(text) {
  const units = { M: 1e6, 万: 1e4, 亿: 1e8 };
  const found = [...text.matchAll(/(?<![\w.,:/-])(\d[\d,]*(?:\.\d+)?)(?:\s*(M\b|万|亿))?/g)];
  const values = found.map(([, digits, unit]) => Number(digits.replaceAll(',', '')) * (units[unit] ?? 1));
  return values.map((value) => Math.round(value * 1000) / 1000).toSorted((one, other) => one - other);
}

test('both READMEs have the same commands, headings, pictures, links, names and figures', () => {
  assert.deepEqual(blocks(readme.zh), blocks(readme.en));
  assert.ok(blocks(readme.en).length > 5);
  assert.deepEqual(headings(readme.zh), headings(readme.en));
  assert.deepEqual(targets(readme.zh).toSorted(), targets(readme.en).toSorted());
  assert.deepEqual(spans(readme.zh), spans(readme.en));
  assert.deepEqual(figures(readme.zh), figures(readme.en));
});

test('the READMEs lead to one another', () => {
  assert.match(readme.en.split('\n').slice(0, 5).join('\n'), /\]\(README\.zh-CN\.md\)/);
  assert.match(readme.zh.split('\n').slice(0, 5).join('\n'), /\]\(README\.md\)/);
});
