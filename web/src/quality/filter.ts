import { SEVERITIES, type About, type Severity } from '../api';
import { h } from '../dom';
import { formatNumber, nameOf, t } from '../i18n';
import { LOOKS } from './severity';

type Found = About['issues'][number];

/** What of a rule the page can say in the reader's language; of an unknown one, what the server says. */
export function ruleMeaning({ rule, meaning }: Pick<Found, 'rule' | 'meaning'>): string {
  const key = `${rule}?`;
  const own = nameOf(key);
  return own === key ? meaning : own;
}

/** Which severities and rules are wanted: those that are not switched off. */
export class Filter {
  readonly element = h('fieldset', { class: 'quality-filter' });
  private readonly severitiesOff = new Set<Severity>();
  private readonly rulesOff = new Set<string>();
  private found: Found[] = [];

  constructor(private readonly changed: () => void) {}

  show(found: Found[]): void {
    this.found = [...found].sort(
      (one, other) =>
        SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) || other.count - one.count,
    );
    this.paint();
  }

  /** The rules that are wanted, of those of a severity that found something. */
  rules(wanted: Severity): string[] {
    if (this.severitiesOff.has(wanted)) return [];
    return this.found
      .filter(({ rule, severity }) => severity === wanted && !this.rulesOff.has(rule))
      .map(({ rule }) => rule);
  }

  /** How many issues of the rules that are wanted are counted. */
  get counted(): number {
    return this.found.reduce((sum, { rule, count, severity }) => sum + (this.rules(severity).includes(rule) ? count : 0), 0);
  }

  /** Paints anew and leaves the focus where it was. */
  paint(): void {
    const focused = this.controls().indexOf(document.activeElement as HTMLElement);
    this.draw();
    this.controls()[focused]?.focus();
  }

  private controls(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>('button, input')];
  }

  private draw(): void {
    const { found } = this;
    this.element.replaceChildren(
      h('legend', {}, t('qualityFilter')),
      h('div', { class: 'quality-severities' }, ...SEVERITIES.map((severity) => this.severityButton(severity))),
      h(
        'div',
        { class: 'quality-all' },
        h('button', { type: 'button', class: 'plain', onclick: () => this.setAll(true) }, t('qualityAllRules')),
        h('button', { type: 'button', class: 'plain', onclick: () => this.setAll(false) }, t('qualityNoRules')),
      ),
      h('ul', { class: 'quality-rules' }, ...found.map((one) => this.ruleRow(one))),
    );
  }

  private severityButton(severity: Severity): HTMLElement {
    const count = this.found.reduce((sum, found) => (found.severity === severity ? sum + found.count : sum), 0);
    const press = () => {
      toggle(this.severitiesOff, severity);
      this.apply();
    };
    return h(
      'button',
      {
        type: 'button',
        class: 'quality-severity',
        'data-severity': severity,
        'aria-pressed': String(!this.severitiesOff.has(severity)),
        onclick: press,
      },
      sign(severity),
      h('span', {}, nameOf(severity)),
      h('strong', {}, formatNumber(count)),
    );
  }

  private ruleRow(found: Found): HTMLElement {
    const { rule, severity, count } = found;
    const isOn = !this.rulesOff.has(rule) && !this.severitiesOff.has(severity);
    const box = h('input', {
      type: 'checkbox',
      checked: isOn,
      disabled: this.severitiesOff.has(severity),
      onchange: () => {
        toggle(this.rulesOff, rule);
        this.apply();
      },
    });
    return h(
      'li',
      { 'data-rule': rule },
      h(
        'label',
        { title: ruleMeaning(found) },
        box,
        sign(severity),
        h('span', { class: 'name' }, nameOf(rule)),
        h('span', { class: 'note' }, formatNumber(count)),
      ),
    );
  }

  private setAll(wanted: boolean): void {
    this.rulesOff.clear();
    if (wanted) this.severitiesOff.clear();
    else for (const { rule } of this.found) this.rulesOff.add(rule);
    this.apply();
  }

  private apply(): void {
    this.paint();
    this.changed();
  }
}

export function sign(severity: Severity): HTMLElement {
  const { colour, ink, sign } = LOOKS[severity];
  const element = h('span', { class: 'quality-sign', role: 'img', 'aria-label': nameOf(severity) }, sign);
  element.style.background = colour;
  element.style.color = ink;
  return element;
}

function toggle<T>(set: Set<T>, item: T): void {
  if (!set.delete(item)) set.add(item);
}
