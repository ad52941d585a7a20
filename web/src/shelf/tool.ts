import './shelf.css';
import { ApiFailure, type RecordLayer } from '../api';
import { periodText } from '../compare/periods';
import type { Dated } from '../compare/records';
import { Timeline } from '../compare/timeline';
import { h } from '../dom';
import { formatNumber, paintInLanguage, t } from '../i18n';
import { layerText } from '../records';
import type { Tool, Workplace } from '../tools';
import { byCategory, matches } from './catalogue';
import type { ShownRecords } from './records';
import { recordRows, swatch } from './rows';
import { fetchDated } from './time';

export function shelfTool(workplace: Workplace): Tool {
  return new Shelf(workplace);
}

/** A layer on the shelf. */
interface Item {
  layer: RecordLayer;
  element: HTMLElement;
  box: HTMLInputElement;
}

/** All layers of the plate by category, to be found and switched, and a timeline of those that are shown. */
class Shelf implements Tool {
  private readonly search = h('input', { type: 'search', class: 'shelf-find', oninput: () => this.find() });
  private readonly sum = h('p', { class: 'shelf-sum', role: 'status' });
  private readonly hideAll = h('button', { type: 'button', class: 'shelf-link', onclick: () => this.records.hideAll() });
  private readonly timeline = new Timeline((span) => this.records.filter.chooseSpan(span));
  private readonly shownHeading = h('h3');
  private readonly shown: HTMLElement;
  private readonly list = h('div', { class: 'shelf-list' });
  readonly content: HTMLElement;

  private readonly records: ShownRecords;
  private layers: RecordLayer[] | null = null;
  private failure: ApiFailure | null = null;
  private items: Item[] = [];
  private isOpen = false;
  /** The layers over whose time the timeline is. */
  private datedIds = '';
  private dated: Dated | null = null;
  private pending = new AbortController();

  constructor({ map, records }: Workplace) {
    this.records = records;
    this.shown = h('section', { class: 'shelf-shown' }, this.shownHeading, recordRows(map, records, { withHidden: false }));
    const head = h('div', { class: 'shelf-head' }, this.sum, this.hideAll);
    this.content = h('div', { class: 'shelf' }, this.search, head, this.timeline.element, this.shown, this.list);
    records.onChange(() => this.isOpen && this.follow());
    paintInLanguage(() => this.draw());
  }

  open(): void {
    this.isOpen = true;
    this.follow();
    if (!this.layers) void this.load();
  }

  close(): void {
    this.isOpen = false;
    this.timeline.stop();
  }

  private async load(): Promise<void> {
    try {
      const drawn = new Set(this.records.all.map(({ id }) => id));
      this.layers = (await this.records.catalogue()).filter(({ id }) => drawn.has(id));
      this.failure = null;
    } catch (error) {
      this.failure = error instanceof ApiFailure ? error : new ApiFailure('unreadable');
    }
    this.draw();
  }

  /** Draws the list anew; what is switched or found changes only parts of it. */
  private draw(): void {
    for (const attribute of ['aria-label', 'placeholder']) this.search.setAttribute(attribute, t('shelfFind'));
    this.hideAll.textContent = t('shelfHideAll');
    this.shownHeading.textContent = t('shelfShown');
    const { layers, failure } = this;
    this.items = [];
    if (layers) this.list.replaceChildren(...byCategory(layers).map(({ name, layers: own }) => this.category(name, own)));
    else if (failure) this.list.replaceChildren(...this.failureText(failure));
    this.find();
    this.follow();
  }

  private category(name: string, layers: RecordLayer[]): HTMLElement {
    const items = layers.map((layer) => this.item(layer));
    this.items.push(...items);
    const heading = h('h3', {}, name || t('shelfNoCategory'));
    return h('section', { class: 'shelf-category' }, heading, h('ul', {}, ...items.map(({ element }) => element)));
  }

  private item(layer: RecordLayer): Item {
    const { id, keeper, rows, time } = layer;
    const box = h('input', { type: 'checkbox', onchange: () => this.records.show(id, box.checked) });
    const facts = [keeper, t('shelfRows', { n: formatNumber(rows) }), time && timeText(time)].filter(Boolean).join(' · ');
    const name = h('span', { class: 'name' }, layerText(id, [layer]), h('span', { class: 'note' }, facts));
    const element = h('li', { 'data-layer': id }, h('label', {}, box, swatch(this.records.colourOf(id)), name));
    return { layer, element, box };
  }

  /** Shows the layers that match what is typed. */
  private find(): void {
    const text = this.search.value.trim();
    for (const { layer, element } of this.items) element.hidden = !matches(layer, text);
    for (const section of this.list.querySelectorAll<HTMLElement>('.shelf-category'))
      section.hidden = section.querySelector('li:not([hidden])') === null;
    this.sumUp();
  }

  private sumUp(): void {
    if (!this.layers) return;
    const found = this.items.filter(({ element }) => !element.hidden).length;
    const shown = this.items.filter(({ box }) => box.checked).length;
    const isSearched = this.search.value.trim() !== '';
    const sum = t('shelfSum', { n: formatNumber(this.items.length), shown: formatNumber(shown) });
    const text = isSearched ? t(found > 0 ? 'shelfFound' : 'shelfNone', { n: formatNumber(found) }) : sum;
    if (this.sum.textContent !== text) this.sum.textContent = text;
    this.hideAll.hidden = shown === 0;
  }

  /** Shows which layers are shown, and the records of which span. */
  private follow(): void {
    for (const { layer, box } of this.items) box.checked = this.records.isShown(layer.id);
    this.shown.hidden = this.records.listed(false).length === 0;
    this.sumUp();
    void this.followTime();
  }

  private async followTime(): Promise<void> {
    const layers = await this.records.dated().catch(() => []);
    const ids = layers.map(({ id }) => id).join();
    if (ids !== this.datedIds) {
      this.datedIds = ids;
      this.pending.abort();
      const { signal } = (this.pending = new AbortController());
      const dated = await fetchDated(layers, signal).catch(() => null);
      if (signal.aborted) return;
      this.dated = dated;
    }
    if (this.isOpen) this.timeline.show(this.dated, this.records.filter.span);
  }

  private failureText({ reason }: ApiFailure): HTMLElement[] {
    return [
      h('p', { role: 'alert' }, t('shelfFailed', { reason: t(reason) })),
      h('button', { type: 'button', class: 'main', onclick: () => void this.load() }, t('retry')),
    ];
  }
}

/** From which month to which a layer has records, in its own zone. */
function timeText({ zone, first, last }: NonNullable<RecordLayer['time']>): string {
  const monthOf = (seconds: number) =>
    new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit' }).format(seconds * 1000).slice(0, 'YYYY-MM'.length);
  const [from, to] = [monthOf(first), monthOf(last)].map(periodText);
  return from === to ? from! : t('shelfSpan', { from: from!, to: to! });
}
