import type { Entity, EntityLink, Level } from './api';
import { attributeText } from './attributes';
import type { View } from './card';
import { codeWithCopy, type OpenEntity } from './code';
import { h, icon } from './dom';
import { areaFacts, buildingFacts } from './facts';
import type { Selection } from './highlight';
import { formatLngLat, formatMetres, formatNumber, nameOf, t, type Word } from './i18n';
import { BASIC, kindText } from './kinds';
import { addressesByFloor, chainSection, enterpriseSection, factList, section } from './parts';

export interface EntityActions {
  open: OpenEntity;
  show: (entity: Entity) => void;
}

const HOW: Record<EntityLink['how'], Word> = {
  given: 'howGiven',
  spatial: 'howSpatial',
  override: 'howOverride',
  geocoded: 'howGeocoded',
};

/** Everything about one code: an area of any level, a building, an address or an enterprise. */
export function entityView(entity: Entity, actions: EntityActions): View {
  return {
    kind: 'entity',
    title: () => entity.name || entity.text || entity.code,
    subtitle: () => nameOf(entity.entity === 'grid' ? levelOf(entity) : entity.entity),
    selection: selectionOf(entity),
    content: () => [
      h('p', { class: 'entity-code' }, codeWithCopy(entity.code)),
      showButton(entity, actions),
      factsSection(entity, actions),
      // The last link of an area's chain is the area itself, which the title names already.
      chainSection(
        (entity.chain ?? []).filter((link) => link.code !== entity.code),
        actions.open,
      ),
      entity.address_list
        ? addressesByFloor(entity.address_list, entity.addresses ?? entity.address_list.length, actions.open)
        : null,
      ...enterpriseSections(entity, actions),
      linksSection(entity.links ?? [], actions),
    ],
  };
}

function enterpriseSections(entity: Entity, { open }: EntityActions): (HTMLElement | null)[] {
  const here = entity.enterprise_list ?? [];
  const places = entity.places ?? [];
  const others = entity.co_located_list ?? [];
  const hidden = entity.natural_persons_hidden ?? 0;
  return [
    enterpriseSection(t('enterprises'), here, { total: entity.enterprises ?? here.length, hidden: entity.co_located === undefined ? hidden : 0 }, open),
    enterpriseSection(t('places'), places, { total: places.length, hidden: 0 }, open),
    enterpriseSection(t('coLocated'), others, { total: entity.co_located ?? others.length, hidden: entity.co_located === undefined ? 0 : hidden }, open),
  ];
}

function levelOf(entity: Entity): Level {
  return entity.level ?? 'grid';
}

/** What of an entity is marked on the map. */
export function selectionOf(entity: Entity): Selection {
  if (entity.entity === 'grid') return { area: { level: levelOf(entity), code: entity.code, ...(entity.kind && { kind: entity.kind }) } };
  const selection: Selection = {};
  const grid = entity.chain?.[0];
  if (grid) selection.area = grid;
  if (entity.entity === 'building') selection.building = entity.code;
  else if (entity.building) selection.building = entity.building.code;
  if (entity.entity === 'address' && entity.lng != null && entity.lat != null)
    selection.place = [entity.lng, entity.lat];
  return selection;
}

function showButton(entity: Entity, actions: EntityActions): HTMLElement | null {
  const hasPlace = entity.bbox || (entity.lng != null && entity.lat != null);
  if (!hasPlace) return null;
  return h(
    'button',
    { type: 'button', class: 'main', onclick: () => actions.show(entity) },
    icon('target'),
    t('show'),
  );
}

function factsSection(entity: Entity, actions: EntityActions): HTMLElement | null {
  const specific = {
    grid: areaFacts,
    building: buildingFacts,
    address: addressFacts,
    enterprise: enterpriseFacts,
    person: undefined,
  }[entity.entity];
  const place = entity.lng != null && entity.lat != null ? formatLngLat(entity.lng, entity.lat) : null;
  const facts = factList([...(specific?.(entity, actions) ?? []), [t('coordinates'), place]]);
  return facts && section(t('facts'), facts);
}

function enterpriseFacts(entity: Entity, actions: EntityActions): [string, string | HTMLElement | null][] {
  const facts: [string, string | HTMLElement | null][] = [
    [t('state'), entity.active === false ? t('cancelled') : t('inBusiness')],
  ];
  for (const [name, value] of Object.entries(entity.attributes ?? {})) facts.push([attributeText(name), value]);
  const text = entity.address?.text ?? entity.address_text ?? null;
  facts.push([t('registered'), text]);
  return [...facts, ...addressFacts(entity, actions)];
}

function addressFacts(entity: Entity, actions: EntityActions): [string, HTMLElement | null][] {
  const { building } = entity;
  if (!building) return [];
  const value = h(
    'span',
    { class: 'unit' },
    building.name ? h('span', { class: 'name' }, building.name) : null,
    codeWithCopy(building.code, actions.open),
  );
  return [[t('building'), value]];
}

function linksSection(links: EntityLink[], actions: EntityActions): HTMLElement | null {
  if (links.length === 0) return null;
  const rows = links.map((link) =>
    h('li', {}, h('span', { class: 'relation' }, relationText(link)), codeWithCopy(link.code, actions.open)),
  );
  return section(t('links'), h('ul', { class: 'rows' }, ...rows));
}

/** For instance "Address → Building · by location · 3.2 m away". */
function relationText(link: EntityLink): string {
  const ends = link.relation.split('→').map(nameOf).join(' → ');
  const kind = link.kind && link.kind !== BASIC ? kindText(link.kind) : null;
  const how = nameOf(HOW[link.how] ?? link.how);
  const matched = link.match_level ? nameOf(link.match_level) : null;
  const confidence =
    link.confidence == null ? null : t('confidenceOnly', { value: formatNumber(link.confidence, 3) });
  const distance = link.distance_m ? t('distance', { distance: formatMetres(link.distance_m) }) : null;
  const unmatched = link.unmatched ? t('unmatchedWords', { words: link.unmatched }) : null;
  const parts = [ends, kind, how, matched, confidence, unmatched, distance, link.reason, link.approved_by];
  return parts.filter(Boolean).join(' · ');
}
