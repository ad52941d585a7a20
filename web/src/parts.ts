import type { AddressLine, ChainLink, EnterpriseLine } from './api';
import { codeWithCopy, copyButton, type OpenEntity } from './code';
import { h } from './dom';
import { formatNumber, nameOf, t } from './i18n';

type Fact = [label: string, value: string | HTMLElement | null | undefined];

export function section(title: string, ...content: (HTMLElement | null)[]): HTMLElement {
  return h('section', {}, h('h3', {}, title), ...content);
}

export function sentence(text: string): HTMLElement {
  return h('p', { class: 'sentence' }, text);
}

/** A pair of coordinates that can be copied. */
export function coordinatesLine(text: string): HTMLElement {
  return h('p', { class: 'coordinates' }, h('span', {}, t('coordinates')), h('code', {}, text), copyButton(text));
}

/** Labelled values; those the answer does not have are left out. */
export function factList(facts: Fact[]): HTMLElement | null {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '');
  if (known.length === 0) return null;
  return h('dl', {}, ...known.map(([label, value]) => h('div', {}, h('dt', {}, label), h('dd', {}, value))));
}

/** The units a place belongs to, from the city down to the grid, on one line. */
export function chainLine(chain: ChainLink[], open: OpenEntity): HTMLElement | null {
  if (chain.length === 0) return null;
  const units = chain.toReversed();
  const parts = units.map(({ code, level, name }, place) => {
    const whole = name || t('unnamed');
    const title = `${nameOf(level ?? 'grid')} · ${whole} · ${code}`;
    const unit = h(
      'button',
      { type: 'button', class: 'unit-name', title, onclick: () => open(code) },
      nameWithin(whole, units[place - 1]?.name),
    );
    return h('li', { 'data-level': level, 'data-code': code }, unit);
  });
  return h('nav', { 'aria-label': t('chain') }, h('ol', { class: 'chain' }, ...parts));
}

/** A name without that of the area around it, where it begins with it: 鹤渚社区第01网格 is 第01网格 there. */
export function nameWithin(name: string, around: string | null | undefined): string {
  return around && name.startsWith(around) && name !== around ? name.slice(around.length) : name;
}

export function addressSection(addresses: AddressLine[], total: number, open: OpenEntity): HTMLElement {
  if (addresses.length === 0) return section(t('addresses'), sentence(t('noAddresses')));
  return section(t('addresses'), addressRows(addresses, wholeTexts(addresses), open), firstOf(addresses.length, total));
}

/** The addresses of a building as a whole: what its rooms begin with. */
export function wholeTexts(addresses: AddressLine[]): string[] {
  return addresses.flatMap(({ floor, text }) => (floor === undefined && text ? [text] : []));
}

/** The addresses of a building: as a list, or floor by floor, the highest first and what is below ground last, where there are several floors. */
export function addressesByFloor(addresses: AddressLine[], total: number, open: OpenEntity): HTMLElement {
  const floors = new Map<number | undefined, AddressLine[]>();
  for (const address of addresses) {
    const floor = floors.get(address.floor);
    if (floor) floor.push(address);
    else floors.set(address.floor, [address]);
  }
  if (floors.size < 3) return addressSection(addresses, total, open);
  const whole = floors.get(undefined) ?? [];
  const numbered = [...floors].filter(([floor]) => floor !== undefined) as [number, AddressLine[]][];
  const parts = numbered
    .sort(([one], [other]) => other - one)
    .map(([floor, rooms]) =>
      h(
        'details',
        { class: 'floor', 'data-floor': floor },
        h(
          'summary',
          {},
          floorText(floor),
          h('span', { class: 'note' }, t('addressesOf', { n: formatNumber(rooms.length) })),
        ),
        addressRows(rooms, wholeTexts(addresses), open),
      ),
    );
  return section(
    t('addresses'),
    whole.length > 0 ? addressRows(whole, [], open) : null,
    ...parts,
    firstOf(addresses.length, total),
  );
}

/** Addresses of one building; what they begin with is said once, by the first. */
function addressRows(addresses: AddressLine[], wholes: string[], open: OpenEntity): HTMLElement {
  const rows = addresses.map(({ code, text }) => {
    const name = h('span', { class: 'name', title: text ?? '' }, withoutWhole(text || t('unnamed'), wholes));
    return h('li', {}, name, codeWithCopy(code, open));
  });
  return h('ul', { class: 'rows' }, ...rows);
}

function withoutWhole(text: string, wholes: string[]): string {
  return nameWithin(text, wholes.find((whole) => text.startsWith(whole) && text !== whole));
}

/** Enterprises with what they do there, and how many are counted but not listed; nothing if there are none. `wholes` goes without saying. */
export function enterpriseSection(
  title: string,
  enterprises: EnterpriseLine[],
  { total, hidden, wholes = [] }: { total: number; hidden: number; wholes?: string[] },
  open: OpenEntity,
): HTMLElement | null {
  if (enterprises.length + hidden === 0) return null;
  const rows = enterprises.map(({ name, role, active, address, uscc }) => {
    const text = address?.text;
    const relation = [role, active === false ? t('cancelled') : null, text && withoutWhole(text, wholes)];
    return h(
      'li',
      {},
      h('span', { class: 'name' }, name || t('unnamed')),
      h('span', { class: 'relation', title: text ?? '' }, relation.filter(Boolean).join(' · ')),
      codeWithCopy(uscc, open),
    );
  });
  const unnamed = hidden > 0 ? sentence(t('naturalPersonsHidden', { n: formatNumber(hidden) })) : null;
  return section(title, h('ul', { class: 'rows' }, ...rows), firstOf(enterprises.length, total - hidden), unnamed);
}

/** Where an enterprise is, and what each place is to it. */
export function placeSection(places: EnterpriseLine[], open: OpenEntity): HTMLElement | null {
  if (places.length === 0) return null;
  const rows = places.map(({ role, active, address, uscc }) =>
    h(
      'li',
      {},
      h('span', { class: 'name' }, address?.text || t('unnamed')),
      h('span', { class: 'relation' }, [role, active === false ? t('cancelled') : null].filter(Boolean).join(' · ')),
      codeWithCopy(address?.code ?? uscc, open),
    ),
  );
  return section(t('places'), h('ul', { class: 'rows' }, ...rows));
}

/** A floor by its number, which is negative below the ground. */
export function floorText(floor: number): string {
  return floor < 0 ? t('basementNumber', { n: -floor }) : t('floorNumber', { n: floor });
}

/** How many of all are shown, where that is not all. */
export function firstOf(shown: number, total: number): HTMLElement | null {
  if (total <= shown) return null;
  return sentence(t('firstOf', { shown: formatNumber(shown), total: formatNumber(total) }));
}
