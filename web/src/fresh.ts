import { isEmbedded, readAddress } from './address';
import { fetchAbout } from './api';
import { h } from './dom';
import { formatTime, paintInLanguage, t } from './i18n';
import type { Plate } from './plate';

/** How often the server is asked for its generation while the page is seen, milliseconds. */
const ASK_MS = 30_000;

/** Offers a generation that was published after this page was opened; it is the reader who takes it. A wall and a map within another page have none and take it themselves. */
export function offerNewGeneration(plate: Plate): HTMLElement {
  let offered: { generation: string; time: string } | null = null;
  let declined = plate.generation;
  const text = h('span');
  const take = h('button', { type: 'button', class: 'main', onclick: () => location.reload() });
  const later = h('button', { type: 'button', class: 'plain' });
  const offer = h('div', { class: 'offer', role: 'status', hidden: true }, text, take, later);
  const paint = () => {
    offer.hidden = offered === null;
    if (!offered) return;
    text.textContent = t('newGeneration', { generation: Number(offered.generation), time: formatTime(offered.time) });
    take.textContent = t('takeGeneration');
    later.textContent = t('later');
  };
  later.addEventListener('click', () => {
    declined = offered?.generation ?? declined;
    offered = null;
    paint();
  });
  const ask = async () => {
    if (document.hidden) return;
    // Whether the server answers is seen elsewhere; here nothing is lost by asking again.
    const about = await fetchAbout().catch(() => null);
    if (!about || about.generation === plate.generation || about.generation === declined) return;
    if (isEmbedded || readAddress().wall !== undefined) return location.reload();
    offered = { generation: about.generation, time: about.built_at };
    paint();
  };
  if (plate.generation) setInterval(() => void ask(), ASK_MS);
  document.addEventListener('visibilitychange', () => void ask());
  paintInLanguage(paint);
  return offer;
}
