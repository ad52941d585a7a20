import { h } from './dom';
import { formatTime, locale, paintInLanguage, t, toggleLanguage } from './i18n';
import type { Plate } from './plate';

/** The chip at the top: which plate this is, how old, and the language switch. */
export function header(plate: Plate | null): HTMLElement {
  const name = h('h1');
  const facts = h('p', { class: 'plate-facts' });
  const language = h('button', { type: 'button', class: 'language', onclick: toggleLanguage });
  paintInLanguage(() => {
    document.documentElement.lang = locale();
    name.textContent = plate?.name || t('title');
    document.title = plate?.name ? `${plate.name} · ${t('title')}` : t('title');
    facts.replaceChildren(...(plate ? plateFacts(plate) : []));
    facts.hidden = facts.childElementCount === 0;
    language.textContent = t('switchLanguageShort');
    language.setAttribute('aria-label', t('switchLanguage'));
  });
  return h('header', { class: 'plate' }, h('div', {}, name, facts), language);
}

function plateFacts({ generation, builtAt }: Plate): HTMLElement[] {
  const facts: HTMLElement[] = [];
  if (generation) facts.push(h('span', {}, t('generation', { generation })));
  if (builtAt) facts.push(h('time', { datetime: builtAt }, t('builtAt', { time: formatTime(builtAt) })));
  return facts;
}
