import { h } from '../dom';
import { t, type Word } from '../i18n';

export type Option = [value: string, label: string];

/** A labelled list to choose from. */
export class Select {
  private readonly label = h('span');
  private readonly select = h('select', { onchange: () => this.onChoose(this.select.value) });
  readonly element = h('label', {}, this.label, this.select);

  constructor(
    /** What it says it chooses, with the values in that. */
    private readonly word: Word,
    private readonly onChoose: (value: string) => void,
    private readonly values: Record<string, string | number> = {},
  ) {}

  show(options: Option[], value: string): void {
    this.label.textContent = t(this.word, this.values);
    this.select.replaceChildren(...options.map(([value, label]) => h('option', { value }, label)));
    this.select.value = value;
  }
}
