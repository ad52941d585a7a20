import type { Stats } from '../api';
import { theme } from '../theme';
import { areasOf, type Area, type Value } from './areas';
import { breakdown, layerIdOf, type Choice, type Measure } from './choice';
import { classify, refill, type Classes } from './classes';
import { isWithin, spanOf, spanOfBin, WHOLE } from './periods';
import { binOf, countsWithin, type Records } from './records';

/** What the server answered to a choice. */
export interface Answer {
  question: string;
  /** What is in the areas, and what was asked for it. */
  stats: Stats;
  totalsQuestion: string;
  /** Of a layer with classes or times. */
  records: Records | null;
}

/** An answer as it is shown. */
export interface Shown extends Answer {
  areas: Area[];
  classes: Classes;
}

/** What the server is asked of the areas, of what is chosen. */
export function totalsQuestionOf(choice: Choice): string {
  return JSON.stringify([choice.kind, choice.level, breakdown(choice)]);
}

/** What the server is asked in all. */
export function questionOf(choice: Choice): string {
  return JSON.stringify([totalsQuestionOf(choice), layerIdOf(choice), choice.class]);
}

/** The choice as far as the answer has it: the category is one of those, and the span begins and ends with their periods. */
export function answered(choice: Choice, { stats, records }: Answer): Choice {
  const { categories = [] } = stats;
  const { category, span } = choice;
  const isKnown = breakdown(choice) === null || categories.includes(category ?? '');
  const periods = records?.periods ?? [];
  return {
    ...choice,
    category: isKnown ? category : (categories[0] ?? ''),
    span: periods.length === 0 ? WHOLE : spanOf(periods.filter((period) => isWithin(period, span)), periods),
  };
}

/** The areas with the colours of their classes, which are those of all bars of the chart where one of them is chosen: so they can be compared. */
export function shownOf(answer: Answer, choice: Choice): Shown {
  const { stats, records } = answer;
  const areas = areasOf(stats, choice, records && countsWithin(records, choice.span));
  const isBar = records !== null && binOf(records, choice.span) !== undefined;
  const classes = isBar ? refill(classify(pooled(answer, records, choice), theme()), areas) : classify(areas, theme());
  return { ...answer, areas, classes };
}

interface Pool {
  records: Records;
  measure: Measure;
  values: { value: Value }[];
}

/** The values of the last records that were asked for: to play goes through them a step a second. */
let pool: Pool | null = null;

/** The values that the areas have in all bars of the chart. */
function pooled({ stats }: Answer, records: Records, choice: Choice): Pool['values'] {
  const { measure } = choice;
  if (pool?.records !== records || pool.measure !== measure) {
    const values = records.bins.flatMap((bin) => areasOf(stats, choice, countsWithin(records, spanOfBin(bin))));
    pool = { records, measure, values: values.map(({ value }) => ({ value })) };
  }
  return pool.values;
}
