import { ApiFailure, type About } from './api';
import { h, icon } from './dom';
import { formatNumber, formatTime, paintInLanguage, t } from './i18n';
import { sentence } from './parts';
import { linkedShare, sourceText } from './records';

let shown: About | Error | null = null;
const heading = h('h2', { id: 'about-heading' });
const body = h('div', { class: 'about-body' });
const close = h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, icon('close'));
const dialog = h(
  'dialog',
  { class: 'about', 'aria-labelledby': heading.id },
  h('header', {}, heading, close),
  body,
);
paintInLanguage(paint);

/** Shows which generation this is, when it was built, and from what. */
export async function about(load: () => Promise<About>): Promise<void> {
  if (!dialog.isConnected) document.body.append(dialog);
  shown = null;
  paint();
  dialog.showModal();
  shown = await load().catch((error: unknown) => (error instanceof Error ? error : new Error()));
  paint();
}

function paint(): void {
  heading.textContent = t('aboutPlate');
  close.setAttribute('aria-label', t('close'));
  if (shown instanceof Error) body.replaceChildren(sentence(failure(shown)));
  else if (shown) body.replaceChildren(...facts(shown));
  else body.replaceChildren(sentence(t('busy')));
}

function failure(error: Error): string {
  return error instanceof ApiFailure ? t(error.reason) : t('unreadable');
}

function facts({ generation, built_at: builtAt, built_by: builtBy, layers, sources }: About): HTMLElement[] {
  const header = ['sourceEntity', 'sourceFile', 'sourceRows', 'sourceUsed', 'sourceLinked'] as const;
  const rows = sources.map(({ entity, file, rows, used, linked }) =>
    h(
      'tr',
      {},
      h('td', {}, sourceText(entity, layers)),
      h('td', { class: 'file' }, file),
      h('td', { class: 'number' }, formatNumber(rows)),
      h('td', { class: 'number' }, formatNumber(used)),
      h('td', { class: 'number' }, linkedShare({ entity, rows, linked })),
    ),
  );
  return [
    sentence([t('generation', { generation: Number(generation) }), t('builtAt', { time: formatTime(builtAt) }), builtBy].join(' · ')),
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, ...header.map((word) => h('th', { scope: 'col' }, t(word))))),
      h('tbody', {}, ...rows),
    ),
  ];
}
