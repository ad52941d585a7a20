import type { RecordLayer } from '../api';
import { locale } from '../i18n';
import { layerText } from '../records';

/** The layers of a category; the empty one has those without. */
export interface Category {
  name: string;
  layers: RecordLayer[];
}

/** The layers by category, each and the layers in it by name; what has no category comes last. */
export function byCategory(layers: RecordLayer[]): Category[] {
  const { compare } = new Intl.Collator(locale(), { numeric: true });
  const parts = new Map<string, RecordLayer[]>();
  for (const layer of layers) parts.set(layer.category ?? '', [...(parts.get(layer.category ?? '') ?? []), layer]);
  const order = (one: string, other: string) => Number(one === '') - Number(other === '') || compare(one, other);
  return [...parts]
    .toSorted(([one], [other]) => order(one, other))
    .map(([name, own]) => ({ name, layers: own.toSorted((one, other) => compare(textOf(one), textOf(other))) }));
}

function textOf(layer: RecordLayer): string {
  return layerText(layer.id, [layer]);
}

/** Whether every word of a text is in what a layer is called, in either language, or in who keeps it and where it belongs. */
export function matches({ id, title, keeper, category }: RecordLayer, text: string): boolean {
  const said = [id, title.zh, title.en, keeper, category].filter(Boolean).join('\n').toLocaleLowerCase();
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => said.includes(word));
}
