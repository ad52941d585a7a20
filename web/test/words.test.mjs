// The words of the page, of both READMEs and of the Chinese book against docs/glossary.md, and the languages against one another. No browser.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { englishIn } from './english.mjs';
import { source } from './source.mjs';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { words } = await source('words/index.ts');
const readme = { en: read('README.md'), zh: read('README.zh-CN.md') };
const chapters = readdirSync(new URL('../../docs/zh/', import.meta.url)).filter((name) => name.endsWith('.md'));
const HAN = /\p{Script=Han}/u;

/** A document without its blocks of code. */
const prose = (text) => text.replace(/^```[^]*?^```/gm, '');

/** What is said to who reads the other language. */
const FOR_OTHERS = ['switchLanguage', 'switchLanguageShort'];

/** The rows of the tables of terms: those of five columns. */
function glossary() {
  const rows = read('docs/glossary.md')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(1, -1).split('|').map((cell) => cell.trim()))
    .filter((cells) => cells.length === 5 && cells[0] !== '中文');
  return rows.map(([zh, en, meaning, not, from]) => ({
    zh,
    en,
    meaning,
    not: not.split(/[、;,]\s*/).filter(Boolean),
    sources: from.split(', '),
  }));
}

const terms = glossary();

/** A text without its terms, of which one may have a word in it that is no term by itself. */
function withoutTerms(text) {
  const longestFirst = terms.map(({ zh }) => zh).toSorted((one, other) => other.length - one.length);
  return longestFirst.reduce((rest, term) => rest.replaceAll(term, ' '), text);
}

/** Which words that are not to be used a text has, with what is used instead. */
function unused(text) {
  const rest = withoutTerms(text);
  const has = (word) => (HAN.test(word) ? rest.includes(word) : new RegExp(`\\b${word}\\b`, 'i').test(rest));
  return terms.flatMap(({ zh, en, not }) => not.filter(has).map((word) => `${word}: ${HAN.test(word) ? zh : en}`));
}

test('every text of the page is there in both languages, with the same values in it', () => {
  assert.deepEqual(Object.keys(words.en).toSorted(), Object.keys(words.zh).toSorted());
  const holes = (text) => text.match(/\{\w+\}/g) ?? [];
  for (const [key, zh] of Object.entries(words.zh)) {
    const en = words.en[key];
    assert.ok(zh.trim() !== '' && en.trim() !== '', key);
    // English does without the level in "12 communities", which has no plural.
    assert.deepEqual(holes(en).filter((hole) => !holes(zh).includes(hole)), [], key);
  }
});

test('no Chinese text has an English word in it, and no English text a Chinese one', () => {
  const own = Object.keys(words.zh).filter((key) => !FOR_OTHERS.includes(key));
  const bare = (text) => text.replace(/\{\w+\}/g, '');
  assert.deepEqual(own.filter((key) => englishIn(bare(words.zh[key])).length > 0), []);
  assert.deepEqual(own.filter((key) => HAN.test(words.en[key])), []);
});

test('every term of the glossary is explained, has its source, and stands there once', () => {
  assert.ok(terms.length > 50, `${terms.length} terms`);
  const known = [...read('docs/glossary.md').matchAll(/^\| (S\d+) \|/gm)].map(([, name]) => name);
  for (const { zh, en, meaning, sources } of terms) {
    assert.ok(zh && en && meaning, `${zh} | ${en} | ${meaning}`);
    for (const from of sources) assert.ok(from === 'own' || known.includes(from), `${zh}: ${from}`);
  }
  assert.deepEqual(known.filter((name) => !terms.some(({ sources }) => sources.includes(name))), []);
  const chinese = terms.map(({ zh }) => zh);
  assert.deepEqual(chinese.filter((term, at) => chinese.indexOf(term) !== at), []);
  assert.deepEqual(terms.flatMap(({ not }) => not.filter((word) => chinese.includes(word))), []);
});

test('page, READMEs and Chinese book use no second word for a thing', () => {
  const said = [...Object.entries(words.zh), ...Object.entries(words.en)].map(([key, text]) => [`the page's ${key}`, text]);
  said.push(['README.md', prose(readme.en)], ['README.zh-CN.md', prose(readme.zh)]);
  said.push(...chapters.map((name) => [name, prose(read(`docs/zh/${name}`)).replace(/`[^`\n]*`/g, '')]));
  const found = said.flatMap(([where, text]) => unused(text).map((word) => `${where}: ${word}`));
  assert.deepEqual(found, []);
});

test('what the page names by one word is a term of the glossary, in both languages', () => {
  const levels = ['city', 'district', 'subdistrict', 'community', 'grid', 'kindBasic', 'kindPolice', 'kindFire', 'kind'];
  const things = ['building', 'address', 'enterprise', 'person', 'people', 'households', 'road', 'estate', 'door_number', 'unit', 'floor', 'room'];
  const links = ['howGiven', 'howSpatial', 'howGeocoded', 'howOverride', 'link-dangling'];
  const tools = ['compare', 'compareLevel', 'compareIndustry', 'quality', 'qualitySources', 'bulk', 'bulkCrs', 'bulkEncoding', 'legend', 'shelf', 'wall', 'code'];
  const known = new Set(terms.map(({ zh, en }) => `${zh} ${en.toLowerCase()}`));
  const keys = [...levels, ...things, ...links, ...tools];
  const strangers = keys.map((key) => `${words.zh[key]} ${words.en[key].toLowerCase()}`).filter((pair) => !known.has(pair));
  assert.deepEqual(strangers, []);
});
