import type { Theme } from '../theme';
import type { Area } from './areas';

export interface ValueClass {
  from: number;
  to: number;
  areas: number;
  colour: string;
}

export interface Classes {
  /** From the smallest value to the greatest; zero is a class of its own. */
  valued: ValueClass[];
  none: number;
}

/** ColorBrewer's YlGnBu, which the colour-blind can tell apart: the greatest values stand out most from the ground. */
const ON_LIGHT = ['#ffffcc', '#c7e9b4', '#7fcdbb', '#41b6c4', '#2c7fb8', '#253494'] as const;
const COLOURS: Record<Theme, readonly string[]> = { light: ON_LIGHT, dark: ON_LIGHT.toReversed() };
const ZERO_COLOUR: Record<Theme, string> = { light: '#e4e6ea', dark: '#3b4353' };
/** How far a bound may lie from the exact quantile to be a round number, as part of a class. */
const TOLERANCE = 0.15;

/** Quantiles between round bounds; fewer where there are few values. Coloured for the theme. */
export function classify(areas: Pick<Area, 'value'>[], theme: Theme): Classes {
  const colours = COLOURS[theme];
  const values = areas.map(({ value }) => value);
  const numbers = values.filter((value) => typeof value === 'number').sort((a, b) => a - b);
  const positive = numbers.filter((number) => number > 0);
  const zeros = numbers.length - positive.length;
  const ranges = rangesOf(positive, zeros > 0 ? colours.length - 1 : colours.length);
  const valued = ranges.map((range, place) => ({ ...range, colour: colourOf(place, ranges.length, colours) }));
  if (zeros > 0) valued.unshift({ from: 0, to: 0, areas: zeros, colour: ZERO_COLOUR[theme] });
  return { valued, none: values.length - numbers.length };
}

/** The same classes with some of the areas in them: of one period, where the classes are those of all. */
export function refill({ valued }: Classes, areas: Area[]): Classes {
  const numbers = areas.map(({ value }) => value).filter((value) => typeof value === 'number');
  return {
    valued: valued.map((range) => ({ ...range, areas: countBetween(numbers, range.from, range.to) })),
    none: areas.length - numbers.length,
  };
}

export function classOf(value: number, { valued }: Classes): ValueClass | undefined {
  return valued.find(({ from, to }) => value >= from && value <= to);
}

/** The ranges that whole numbers, in ascending order, are divided into; each contains at least one. */
function rangesOf(numbers: number[], most: number): Omit<ValueClass, 'colour'>[] {
  const distinct = [...new Set(numbers)];
  const isExact = distinct.length <= most;
  const starts = isExact ? distinct : startsOf(numbers, most);
  const ends = isExact ? distinct : [...starts.slice(1).map((start) => start - 1), numbers.at(-1)!];
  return starts
    .map((from, place) => ({ from, to: ends[place]!, areas: countBetween(numbers, from, ends[place]!) }))
    .filter(({ areas }) => areas > 0);
}

function startsOf(numbers: number[], most: number): number[] {
  const at = (part: number) => numbers[Math.floor((part / most) * numbers.length)]!;
  const starts = [numbers[0]!];
  for (let part = 1; part < most; part += 1) {
    const start = roundest(at(part - TOLERANCE), at(part + TOLERANCE));
    if (start > starts.at(-1)!) starts.push(start);
  }
  return starts;
}

/** The roundest whole number from `low` to `high`. */
function roundest(low: number, high: number): number {
  for (let power = 10 ** Math.floor(Math.log10(high)); power >= 1; power /= 10) {
    for (const step of [5 * power, 2 * power, power]) {
      const candidate = Math.ceil(low / step) * step;
      if (candidate <= high) return candidate;
    }
  }
  return low;
}

function countBetween(numbers: number[], from: number, to: number): number {
  return numbers.filter((number) => number >= from && number <= to).length;
}

/** Few classes are spread over all colours. */
function colourOf(place: number, classes: number, colours: readonly string[]): string {
  const last = colours.length - 1;
  return colours[classes === 1 ? 3 : Math.round((place / (classes - 1)) * last)]!;
}
