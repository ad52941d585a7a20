import type { Attribute, Level } from '../api';
import { attributeText, categoryText } from '../attributes';
import { t, type Word } from '../i18n';
import { areaText, BASIC, comparedKind, isLevel, type AreaLayer } from '../kinds';

export const STATISTICS = ['people', 'buildings', 'addresses', 'enterprises'] as const;

export type Statistic = (typeof STATISTICS)[number];

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
}

const ENTITIES: Partial<Record<Statistic, Attribute['entity']>> = { people: 'person', enterprises: 'enterprise' };
const STATISTIC_WORDS: Record<Statistic, Word> = {
  people: 'people',
  buildings: 'building',
  addresses: 'address',
  enterprises: 'enterprise',
};
/** What is counted, where another number elsewhere could be taken for the same. */
const COUNTED_WORDS: Record<Statistic, Word> = {
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

export function attributesOf(statistic: Statistic, attributes: Attribute[]): Attribute[] {
  return attributes.filter(({ entity }) => entity === ENTITIES[statistic]);
}

/** The attribute that is chosen. */
export function attributeOf({ statistic, attribute }: Choice, attributes: Attribute[]): Attribute | undefined {
  return attributesOf(statistic, attributes).find(({ name }) => name === attribute);
}

/** For instance `person.sex`, as the server is asked. */
export function breakdown({ statistic, attribute }: Choice): string | null {
  return attribute === null ? null : `${ENTITIES[statistic]}.${attribute}`;
}

/** For instance `people.person.sex.女@community.share`, `people@grid.density` or `buildings@police:grid`, as the address says it. */
export function writeChoice(choice: Choice): string {
  const { statistic, kind, level, category, measure } = choice;
  const what = [statistic, breakdown(choice), category].filter((part) => part !== null);
  const of = kind === BASIC ? level : `${kind}:${level}`;
  return `${what.join('.')}@${of}${measure === 'count' ? '' : `.${measure}`}`;
}

/** Reads what `writeChoice` wrote; null for anything else. */
export function readChoice(text: string): Choice | null {
  const at = text.lastIndexOf('@');
  const [area = '', measure] = text.slice(at + 1).split('.');
  const level = area.slice(area.indexOf(':') + 1);
  const [statistic, entity, attribute, ...category] = text.slice(0, at).split('.');
  if (!isStatistic(statistic) || !isLevel(level)) return null;
  const isBroken = attribute !== undefined && entity === ENTITIES[statistic];
  return {
    statistic,
    kind: comparedKind(text.slice(at)) ?? BASIC,
    level,
    attribute: isBroken ? attribute : null,
    category: isBroken && category.length > 0 ? category.join('.') : null,
    measure: measure === 'density' || (measure === 'share' && isBroken) ? measure : 'count',
  };
}

function isStatistic(text: string | undefined): text is Statistic {
  return STATISTICS.some((statistic) => statistic === text);
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

export function statisticText(statistic: Statistic): string {
  return t(STATISTIC_WORDS[statistic]);
}

export function countedText(statistic: Statistic): string {
  return t(COUNTED_WORDS[statistic]);
}

export function measureText(measure: Measure): string {
  return t(MEASURE_WORDS[measure]);
}

/** For instance "居住人口 · 性别：女 · 占比". */
export function choiceText(choice: Choice, attributes: Attribute[]): string {
  const { statistic, category, measure } = choice;
  const attribute = attributeOf(choice, attributes);
  const parts = [statisticText(statistic)];
  if (attribute && category !== null) {
    const words = { attribute: attributeText(attribute), category: categoryText(category, attribute) };
    parts.push(t('comparePart', words));
  }
  if (measure !== 'count') parts.push(measureText(measure));
  return parts.join(' · ');
}

export function titleText(choice: Choice, attributes: Attribute[]): string {
  return `${choiceText(choice, attributes)} · ${areaText(choice)}`;
}
