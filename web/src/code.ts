import { h, icon } from './dom';
import { t } from './i18n';
import { announce } from './notice';

/** How long a button shows that it has copied, milliseconds. */
const COPIED_MS = 1500;

/** Opens the card of a code; of a record with the layer that it is of. */
export type OpenEntity = (code: string, layer?: string) => void;

/** A code that opens its entity, with a button that copies it. */
export function codeWithCopy(code: string, open?: OpenEntity, layer?: string): HTMLElement {
  const shown = h('code', {}, code);
  const opener =
    open &&
    h(
      'button',
      { type: 'button', class: 'code', 'aria-label': t('openCode', { code }), onclick: () => open(code, layer) },
      shown,
    );
  return h('span', { class: 'code-row' }, opener ?? shown, copyButton(code));
}

export function copyButton(text: string): HTMLButtonElement {
  const button = h(
    'button',
    { type: 'button', class: 'quiet copy', 'aria-label': t('copy', { text }), title: t('copy', { text }) },
    icon('copy'),
  );
  button.addEventListener('click', async () => {
    announce((await copyFrom(button, 'copy', text)) ? t('copied', { text }) : t('copyFailed'));
  });
  return button;
}

/** Copies a text; for a moment the button shows that it was, then its own picture again. */
export async function copyFrom(button: HTMLButtonElement, picture: Parameters<typeof icon>[0], text: string): Promise<boolean> {
  const copied = await copy(text);
  if (copied) {
    button.replaceChildren(icon('check'));
    setTimeout(() => button.replaceChildren(icon(picture)), COPIED_MS);
  }
  return copied;
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** The clipboard interface is missing where the page is served without TLS; this older way is not. */
function copyBySelection(text: string): boolean {
  const focused = document.activeElement;
  const field = h('textarea', { class: 'unseen', readonly: true });
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
