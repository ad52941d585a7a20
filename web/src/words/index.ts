import * as bulk from './bulk';
import * as compare from './compare';
import * as page from './page';
import * as quality from './quality';
import * as shelf from './shelf';

/** Every sentence of the page, in both languages. Chinese comes first: it defines which keys exist. */
const zh = { ...page.zh, ...shelf.zh, ...compare.zh, ...quality.zh, ...bulk.zh };

export type Word = keyof typeof zh;

const en: Record<Word, string> = { ...page.en, ...shelf.en, ...compare.en, ...quality.en, ...bulk.en };

export const words = { zh, en };
export type Language = keyof typeof words;
