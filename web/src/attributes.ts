import { OTHER, type Attribute } from './api';
import { t, titleOf, type Word } from './i18n';

const ATTRIBUTE_WORDS: Record<string, Word> = {
  sex: 'compareSex',
  age_band: 'compareAge',
  household_type: 'compareHousehold',
  industry: 'compareIndustry',
  status: 'compareStatus',
};

/** What the plate calls an attribute in the reader's language, else what this page does, else its name. */
export function attributeText({ name, titles }: Pick<Attribute, 'name' | 'titles'>): string {
  const word = Object.hasOwn(ATTRIBUTE_WORDS, name) && ATTRIBUTE_WORDS[name];
  return titleOf(titles) ?? (word ? t(word) : name);
}

/** What the plate calls a category in the reader's language, else the category itself. */
export function categoryText(category: string, attribute: (Pick<Attribute, 'titles'> & { entity?: Attribute['entity'] }) | undefined): string {
  if (category === '') return t('compareUnsaid');
  const titles = attribute?.titles.categories ?? {};
  const own = Object.hasOwn(titles, category) && titleOf(titles[category]);
  if (own) return own;
  return category === OTHER && attribute?.entity === 'person' ? t('otherPeople') : category;
}
