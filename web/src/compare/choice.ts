import type { Attribute } from '../api';
import { nameOf, t, type Word } from '../i18n';
import { AREA_LAYERS, type AreaLevel } from '../plate';

export const STATISTICS = ['people', 'buildings', 'addresses', 'enterprises'] as const;

export type Statistic = (typeof STATISTICS)[number];

export interface Choice {
  statistic: Statistic;
  level: AreaLevel;
  /** What the statistic is broken down by; the category is null until the server has said which there are. */
  attribute: string | null;
  category: string | null;
  /** Whether the value is the part of the whole instead of a count. */
  share: boolean;
}

const ENTITIES: Partial<Record<Statistic, Attribute['entity']>> = { people: 'person', enterprises: 'enterprise' };
const STATISTIC_WORDS: Record<Statistic, Word> = {
  people: 'people',
  buildings: 'building',
  addresses: 'address',
  enterprises: 'enterprise',
};
const ATTRIBUTE_WORDS: Record<string, Word> = {
  sex: 'compareSex',
  age_band: 'compareAge',
  household_type: 'compareHousehold',
  industry: 'compareIndustry',
  status: 'compareStatus',
};

export function attributesOf(statistic: Statistic, attributes: Attribute[]): string[] {
  return attributes.filter(({ entity }) => entity === ENTITIES[statistic]).map(({ name }) => name);
}

/** For instance `person.sex`, as the server is asked. */
export function breakdown({ statistic, attribute }: Choice): string | null {
  return attribute === null ? null : `${ENTITIES[statistic]}.${attribute}`;
}

/** For instance `people.person.sex.女@community.share`, as the address says it. */
export function writeChoice(choice: Choice): string {
  const { statistic, level, category, share } = choice;
  const what = [statistic, breakdown(choice), category].filter((part) => part !== null);
  return `${what.join('.')}@${level}${share ? '.share' : ''}`;
}

/** Reads what `writeChoice` wrote; null for anything else. */
export function readChoice(text: string): Choice | null {
  const at = text.lastIndexOf('@');
  const [level, measure] = text.slice(at + 1).split('.');
  const [statistic, entity, attribute, ...category] = text.slice(0, at).split('.');
  if (!isStatistic(statistic) || !isAreaLevel(level)) return null;
  const isBroken = attribute !== undefined && entity === ENTITIES[statistic];
  return {
    statistic,
    level,
    attribute: isBroken ? attribute : null,
    category: isBroken && category.length > 0 ? category.join('.') : null,
    share: isBroken && measure === 'share',
  };
}

function isStatistic(text: string | undefined): text is Statistic {
  return STATISTICS.some((statistic) => statistic === text);
}

function isAreaLevel(text: string | undefined): text is AreaLevel {
  return text !== undefined && Object.hasOwn(AREA_LAYERS, text);
}

export function statisticText(statistic: Statistic): string {
  return t(STATISTIC_WORDS[statistic]);
}

export function attributeText(attribute: string): string {
  const word = Object.hasOwn(ATTRIBUTE_WORDS, attribute) && ATTRIBUTE_WORDS[attribute];
  return word ? t(word) : attribute;
}

export function categoryText(category: string): string {
  return category || t('compareUnsaid');
}

/** For instance "居住人口 · 性别：女 · 占比". */
export function choiceText({ statistic, attribute, category, share }: Choice): string {
  const parts = [statisticText(statistic)];
  if (attribute !== null && category !== null)
    parts.push(t('comparePart', { attribute: attributeText(attribute), category: categoryText(category) }));
  if (share) parts.push(t('compareShare'));
  return parts.join(' · ');
}

export function titleText(choice: Choice): string {
  return `${choiceText(choice)} · ${nameOf(choice.level)}`;
}
