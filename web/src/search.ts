import { ApiFailure, geocode, suggest, type Geocoded } from './api';
import type { Lnglat } from './coordinates';
import { h, icon } from './dom';
import { foundOfPlace, foundOfSuggestion, isWrittenSo, kindText, withOtherSystem, type Found } from './found';
import { formatNumber, paintInLanguage, t } from './i18n';
import { announce } from './notice';
import { searchRows, type SearchRow } from './search-row';

/** Waiting for the next key before asking, milliseconds. */
const TYPING_MS = 120;
const LIST_ID = 'search-list';

interface Surroundings {
  /** Where the reader is looking: places near it come first. */
  near: () => Lnglat;
  /** What the plate is called: names that begin with it are told apart by the rest. */
  city: string;
  go: (found: Found) => void;
}

/** A box that completes an address as it is typed, and finds it. */
export class Search {
  private readonly input = h('input', {
    type: 'text',
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    enterkeyhint: 'search',
    'aria-autocomplete': 'list',
    'aria-controls': LIST_ID,
    'aria-expanded': 'false',
  });
  private readonly button = h(
    'button',
    { type: 'button', class: 'quiet', onclick: () => void this.find() },
    icon('search'),
  );
  private readonly message = h('p', { class: 'search-message' });
  private readonly list = h('ul', { id: LIST_ID, role: 'listbox' });
  readonly element = h(
    'div',
    { class: 'search', role: 'search' },
    this.input,
    this.button,
    h('div', { class: 'search-results' }, this.message, this.list),
  );
  private shown: Found[] = [];
  /** The text whose completions are shown. */
  private completed = '';
  private said: () => string = () => '';
  private picked = -1;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pending = new AbortController();

  constructor(private readonly around: Surroundings) {
    this.input.addEventListener('input', () => this.typed());
    this.input.addEventListener('keydown', (event) => this.pressed(event));
    this.element.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.element.contains(relatedTarget))) this.leave();
    });
    paintInLanguage(() => this.paint());
  }

  private typed(): void {
    this.stop();
    this.pick(-1);
    const text = this.input.value.trim();
    if (text === '') this.show([]);
    else this.timer = setTimeout(() => void this.complete(text), TYPING_MS);
  }

  private async complete(text: string): Promise<void> {
    const answer = await this.ask((signal) => suggest(text, this.around.near(), signal));
    if (!answer) return;
    this.show(withOtherSystem(answer.map(foundOfSuggestion)));
    this.completed = text;
  }

  /** Looks up what stands in the box as a whole. */
  private async find(): Promise<void> {
    this.stop();
    const text = this.input.value.trim();
    if (text === '') return this.input.focus();
    const answer = await this.ask((signal) => geocode(text, signal));
    if (answer) this.take(text, answer);
  }

  private take(text: string, answer: Geocoded): void {
    const { status, place, alternatives } = answer;
    if (status === 'matched' && place) return this.go(foundOfPlace(place, isWrittenSo(place, text) ? undefined : answer));
    if (status === 'ambiguous' && alternatives.length > 0) {
      const count = alternatives.length;
      return this.show(
        alternatives.map((alternative) => foundOfPlace(alternative)),
        () => t('choices', { n: formatNumber(count) }),
      );
    }
    this.show([], () => t(status === 'out_of_area' ? 'foundElsewhere' : 'foundNothing'));
  }

  /** Asks the server; an answer that came too late or failed is undefined. Without the service there is no box. */
  private async ask<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const { signal } = (this.pending = new AbortController());
    try {
      const answer = await request(signal);
      return signal.aborted ? undefined : answer;
    } catch (error) {
      if (signal.aborted) return undefined;
      const reason = error instanceof ApiFailure ? error.reason : 'unreadable';
      this.show([], () => t(reason));
      this.element.hidden = reason === 'notFound';
      return undefined;
    }
  }

  private pressed(event: KeyboardEvent): void {
    // Keys that an input method is still composing with are its own.
    if (event.isComposing) return;
    if (event.key === 'Enter') this.enter();
    else if (event.key === 'Escape') this.escape();
    else if (event.key === 'ArrowDown') this.pick(this.picked + 1);
    else if (event.key === 'ArrowUp') this.pick(this.picked < 0 ? this.shown.length - 1 : this.picked - 1);
    else return;
    event.preventDefault();
  }

  private enter(): void {
    const found = this.shown[this.picked];
    if (found) this.choose(found);
    else void this.takeFirst();
  }

  /** Takes the first completion of what stands in the box; without one the text is looked up as a whole. */
  private async takeFirst(): Promise<void> {
    this.stop();
    const text = this.input.value.trim();
    if (text !== '' && text !== this.completed) await this.complete(text);
    const first = this.shown[0];
    if (first && text === this.completed) this.choose(first);
    else if (!this.element.hidden) await this.find();
  }

  private escape(): void {
    const isOpen = this.shown.length > 0 || this.message.textContent !== '';
    this.leave();
    if (!isOpen) this.input.value = '';
  }

  private choose(found: Found): void {
    this.input.value = found.text;
    if (found.code || found.at) this.go(found);
    else void this.find();
  }

  private go(found: Found): void {
    this.leave();
    this.around.go(found);
  }

  /** Marks a row; one past either end is the box itself. */
  private pick(row: number): void {
    this.picked = row >= 0 && row < this.shown.length ? row : -1;
    const rows = [...this.list.children];
    rows.forEach((option, at) => option.setAttribute('aria-selected', String(at === this.picked)));
    const option = rows[this.picked];
    if (option) this.input.setAttribute('aria-activedescendant', option.id);
    else this.input.removeAttribute('aria-activedescendant');
    option?.scrollIntoView({ block: 'nearest' });
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.pending.abort();
  }

  private leave(): void {
    this.stop();
    this.show([]);
  }

  private show(found: Found[], said: () => string = () => ''): void {
    this.shown = found;
    this.completed = '';
    this.said = said;
    this.paint();
    if (said() !== '') announce(said());
  }

  private paint(): void {
    this.input.setAttribute('aria-label', t('search'));
    this.input.placeholder = t('searchHint');
    this.button.setAttribute('aria-label', t('searchGo'));
    this.list.setAttribute('aria-label', t('suggestions'));
    this.message.textContent = this.said();
    const rows = searchRows(this.shown, this.around.city);
    this.list.replaceChildren(...this.shown.map((found, row) => this.option(found, row, rows[row]!)));
    this.list.hidden = this.shown.length === 0;
    this.input.setAttribute('aria-expanded', String(!this.list.hidden));
    this.pick(-1);
  }

  private option(found: Found, row: number, { lead, where }: SearchRow): HTMLElement {
    return h(
      'li',
      {
        id: `${LIST_ID}-${row}`,
        role: 'option',
        'aria-selected': 'false',
        'data-code': found.code,
        title: found.text,
        // The focus stays in the box, so that the list does not close under the finger.
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => this.choose(found),
      },
      h('span', { class: 'found' }, h('span', { class: 'name' }, lead), where && h('span', { class: 'where' }, where)),
      h('span', { class: 'level' }, kindText(found)),
    );
  }
}
