import type { BuildingFacts, Located } from './api';
import type { View } from './card';
import { codeWithCopy, copyButton, type OpenEntity } from './code';
import { h } from './dom';
import type { Selection } from './highlight';
import { formatLngLat, formatMetres, formatNumber, t } from './i18n';
import { addressSection, chainSection, factList, section, sentence } from './parts';

/** What the server knows about a clicked place. */
export function locationView(located: Located, open: OpenEntity): View {
  const place: [number, number] = [located.lng, located.lat];
  const grid = located.chain[0];
  if (!grid) return outsideView(place);
  const selection: Selection = { place, area: grid };
  if (located.building) selection.building = located.building.code;
  return {
    kind: 'location',
    title: () => grid.name || grid.code,
    subtitle: () => t('location'),
    selection,
    content: () => [
      coordinates(place),
      chainSection(located.chain, open),
      buildingSection(located.building, open),
      addresses(located, open),
    ],
  };
}

function outsideView(place: [number, number]): View {
  return {
    kind: 'outside',
    title: () => t('outsideTitle'),
    selection: { place },
    content: () => [sentence(t('outside')), coordinates(place), sentence(t('tryInside'))],
  };
}

function coordinates([lng, lat]: [number, number]): HTMLElement {
  const text = formatLngLat(lng, lat);
  return h(
    'p',
    { class: 'coordinates' },
    h('span', {}, t('coordinates')),
    h('code', {}, text),
    copyButton(text),
  );
}

function buildingSection(building: BuildingFacts | null | undefined, open: OpenEntity): HTMLElement {
  if (!building) return section(t('standsHere'), sentence(t('noBuilding')));
  return section(
    t('standsHere'),
    h(
      'p',
      { class: 'unit' },
      h('span', { class: 'name' }, building.name || t('unnamed')),
      codeWithCopy(building.code, open),
    ),
    factList(buildingFacts(building)),
  );
}

export function buildingFacts(building: Partial<BuildingFacts>): [string, string | null | undefined][] {
  return [
    [t('use'), building.use],
    [t('floors'), building.floors == null ? null : t('floorsValue', { n: building.floors })],
    [t('height'), building.height_m == null ? null : formatMetres(building.height_m)],
    [t('addressCount'), building.addresses == null ? null : formatNumber(building.addresses)],
  ];
}

function addresses(located: Located, open: OpenEntity): HTMLElement | null {
  const list = located.addresses ?? [];
  if (list.length === 0 && !located.building) return null;
  return addressSection(list, located.building?.addresses ?? list.length, open);
}
