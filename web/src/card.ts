import { ApiFailure } from './api';
import { cameFromCard } from './address';
import { h, icon } from './dom';
import type { Selection } from './highlight';
import { paintInLanguage, t, type Word } from './i18n';
import { announce } from './notice';
import { sentence } from './parts';

/** One thing the card can show. Its text is made anew for every language. */
export interface View {
  kind: 'location' | 'outside' | 'entity' | 'failure';
  title: () => string;
  subtitle?: () => string;
  content: () => (HTMLElement | null)[];
  selection: Selection;
}

export type Load = (signal: AbortSignal) => Promise<View>;

/** The panel beside the map, or the sheet below it on a phone. */
export class Card {
  private readonly heading = h('h2', { tabindex: -1 });
  private readonly subtitle = h('p', { class: 'subtitle' });
  private readonly body = h('div', { class: 'card-body' });
  private readonly backButton = h(
    'button',
    { type: 'button', class: 'quiet back', onclick: () => history.back() },
    icon('back'),
  );
  private readonly closeButton = h(
    'button',
    { type: 'button', class: 'quiet', onclick: () => this.onClose() },
    icon('close'),
  );
  readonly element = h(
    'aside',
    { class: 'card', hidden: true },
    h(
      'header',
      {},
      this.backButton,
      h('div', { class: 'headline' }, this.heading, this.subtitle),
      this.closeButton,
    ),
    this.body,
  );
  private view: View | null = null;
  private pending = new AbortController();

  constructor(
    private readonly onView: (selection: Selection) => void,
    private readonly onClose: () => void,
  ) {
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      this.onClose();
    });
    paintInLanguage(() => this.paint());
  }

  /**
   * Shows what `load` brings. A later opening overrides this one, whatever order answers come in. A click on the map
   * should not move the focus into the card.
   */
  async open(load: Load, { focus }: { focus: boolean }): Promise<void> {
    this.pending.abort();
    const { signal } = (this.pending = new AbortController());
    this.showBusy();
    let view: View;
    try {
      view = await load(signal);
    } catch (error) {
      if (signal.aborted) return;
      view = failureView(error, () => void this.open(load, { focus: true }));
    }
    if (signal.aborted) return;
    this.view = view;
    this.paint();
    this.body.scrollTop = 0;
    this.onView(view.selection);
    announce(view.title());
    if (focus) this.heading.focus();
  }

  hide(): void {
    this.pending.abort();
    this.view = null;
    this.element.hidden = true;
    this.onView({});
  }

  private showBusy(): void {
    this.element.setAttribute('aria-busy', 'true');
    announce(t('busy'));
    if (!this.element.hidden) return;
    this.heading.textContent = t('busy');
    this.subtitle.textContent = '';
    this.body.replaceChildren();
    this.backButton.hidden = true;
    this.element.hidden = false;
  }

  private paint(): void {
    this.element.setAttribute('aria-label', t('card'));
    this.backButton.setAttribute('aria-label', t('back'));
    this.closeButton.setAttribute('aria-label', t('close'));
    const { view } = this;
    if (!view) return;
    this.element.removeAttribute('aria-busy');
    this.element.dataset['view'] = view.kind;
    this.heading.textContent = view.title();
    this.subtitle.textContent = view.subtitle?.() ?? '';
    this.body.replaceChildren(...view.content().filter((part) => part !== null));
    this.backButton.hidden = !cameFromCard();
  }
}

function failureView(error: unknown, retry: () => void): View {
  const reason: Word = error instanceof ApiFailure ? error.reason : 'unreadable';
  // That nothing has a code is said in full by the page itself.
  const detail = error instanceof ApiFailure && reason !== 'notFound' ? error.detail : undefined;
  return {
    kind: 'failure',
    title: () => t('failed'),
    selection: {},
    content: () => [
      sentence(t(reason)),
      detail ? h('p', { class: 'detail', lang: 'en' }, detail) : null,
      sentence(t('stillUsable')),
      h('button', { type: 'button', class: 'main', onclick: retry }, t('retry')),
    ],
  };
}
