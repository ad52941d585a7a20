import { copyFrom } from './code';
import { h, icon } from './dom';
import { paintInLanguage, t } from './i18n';
import { announce } from './notice';

const heading = h('h2', { id: 'share-heading' });
const hint = h('p', { class: 'sentence' });
const field = h('input', { type: 'text', readonly: true, 'aria-labelledby': heading.id });
const close = h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, icon('close'));
const dialog = h(
  'dialog',
  { class: 'share', 'aria-labelledby': heading.id },
  h('header', {}, heading, close),
  h('div', { class: 'share-body' }, hint, field),
);
paintInLanguage(() => {
  heading.textContent = t('shareLink');
  hint.textContent = t('shareByHand');
  close.setAttribute('aria-label', t('close'));
});

/** Copies the address, which says all that is seen; where the browser forbids that, shows it to be copied by hand. */
export async function share(button: HTMLButtonElement): Promise<void> {
  const { href } = location;
  if (await copyFrom(button, 'link', href)) return announce(t('shareCopied'));
  if (!dialog.isConnected) document.body.append(dialog);
  field.value = href;
  dialog.showModal();
  field.select();
}
