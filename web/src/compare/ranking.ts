import { h } from '../dom';
import { formatNumber, locale, paintInLanguage, t } from '../i18n';
import { marked, markTitle } from '../people';
import { formatValue, type Area, type Value } from './areas';
import { measureText, type Measure } from './choice';

type SortKey = 'value' | 'name';

interface Ranked extends Area {
  rank: number | null;
}

/** Heights that compare.css gives a row, on a desk and on a phone. */
const ROW_HEIGHTS = { desk: 36, phone: 44 };
/** Rows kept above and below what is seen. */
const SPARE_ROWS = 8;
const PHONE = matchMedia('(max-width: 47.99rem)');

export interface RankingActions {
  open: (code: string) => void;
  mark: (code: string | null) => void;
}

/** The ranked table. Only the rows in sight exist, so that a city of grids does not stall the page. */
export class Ranking {
  private readonly filter = h('input', { type: 'search', oninput: () => this.arrange() });
  private readonly caption = h('caption', { class: 'unseen' });
  private readonly rankHead = h('th', { scope: 'col' });
  private readonly nameButton = h('button', { type: 'button', onclick: () => this.sortBy('name') });
  private readonly valueButton = h('button', { type: 'button', onclick: () => this.sortBy('value') });
  private readonly nameHead = h('th', { scope: 'col' }, this.nameButton);
  private readonly valueHead = h('th', { scope: 'col' }, this.valueButton);
  private readonly body = h('tbody');
  private readonly table = h(
    'table',
    {},
    this.caption,
    h('thead', {}, h('tr', {}, this.rankHead, this.nameHead, this.valueHead)),
    this.body,
  );
  private readonly scroller = h('div', { class: 'compare-rows', tabindex: -1 }, this.table);
  private readonly nothing = h('p', { class: 'sentence', hidden: true });
  readonly element = h('div', { class: 'compare-ranking' }, this.filter, this.scroller, this.nothing);

  private ranked: Ranked[] = [];
  private rows: Ranked[] = [];
  private greatest = 0;
  private measure: Measure = 'count';
  private sort: { key: SortKey; descending: boolean } = { key: 'value', descending: true };
  /** The row that the Tab key leads to; the arrows move it. */
  private current = 0;
  /** The first row that exists. */
  private painted = 0;
  private marked: string | null = null;

  constructor(private readonly actions: RankingActions) {
    this.scroller.addEventListener('scroll', () => {
      if (this.window().first !== this.painted) this.paint();
    });
    this.scroller.addEventListener('keydown', (event) => this.move(event));
    new ResizeObserver(() => this.paint()).observe(this.scroller);
    this.body.addEventListener('click', (event) => {
      const row = this.rowOf(event);
      if (row) this.actions.open(row.code);
    });
    for (const name of ['mouseover', 'focusin']) this.body.addEventListener(name, (event) => this.point(event));
    for (const name of ['mouseleave', 'focusout']) this.body.addEventListener(name, () => this.actions.mark(null));
    paintInLanguage(() => {
      this.filter.placeholder = t('compareFilter');
      this.filter.setAttribute('aria-label', t('compareFilter'));
      this.rankHead.textContent = t('compareRank');
      this.nothing.textContent = t('compareNoMatch');
    });
  }

  show(areas: Area[], { title, measure }: { title: string; measure: Measure }): void {
    this.ranked = rank(areas);
    this.measure = measure;
    this.greatest = Math.max(1, ...numbersOf(this.ranked.slice(0, 1)));
    this.caption.textContent = title;
    this.arrange();
  }

  /** Points out the row of an area, or of none, and brings it into sight if `scroll`. */
  mark(code: string | null, { scroll }: { scroll: boolean }): void {
    this.marked = code;
    const place = scroll ? this.rows.findIndex((row) => row.code === code) : -1;
    if (place >= 0) this.scrollTo(place);
    // The rows stay the same elements: a click on one that was replaced meanwhile would be lost.
    for (const row of this.body.querySelectorAll<HTMLElement>('[data-place]'))
      row.classList.toggle('marked', this.rows[Number(row.dataset['place'])]?.code === code);
  }

  private sortBy(key: SortKey): void {
    const descending = this.sort.key === key ? !this.sort.descending : key === 'value';
    this.sort = { key, descending };
    this.arrange();
  }

  private arrange(): void {
    const wanted = this.filter.value.trim().toLowerCase();
    const isWanted = ({ name, code }: Area) => name.toLowerCase().includes(wanted) || code.startsWith(wanted);
    this.rows = sorted(wanted ? this.ranked.filter(isWanted) : this.ranked, this.sort);
    this.current = 0;
    this.scroller.scrollTop = 0;
    this.table.setAttribute('aria-rowcount', String(this.rows.length + 1));
    this.scroller.hidden = this.rows.length === 0;
    this.nothing.hidden = this.rows.length > 0;
    this.paintHeads();
    this.paint();
  }

  private paintHeads(): void {
    const { key, descending } = this.sort;
    const direction = descending ? 'descending' : 'ascending';
    const arrow = descending ? ' ↓' : ' ↑';
    this.nameButton.textContent = t('compareName') + (key === 'name' ? arrow : '');
    this.valueButton.textContent = measureText(this.measure) + (key === 'value' ? arrow : '');
    this.nameHead.setAttribute('aria-sort', key === 'name' ? direction : 'none');
    this.valueHead.setAttribute('aria-sort', key === 'value' ? direction : 'none');
  }

  private paint(): void {
    const height = rowHeight();
    const { first, after } = this.window();
    this.painted = first;
    const shown = this.rows.slice(first, after);
    // The Tab key leads into the rows, whichever of them are in sight.
    const isCurrentShown = this.current >= first && this.current < after;
    const tabStop = isCurrentShown ? this.current : Math.ceil(this.scroller.scrollTop / height);
    const hadFocus = this.body.contains(document.activeElement);
    this.body.replaceChildren(
      space(first * height),
      ...shown.map((row, offset) => this.row(row, first + offset, first + offset === tabStop)),
      space((this.rows.length - first - shown.length) * height),
    );
    if (hadFocus) (this.currentButton() ?? this.scroller).focus({ preventScroll: true });
  }

  private window(): { first: number; after: number } {
    const height = rowHeight();
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / height) - SPARE_ROWS);
    return { first, after: first + Math.ceil(this.scroller.clientHeight / height) + 2 * SPARE_ROWS };
  }

  private row(area: Ranked, place: number, isTabStop: boolean): HTMLElement {
    const name = h('button', { type: 'button', tabindex: isTabStop ? 0 : -1, title: area.code }, area.name);
    const classes = area.code === this.marked ? 'marked' : null;
    return h(
      'tr',
      { 'data-place': place, 'aria-rowindex': place + 2, class: classes },
      h('td', {}, area.rank === null ? '–' : formatNumber(area.rank)),
      h('th', { scope: 'row' }, name),
      this.valueCell(area),
    );
  }

  private valueCell({ value, isEstimated }: Area): HTMLElement {
    if (value === 'none') return h('td', { class: 'quiet-value' }, '–');
    const bar = h('span', { class: 'compare-bar', 'aria-hidden': 'true' });
    bar.style.width = `${(value / this.greatest) * 100}%`;
    return h('td', { title: markTitle(isEstimated) }, marked(formatValue(value, this.measure), isEstimated), bar);
  }

  private rowOf(event: Event): Ranked | undefined {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-place]') : null;
    return row ? this.rows[Number(row.dataset['place'])] : undefined;
  }

  private point(event: Event): void {
    const row = this.rowOf(event);
    if (!row) return;
    if (event.type === 'focusin') this.current = this.rows.indexOf(row);
    this.actions.mark(row.code);
  }

  private move(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / rowHeight()) - 2);
    const last = this.rows.length - 1;
    const targets: Record<string, number> = {
      ArrowDown: this.current + 1,
      ArrowUp: this.current - 1,
      PageDown: this.current + page,
      PageUp: this.current - page,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target === undefined || event.target === this.nameButton || event.target === this.valueButton) return;
    event.preventDefault();
    this.current = Math.min(Math.max(target, 0), last);
    this.scrollTo(this.current);
    this.paint();
    this.currentButton()?.focus({ preventScroll: true });
  }

  private currentButton(): HTMLElement | null {
    return this.body.querySelector(`[data-place="${this.current}"] button`);
  }

  private scrollTo(place: number): void {
    const height = rowHeight();
    const { scrollTop, clientHeight } = this.scroller;
    const space = clientHeight - (this.table.tHead?.offsetHeight ?? 0);
    const top = place * height;
    if (top < scrollTop) this.scroller.scrollTop = top;
    else if (top + height > scrollTop + space) this.scroller.scrollTop = top + height - space;
  }
}

function rowHeight(): number {
  return PHONE.matches ? ROW_HEIGHTS.phone : ROW_HEIGHTS.desk;
}

function space(height: number): HTMLElement {
  const row = h('tr', { 'aria-hidden': 'true', class: 'space' });
  row.style.height = `${height}px`;
  return row;
}

/** From the greatest value down, the same rank for the same value; areas without one come last, without a rank. */
function rank(areas: Area[]): Ranked[] {
  const descending = areas.toSorted((a, b) => orderOf(b.value) - orderOf(a.value));
  let rank = 0;
  return descending.map((area, place) => {
    if (typeof area.value !== 'number') return { ...area, rank: null };
    if (area.value !== descending[place - 1]?.value) rank = place + 1;
    return { ...area, rank };
  });
}

function orderOf(value: Value): number {
  return value === 'none' ? -1 : value;
}

function sorted(ranked: Ranked[], { key, descending }: { key: SortKey; descending: boolean }): Ranked[] {
  if (key === 'name') {
    const { compare } = new Intl.Collator(locale(), { numeric: true });
    const rows = ranked.toSorted((a, b) => compare(a.name, b.name));
    return descending ? rows.toReversed() : rows;
  }
  if (descending) return ranked;
  const valued = ranked.filter(({ rank }) => rank !== null).toReversed();
  return [...valued, ...ranked.filter(({ rank }) => rank === null)];
}

function numbersOf(areas: Area[]): number[] {
  return areas.map(({ value }) => value).filter((value) => typeof value === 'number');
}
