import type { AddressLine, ChainLink, EnterpriseLine } from './api';
import { codeWithCopy, type OpenEntity } from './code';
import { h } from './dom';
import { formatNumber, nameOf, t } from './i18n';

type Fact = [label: string, value: string | HTMLElement | null | undefined];

export function section(title: string, ...content: (HTMLElement | null)[]): HTMLElement {
  return h('section', {}, h('h3', {}, title), ...content);
}

export function sentence(text: string): HTMLElement {
  return h('p', { class: 'sentence' }, text);
}

/** Labelled values; those the answer does not have are left out. */
export function factList(facts: Fact[]): HTMLElement | null {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '');
  if (known.length === 0) return null;
  return h('dl', {}, ...known.map(([label, value]) => h('div', {}, h('dt', {}, label), h('dd', {}, value))));
}

/** The units a place belongs to, from the city down to the grid. */
export function chainSection(chain: ChainLink[], open: OpenEntity): HTMLElement | null {
  if (chain.length === 0) return null;
  const rows = chain
    .toReversed()
    .map((link) =>
      h(
        'li',
        { 'data-level': link.level, 'data-code': link.code },
        h('span', { class: 'level' }, nameOf(link.level ?? 'grid')),
        h(
          'span',
          { class: 'unit' },
          h('span', { class: 'name' }, link.name || t('unnamed')),
          codeWithCopy(link.code, open),
        ),
      ),
    );
  return section(t('chain'), h('ol', { class: 'chain' }, ...rows));
}

export function addressSection(addresses: AddressLine[], total: number, open: OpenEntity): HTMLElement {
  if (addresses.length === 0) return section(t('addresses'), sentence(t('noAddresses')));
  return section(t('addresses'), addressRows(addresses, open), firstOf(addresses.length, total));
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
          floor < 0 ? t('basementNumber', { n: -floor }) : t('floorNumber', { n: floor }),
          h('span', { class: 'note' }, t('addressesOf', { n: formatNumber(rooms.length) })),
        ),
        addressRows(rooms, open),
      ),
    );
  return section(
    t('addresses'),
    whole.length > 0 ? addressRows(whole, open) : null,
    ...parts,
    firstOf(addresses.length, total),
  );
}

function addressRows(addresses: AddressLine[], open: OpenEntity): HTMLElement {
  const rows = addresses.map((address) =>
    h('li', {}, h('span', { class: 'name' }, address.text || t('unnamed')), codeWithCopy(address.code, open)),
  );
  return h('ul', { class: 'rows' }, ...rows);
}

/** Enterprises with what they do there, and how many are counted but not listed; nothing if there are none. */
export function enterpriseSection(
  title: string,
  enterprises: EnterpriseLine[],
  { total, hidden }: { total: number; hidden: number },
  open: OpenEntity,
): HTMLElement | null {
  if (enterprises.length + hidden === 0) return null;
  const rows = enterprises.map((enterprise) =>
    h(
      'li',
      {},
      h('span', { class: 'name' }, enterprise.name || t('unnamed')),
      h(
        'span',
        { class: 'relation' },
        [enterprise.role, enterprise.active === false ? t('cancelled') : null, enterprise.address?.text]
          .filter(Boolean)
          .join(' · '),
      ),
      codeWithCopy(enterprise.uscc, open),
    ),
  );
  const unnamed = hidden > 0 ? sentence(t('naturalPersonsHidden', { n: formatNumber(hidden) })) : null;
  return section(title, h('ul', { class: 'rows' }, ...rows), firstOf(enterprises.length, total - hidden), unnamed);
}

function firstOf(shown: number, total: number): HTMLElement | null {
  if (total <= shown) return null;
  return sentence(t('firstOf', { shown: formatNumber(shown), total: formatNumber(total) }));
}
