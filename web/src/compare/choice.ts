import type { Address } from '../address';
import type { Attribute, Countable, Level, RecordLayer } from '../api';
import { attributeText, categoryText } from '../attributes';
import { t, type Word } from '../i18n';
import { areaText, BASIC, comparedKind, isLevel, type AreaLayer } from '../kinds';
import { layerText } from '../records';
import { classText } from './record-classes';
import { isPeriod, spanText, WHOLE, type Span } from './periods';

/** What every plate counts. */
export const STATISTICS = ['people', 'buildings', 'addresses', 'enterprises'] as const;

type Basic = (typeof STATISTICS)[number];

/** One of `STATISTICS`, or the id of a layer of records. */
export type Statistic = string;

/** What a value is: a count, its part of the whole, or how many there are on a square kilometre. */
export const MEASURES = ['count', 'share', 'density'] as const;

export type Measure = (typeof MEASURES)[number];

export interface Choice {
  statistic: Statistic;
  kind: string;
  level: Level;
  /** What the statistic is broken down by; the category is null until the server has said which there are. */
  attribute: string | null;
  category: string | null;
  measure: Measure;
  /** Of a layer of records, which class: its names from the top down, joined by `/`; all where it is null. */
  class: string | null;
  /** Of a dated layer, which periods. */
  span: Span;
}

/** What the address says of a choice. */
export type Addressed = Pick<Address, 'by' | 'class' | 'from' | 'to'>;

const LAYER_ID = /^[a-z][a-z0-9_-]*$/;
const ENTITIES: Partial<Record<Basic, Attribute['entity']>> = { people: 'person', enterprises: 'enterprise' };
const STATISTIC_WORDS: Record<Basic, Word> = {
  people: 'people',
  buildings: 'building',
  addresses: 'address',
  enterprises: 'enterprise',
};
/** What is counted, where another number elsewhere could be taken for the same. */
const COUNTED_WORDS: Record<Basic, Word> = {
  people: 'compareCountedPeople',
  buildings: 'compareCountedBuildings',
  addresses: 'compareCountedAddresses',
  enterprises: 'compareCountedEnterprises',
};
const MEASURE_WORDS: Record<Measure, Word> = {
  count: 'compareCount',
  share: 'compareShare',
  density: 'compareDensity',
};

function isBasic(statistic: Statistic): statistic is Basic {
  return STATISTICS.some((basic) => basic === statistic);
}

/** The id of the layer of records that is counted, if it is one. */
export function layerIdOf({ statistic }: Pick<Choice, 'statistic'>): string | null {
  return isBasic(statistic) ? null : statistic;
}

export function layerOf(choice: Choice, { layers }: Countable): RecordLayer | undefined {
  const id = layerIdOf(choice);
  return layers.find((layer) => layer.id === id);
}

/** What stands before the name of an attribute where it is asked for. */
function ownerOf(statistic: Statistic): string | undefined {
  return isBasic(statistic) ? ENTITIES[statistic] : statistic;
}

export function attributesOf(statistic: Statistic, { attributes }: Countable): Attribute[] {
  const owner = ownerOf(statistic);
  return attributes.filter(({ entity, layer }) => (isBasic(statistic) ? entity : layer) === owner);
}

/** The attribute that is chosen. */
export function attributeOf({ statistic, attribute }: Choice, countable: Countable): Attribute | undefined {
  return attributesOf(statistic, countable).find(({ name }) => name === attribute);
}

/** For instance `person.sex`, as the server is asked. */
export function breakdown({ statistic, attribute }: Choice): string | null {
  return attribute === null ? null : `${ownerOf(statistic)}.${attribute}`;
}

/**
 * As the address says it, for instance by `people.person.sex.女@community.share`, `people@grid.density`, `buildings@police:grid`, or
 * `hotline@grid` with a class and a span of its own.
 */
export function writeChoice(choice: Choice): Record<keyof Addressed, string | null> {
  const { statistic, kind, level, category, measure, span } = choice;
  const what = [statistic, breakdown(choice), category].filter((part) => part !== null);
  const of = kind === BASIC ? level : `${kind}:${level}`;
  const by = `${what.join('.')}@${of}${measure === 'count' ? '' : `.${measure}`}`;
  return { by, class: choice.class, ...span };
}

/** Reads what `writeChoice` wrote; null for anything else. */
export function readChoice({ by: text = '', class: path, from, to }: Addressed): Choice | null {
  const at = text.lastIndexOf('@');
  const [area = '', measure] = text.slice(at + 1).split('.');
  const level = area.slice(area.indexOf(':') + 1);
  const [statistic = '', entity, attribute, ...category] = text.slice(0, at).split('.');
  if (!LAYER_ID.test(statistic) || !isLevel(level)) return null;
  const isBroken = attribute !== undefined && entity === ownerOf(statistic);
  const hasParts = layerIdOf({ statistic }) !== null && !isBroken;
  return {
    statistic,
    kind: comparedKind(text.slice(at)) ?? BASIC,
    level,
    attribute: isBroken ? attribute : null,
    category: isBroken && category.length > 0 ? category.join('.') : null,
    measure: measure === 'density' || (measure === 'share' && isBroken) ? measure : 'count',
    class: (hasParts && path) || null,
    span: hasParts ? { from: isPeriod(from) ? from : null, to: isPeriod(to) ? to : null } : WHOLE,
  };
}

/** The choice without what the plate does not have. */
export function known(choice: Choice, countable: Countable): Choice {
  const isKnown = isBasic(choice.statistic) || layerOf(choice, countable) !== undefined;
  const statistic = isKnown ? choice.statistic : STATISTICS[0];
  const isBroken = attributeOf({ ...choice, statistic }, countable) !== undefined;
  const parts = isKnown ? { class: choice.class, span: choice.span } : { class: null, span: WHOLE };
  return { ...choice, statistic, ...parts, ...(!isBroken && { attribute: null, category: null, measure: measureOf(choice) }) };
}

/** A choice that there is: a kind has levels of its own. */
export function among(choice: Choice, areas: AreaLayer[]): Choice {
  const levels = areas.filter(({ kind }) => kind === choice.kind).map(({ level }) => level);
  return levels.includes(choice.level) ? choice : { ...choice, level: levels.at(-1) ?? choice.level };
}

/** What is left of the measure where nothing is broken down: there is no part of a whole. */
export function measureOf({ measure }: Pick<Choice, 'measure'>): Measure {
  return measure === 'share' ? 'count' : measure;
}

export function statisticText(statistic: Statistic, layers: RecordLayer[]): string {
  return isBasic(statistic) ? t(STATISTIC_WORDS[statistic]) : layerText(statistic, layers);
}

export function countedText(statistic: Statistic): string {
  return t(isBasic(statistic) ? COUNTED_WORDS[statistic] : 'compareCountedRecords');
}

export function measureText(measure: Measure): string {
  return t(MEASURE_WORDS[measure]);
}

/** For instance "居住人口 · 性别：女 · 占比", or "工单 · 交通出行 › 停车管理 · 2026年1月". */
export function choiceText(choice: Choice, countable: Countable): string {
  const { statistic, category, measure, span } = choice;
  const attribute = attributeOf(choice, countable);
  const parts = [statisticText(statistic, countable.layers)];
  if (attribute && category !== null) {
    const words = { attribute: attributeText(attribute), category: categoryText(category, attribute) };
    parts.push(t('comparePart', words));
  }
  if (choice.class !== null) parts.push(classText(choice.class));
  const text = spanText(span);
  if (text !== null) parts.push(text);
  if (measure !== 'count') parts.push(measureText(measure));
  return parts.join(' · ');
}

export function titleText(choice: Choice, countable: Countable): string {
  return `${choiceText(choice, countable)} · ${areaText(choice)}`;
}
