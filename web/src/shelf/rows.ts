import type { Map as MapLibre } from 'maplibre-gl';
import { spanText, WHOLE } from '../compare/periods';
import { h, icon } from '../dom';
import { formatNumber, paintInLanguage, t } from '../i18n';
import { layerText } from '../records';
import { REST, UNSAID, type ColouredClass } from './classes';
import type { ListedLayer, ShownRecords } from './records';

/** The layers of records that are shown, each with its classes, and of which span they are; of a plate with few layers the others too. */
export function recordRows(map: MapLibre, records: ShownRecords, { withHidden }: { withHidden: boolean }): HTMLElement {
  const span = h('p', { class: 'shown-span' });
  const list = h('ul');
  const element = h('div', { class: 'shown-records' }, span, list);
  const paint = () => {
    const focused = document.activeElement instanceof HTMLElement && element.contains(document.activeElement) ? document.activeElement : null;
    const layers = records.listed(withHidden);
    list.replaceChildren(...layers.map((layer) => layerRow(layer, map, records)));
    paintSpan(span, records);
    if (focused) refocus(element, focused.dataset['key']);
  };
  map.on('zoomend', paint);
  records.onChange(paint);
  paintInLanguage(paint);
  return element;
}

/** Puts the focus where it was, else on the next thing that is there. */
function refocus(element: HTMLElement, key: string | undefined): void {
  const all = [...element.querySelectorAll<HTMLElement>('[data-key]')];
  (all.find(({ dataset }) => dataset['key'] === key) ?? all[0])?.focus();
}

function paintSpan(element: HTMLElement, { filter }: ShownRecords): void {
  const text = spanText(filter.span);
  element.hidden = text === null;
  const away = h('button', { type: 'button', class: 'quiet', 'data-key': 'span', onclick: () => filter.chooseSpan(WHOLE) }, icon('close'));
  for (const attribute of ['aria-label', 'title']) away.setAttribute(attribute, t('shelfWholeSpan'));
  element.replaceChildren(h('span', {}, text ?? ''), away);
}

function layerRow(layer: ListedLayer, map: MapLibre, records: ShownRecords): HTMLElement {
  const { id, colour, firstZoom, classes, count, isShown } = layer;
  const isDrawn = map.getZoom() >= firstZoom;
  const note = isDrawn || !isShown ? (count === null ? '' : formatNumber(count)) : t('fromZoom', { zoom: formatNumber(firstZoom, 1) });
  const box = h('input', { type: 'checkbox', 'data-key': id, onchange: () => records.show(id, box.checked) });
  box.checked = isShown;
  // What is coloured by class has no colour of its own.
  const sample = classes.length > 0 ? null : swatch(colour);
  const name = h('span', { class: 'name' }, layerText(id, [layer]));
  return h(
    'li',
    { 'data-layer': id, 'data-drawn': String(isDrawn && isShown) },
    h('label', {}, box, sample, name, h('span', { class: 'note' }, note)),
    classes.length > 0 ? h('ul', { class: 'shown-classes' }, ...classes.map((one) => classRow(one, layer, records))) : null,
  );
}

function classRow({ name, colour, count, isOn }: ColouredClass, { id }: ListedLayer, { filter }: ShownRecords): HTMLElement {
  const switchIt = () => filter.switchClass(id, name, box.checked);
  const box = h('input', { type: 'checkbox', 'data-key': `${id}/${name}`, onchange: switchIt });
  box.checked = isOn;
  const label = h('span', { class: 'name' }, classText(name));
  return h('li', {}, h('label', {}, box, swatch(colour), label, h('span', { class: 'note' }, count === null ? '' : formatNumber(count))));
}

function classText(name: string): string {
  if (name === REST) return t('shelfRest');
  return name === UNSAID ? t('shelfUnsaid') : name;
}

/** The circle that stands for records of a colour on the map. */
export function swatch(colour: string): HTMLElement {
  const sample = h('span', { class: 'swatch record', 'aria-hidden': 'true' });
  sample.style.color = colour;
  return sample;
}
