import { t, type Word } from './i18n';

const ATTRIBUTE_WORDS: Record<string, Word> = {
  sex: 'compareSex',
  age_band: 'compareAge',
  household_type: 'compareHousehold',
  industry: 'compareIndustry',
  status: 'compareStatus',
};

/** An attribute that this page does not know is called what the source calls it. */
export function attributeText(attribute: string): string {
  const word = Object.hasOwn(ATTRIBUTE_WORDS, attribute) && ATTRIBUTE_WORDS[attribute];
  return word ? t(word) : attribute;
}
