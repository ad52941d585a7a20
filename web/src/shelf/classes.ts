import type { Counts } from './counts';
import { CLASS_COLOURS, REST_COLOUR } from './palette';

/** The class of records that have none; no class has this name. */
export const UNSAID = '';
/** All classes for which there is no colour, together. */
export const REST = '*';

/** A highest class of a layer as the map draws it. */
export interface ColouredClass {
  /** As records have it; `REST` stands for all without a colour, `UNSAID` for none. */
  name: string;
  colour: string;
  /** How many records are of it; null while that is not known. */
  count: number | null;
  isOn: boolean;
}

/** How the classes of a layer are to be drawn. */
interface Wanted {
  off: ReadonlySet<string>;
  unsaidColour: string;
  /** How many colours other layers have taken: classes of two layers share one only where there are no more. */
  taken: number;
}

/** The classes of a layer: a colour each for those with most records in `all`, whatever is counted `now`; the rest come last. */
export function colouredClasses(all: Counts, now: Counts | null, { off, unsaidColour, taken }: Wanted): ColouredClass[] {
  const named = [...all].filter(([name, count]) => name !== UNSAID && count > 0).toSorted(([, one], [, other]) => other - one);
  const coloured = named.slice(0, CLASS_COLOURS.length);
  const countOf = (name: string) => now && (now.get(name) ?? 0);
  const made = (name: string, colour: string, count: number | null) => ({ name, colour, count, isOn: !off.has(name) });
  const classes = coloured.map(([name], place) => made(name, CLASS_COLOURS[(taken + place) % CLASS_COLOURS.length]!, countOf(name)));
  const rest = named.slice(CLASS_COLOURS.length).map(([name]) => name);
  if (rest.length > 0) classes.push(made(REST, REST_COLOUR, now && rest.reduce((sum, name) => sum + (now.get(name) ?? 0), 0)));
  if ((all.get(UNSAID) ?? 0) > 0) classes.push(made(UNSAID, unsaidColour, countOf(UNSAID)));
  return classes;
}
