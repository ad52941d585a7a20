import { h, icon } from './dom';
import { paintInLanguage, t } from './i18n';

const status = h('p', { role: 'status', class: 'unseen' });
const text = h('span');
const close = h(
  'button',
  { type: 'button', class: 'quiet', onclick: () => (notice.hidden = true) },
  icon('close'),
);
const notice = h('div', { role: 'alert', class: 'notice', hidden: true }, text, close);

export function addNotices(page: HTMLElement): void {
  page.append(status, notice);
  paintInLanguage(() => {
    close.setAttribute('aria-label', t('close'));
    // What was read out in the other language is past.
    status.textContent = '';
  });
}

/** Tells a screen reader what the eye sees on the map or the card. */
export function announce(message: string): void {
  status.textContent = message;
}

/** Shows a message above the map until it is closed. */
export function showNotice(message: string): void {
  text.textContent = message;
  notice.hidden = false;
}
