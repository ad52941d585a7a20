import type { Attribute } from '../api';
import { attributeText, categoryText } from '../attributes';
import { h } from '../dom';
import { nameOf, t, type Word } from '../i18n';
import { isLevel, kindsOf, kindText, type AreaLayer } from '../kinds';
import {
  attributeOf,
  attributesOf,
  measureOf,
  MEASURES,
  measureText,
  STATISTICS,
  statisticText,
  type Choice,
  type Measure,
  type Statistic,
} from './choice';

type Option = [value: string, label: string];

/** No attribute has this name: names are not empty. */
const NO_ATTRIBUTE = '';

/** The controls that say what is compared. */
export class Choices {
  private readonly statistic = new Select('compareStatistic', (value) =>
    this.choose({ statistic: value as Statistic, ...this.notBroken() }),
  );
  private readonly kind = new Select('compareKind', (kind) => this.choose({ kind }));
  private readonly level = new Select('compareLevel', (value) => isLevel(value) && this.choose({ level: value }));
  private readonly attribute = new Select('compareBy', (value) => {
    if (value === NO_ATTRIBUTE) this.choose(this.notBroken());
    else this.choose({ attribute: value, category: null });
  });
  private readonly category = new Select('compareCategory', (value) => this.choose({ category: value }));
  private readonly measures = MEASURES.map((measure) => this.measureButton(measure));
  private readonly measure = h('div', { class: 'compare-measure', role: 'group' }, ...this.measures);
  private chosen: Measure = 'count';
  readonly element = h(
    'div',
    { class: 'compare-choices' },
    ...[this.statistic, this.kind, this.level, this.attribute, this.category].map(({ element }) => element),
    this.measure,
  );

  constructor(
    private readonly areas: AreaLayer[],
    private readonly choose: (changes: Partial<Choice>) => void,
  ) {}

  show(choice: Choice, attributes: Attribute[], categories: string[]): void {
    const offered = attributesOf(choice.statistic, attributes);
    const isBroken = choice.attribute !== null;
    this.chosen = choice.measure;
    this.statistic.show(
      STATISTICS.map((statistic) => [statistic, statisticText(statistic)]),
      choice.statistic,
    );
    const kinds = kindsOf(this.areas);
    this.kind.show(
      kinds.map((kind) => [kind, kindText(kind)]),
      choice.kind,
    );
    this.kind.element.hidden = kinds.length < 2;
    this.level.show(
      this.areas.filter(({ kind }) => kind === choice.kind).map(({ level }) => [level, nameOf(level)]),
      choice.level,
    );
    this.attribute.show(
      [[NO_ATTRIBUTE, t('compareNotBy')], ...offered.map((attribute): Option => [attribute.name, attributeText(attribute)])],
      choice.attribute ?? NO_ATTRIBUTE,
    );
    this.attribute.element.hidden = offered.length === 0;
    this.category.show(
      categories.map((category) => [category, categoryText(category, attributeOf(choice, attributes))]),
      choice.category ?? '',
    );
    this.category.element.hidden = !isBroken;
    this.measure.setAttribute('aria-label', t('compareMeasure'));
    const isOffered: Record<Measure, boolean> = { count: true, share: isBroken, density: true };
    MEASURES.forEach((measure, place) => {
      const button = this.measures[place]!;
      button.hidden = !isOffered[measure];
      button.textContent = measureText(measure);
      button.setAttribute('aria-pressed', String(choice.measure === measure));
    });
  }

  private measureButton(measure: Measure): HTMLButtonElement {
    return h('button', { type: 'button', onclick: () => this.choose({ measure }) });
  }

  private notBroken(): Partial<Choice> {
    return { attribute: null, category: null, measure: measureOf({ measure: this.chosen }) };
  }
}

/** A labelled list to choose from. */
class Select {
  private readonly label = h('span');
  private readonly select = h('select', { onchange: () => this.onChoose(this.select.value) });
  readonly element = h('label', {}, this.label, this.select);

  constructor(
    private readonly word: Word,
    private readonly onChoose: (value: string) => void,
  ) {}

  show(options: Option[], value: string): void {
    this.label.textContent = t(this.word);
    this.select.replaceChildren(...options.map(([value, label]) => h('option', { value }, label)));
    this.select.value = value;
  }
}
