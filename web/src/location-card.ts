import { fetchEntity, locate, type BuildingFacts, type Entity, type Located } from './api';
import type { View } from './card';
import { codeWithCopy, copyButton, type OpenEntity } from './code';
import type { Lnglat } from './coordinates';
import { h } from './dom';
import { areaFacts, buildingFacts } from './facts';
import type { Selection } from './highlight';
import { formatLngLat, t } from './i18n';
import { addressSection, chainSection, factList, section, sentence } from './parts';

/** What the server knows about a place: the areas around it, what is in the smallest of them, and what stands there. */
export async function loadLocation(
  lng: number,
  lat: number,
  open: OpenEntity,
  signal: AbortSignal,
): Promise<View> {
  const located = await locate(lng, lat, signal);
  const place: Lnglat = [located.lng, located.lat];
  const grid = located.chain[0];
  if (!grid) return outsideView(place);
  // What is in the grid is worth showing, but no reason to fail.
  const area = await fetchEntity(grid.code, signal).catch(() => null);
  signal.throwIfAborted();
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
      areaSection(area),
      buildingSection(located.building, open),
      addresses(located, open),
    ],
  };
}

function areaSection(area: Entity | null): HTMLElement | null {
  const facts = area && factList(areaFacts(area));
  return facts && section(t('inThisGrid'), facts);
}

function outsideView(place: Lnglat): View {
  return {
    kind: 'outside',
    title: () => t('outsideTitle'),
    selection: { place },
    content: () => [sentence(t('outside')), coordinates(place), sentence(t('tryInside'))],
  };
}

function coordinates([lng, lat]: Lnglat): HTMLElement {
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

function addresses(located: Located, open: OpenEntity): HTMLElement | null {
  const list = located.addresses ?? [];
  if (list.length === 0 && !located.building) return null;
  return addressSection(list, located.building?.addresses ?? list.length, open);
}
