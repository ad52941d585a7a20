import { fetchAbout } from './api';
import { about } from './about';
import { h, icon } from './dom';
import { formatDay, formatTime, locale, otherLocale, paintInLanguage, t, toggleLanguage, type Word } from './i18n';
import type { Plate } from './plate';
import { onTheme, theme, toggleTheme } from './theme';
import { toggleWall } from './wall';

/** Says in which language the page is, and what it is called. */
export function nameDocument(plate: Plate | null): void {
  document.documentElement.lang = locale();
  document.title = plate?.name ? `${plate.name} · ${t('title')}` : t('title');
}

/** The chip at the top: which plate this is and of which day, how the page is to look and, on demand, what it is made from. */
export function header(plate: Plate | null): HTMLElement {
  const name = h('h1');
  const facts = h('button', { type: 'button', class: 'quiet plate-facts', onclick: () => about(fetchAbout) });
  // The button beside it reads it out.
  const age = h('span', { class: 'plate-age', 'aria-hidden': 'true' });
  const language = h('button', { type: 'button', class: 'language', onclick: toggleLanguage });
  const shade = h('button', { type: 'button', class: 'quiet', onclick: toggleTheme });
  const wall = plate && labelled('wall', 'wall', toggleWall);
  const paint = () => {
    nameDocument(plate);
    name.textContent = plate?.name || t('title');
    const told = plate ? plateFacts(plate) : [];
    facts.replaceChildren(icon('about'), h('span', { class: 'plate-version' }, told.join(' · ')));
    facts.hidden = told.length === 0;
    age.textContent = plate?.builtAt ? t('builtOn', { date: formatDay(plate.builtAt) }) : '';
    // What is seen on a wall is part of what is read out.
    const said = [t('aboutPlate'), ...told].join(' · ');
    for (const attribute of ['aria-label', 'title']) facts.setAttribute(attribute, said);
    language.textContent = t('switchLanguageShort');
    language.lang = otherLocale();
    // What is seen is part of what is read out.
    language.setAttribute('aria-label', `${t('switchLanguageShort')}: ${t('switchLanguage')}`);
    const isDark = theme() === 'dark';
    shade.replaceChildren(icon(isDark ? 'sun' : 'moon'));
    for (const attribute of ['aria-label', 'title']) shade.setAttribute(attribute, t(isDark ? 'lightTheme' : 'darkTheme'));
  };
  onTheme(paint);
  paintInLanguage(paint);
  return h('header', { class: 'plate' }, h('div', { class: 'plate-name' }, name, facts, age), wall, shade, language);
}

function labelled(picture: Parameters<typeof icon>[0], word: Word, press: () => void): HTMLElement {
  const button = h('button', { type: 'button', class: 'quiet', onclick: press }, icon(picture));
  paintInLanguage(() => {
    for (const attribute of ['aria-label', 'title']) button.setAttribute(attribute, t(word));
  });
  return button;
}

function plateFacts({ generation, builtAt }: Plate): string[] {
  const facts: string[] = [];
  if (generation) facts.push(t('generation', { generation: Number(generation) }));
  if (builtAt) facts.push(t('builtAt', { time: formatTime(builtAt) }));
  return facts;
}
