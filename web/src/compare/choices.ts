import type { Countable } from '../api';
import { attributeText, categoryText } from '../attributes';
import { h } from '../dom';
import { nameOf, t } from '../i18n';
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
} from './choice';
import { WHOLE } from './periods';
import { above, below, nameOfClass } from './record-classes';
import { Select, type Option } from './select';

/** No attribute has this name: names are not empty. */
const NO_ATTRIBUTE = '';
/** Neither has a class. */
const ALL_CLASSES = '';

/** All classes and periods of a layer. */
const UNPARTED: Pick<Choice, 'class' | 'span'> = { class: null, span: WHOLE };

/** What the controls offer beside the areas. */
export interface Offered extends Countable {
  /** Of the attribute that is chosen. */
  categories: string[];
  /** Of the layer that is chosen. */
  classes: string[];
}

/** The controls that say what is compared. */
export class Choices {
  private readonly statistic = new Select('compareStatistic', (value) =>
    this.choose({ statistic: value, ...this.notBroken(), ...UNPARTED }),
  );
  private readonly kind = new Select('compareKind', (kind) => this.choose({ kind }));
  private readonly level = new Select('compareLevel', (value) => isLevel(value) && this.choose({ level: value }));
  private readonly attribute = new Select('compareBy', (value) => {
    if (value === NO_ATTRIBUTE) this.choose(this.notBroken());
    else this.choose({ attribute: value, category: null, ...UNPARTED });
  });
  private readonly category = new Select('compareCategory', (value) => this.choose({ category: value }));
  /** A list for each level of the classes, as far as one is chosen above it. */
  private readonly classLists: Select[] = [];
  private readonly classes = h('div', { class: 'compare-choices' });
  private readonly measures = MEASURES.map((measure) => this.measureButton(measure));
  private readonly measure = h('div', { class: 'compare-measure', role: 'group' }, ...this.measures);
  private chosen: Measure = 'count';
  readonly element = h(
    'div',
    { class: 'compare-choices' },
    ...[this.statistic, this.kind, this.level, this.attribute, this.category].map(({ element }) => element),
    this.classes,
    this.measure,
  );

  constructor(
    private readonly areas: AreaLayer[],
    private readonly choose: (changes: Partial<Choice>) => void,
  ) {}

  show(choice: Choice, offer: Offered): void {
    const isBroken = choice.attribute !== null;
    this.chosen = choice.measure;
    const statistics = [...STATISTICS, ...offer.layers.map(({ id }) => id)];
    this.statistic.show(
      statistics.map((statistic) => [statistic, statisticText(statistic, offer.layers)]),
      choice.statistic,
    );
    this.showAreas(choice);
    this.showParts(choice, offer);
    this.showClasses(choice, offer.classes);
    this.measure.setAttribute('aria-label', t('compareMeasure'));
    const isOffered: Record<Measure, boolean> = { count: true, share: isBroken, density: true };
    MEASURES.forEach((measure, place) => {
      const button = this.measures[place]!;
      button.hidden = !isOffered[measure];
      button.textContent = measureText(measure);
      button.setAttribute('aria-pressed', String(choice.measure === measure));
    });
  }

  private showAreas(choice: Choice): void {
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
  }

  private showParts(choice: Choice, offer: Offered): void {
    const offered = attributesOf(choice.statistic, offer);
    this.attribute.show(
      [[NO_ATTRIBUTE, t('compareNotBy')], ...offered.map((attribute): Option => [attribute.name, attributeText(attribute)])],
      choice.attribute ?? NO_ATTRIBUTE,
    );
    this.attribute.element.hidden = offered.length === 0;
    this.category.show(
      offer.categories.map((category) => [category, categoryText(category, attributeOf(choice, offer))]),
      choice.category ?? '',
    );
    this.category.element.hidden = choice.attribute === null;
  }

  private showClasses({ class: path }: Choice, classes: string[]): void {
    const chosen = path === null ? [] : [...above(path), path];
    const levels = [null, ...chosen].map((from) => below(from, classes)).filter((offered) => offered.length > 0);
    levels.forEach((offered, level) => {
      const list = (this.classLists[level] ??= this.classList(level));
      const all: Option = [chosen[level - 1] ?? ALL_CLASSES, t('compareAllClasses')];
      list.show([all, ...offered.map((one): Option => [one, nameOfClass(one)])], chosen[level] ?? all[0]);
    });
    this.classes.hidden = levels.length === 0;
    this.classLists.forEach(({ element }, level) => (element.hidden = level >= levels.length));
  }

  private classList(level: number): Select {
    const choose = (value: string) => this.choose({ class: value || null, ...this.notBroken() });
    const list = new Select(level === 0 ? 'compareClass' : 'compareClassBelow', choose, { n: level + 1 });
    this.classes.append(list.element);
    return list;
  }

  private measureButton(measure: Measure): HTMLButtonElement {
    return h('button', { type: 'button', onclick: () => this.choose({ measure }) });
  }

  private notBroken(): Partial<Choice> {
    return { attribute: null, category: null, measure: measureOf({ measure: this.chosen }) };
  }
}
