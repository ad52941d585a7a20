import { h } from '../dom';

/** A list of options to choose one from, with its label. */
export function choice(
  label: string,
  options: readonly (readonly [value: string, label: string])[],
  chosen: string,
  choose: (value: string) => void,
): HTMLElement {
  const select = h('select', { 'data-key': label }, ...options.map(([value, text]) => h('option', { value }, text)));
  select.value = chosen;
  select.addEventListener('change', () => choose(select.value));
  return h('label', { class: 'bulk-choice' }, h('span', {}, label), select);
}
