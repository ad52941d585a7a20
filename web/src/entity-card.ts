import type { Attribute, Entity, EntityLink, Level, RecordLayer } from './api';
import { areaRecordSection } from './area-records';
import { attributeText, categoryText } from './attributes';
import { breakdownSections, loadBreakdown, type Breakdown } from './breakdown';
import type { View } from './card';
import { codeWithCopy, type OpenEntity } from './code';
import { h, icon } from './dom';
import { areaFacts, buildingFacts } from './facts';
import type { Selection } from './highlight';
import { formatLngLat, formatMetres, formatNumber, nameOf, t, type Word } from './i18n';
import { kindsOf, kindText, type AreaLayer } from './kinds';
import { addressesByFloor, chainLine, coordinatesLine, enterpriseSection, factList, floorText, placeSection, section, wholeTexts } from './parts';
import { releaseLine } from './people';
import { layerText, recordFacts, recordSection, type Titled } from './records';

export interface EntityActions {
  open: OpenEntity;
  show: (entity: Entity) => void;
  /** The levels that the map draws, the first kind first. */
  areas: AreaLayer[];
  /** What the plate calls its attributes. */
  attributes: Attribute[];
  /** What it says of its layers of records. */
  layers: RecordLayer[];
  /** The layers of records that the map draws. */
  records: Titled[];
  /** The building of an address, which knows its floor and who else is there. */
  building: Entity | null;
}

const HOW: Record<EntityLink['how'], Word> = {
  given: 'howGiven',
  spatial: 'howSpatial',
  override: 'howOverride',
  geocoded: 'howGeocoded',
  enterprise: 'howEnterprise',
};

/** Everything about one code: an area of any level, a building, an address, an enterprise or a record. Numbers come first, codes last. */
export function entityView(entity: Entity, actions: EntityActions): View {
  const breakdown = breakdownOf(entity, actions);
  return {
    kind: 'entity',
    title: () => entity.name || entity.text || entity.code,
    subtitle: () => kindOf(entity, actions),
    selection: selectionOf(entity),
    content: () => [
      factsOf(entity, actions),
      breakdown.release(),
      // The last link of an area's chain is the area itself, which the title names already.
      h(
        'div',
        { class: 'whereabouts' },
        chainLine(
          (entity.chain ?? []).filter((link) => link.code !== entity.code),
          actions.open,
        ),
        showButton(entity, actions),
      ),
      breakdown.charts(),
      entity.address_list
        ? addressesByFloor(entity.address_list, entity.addresses ?? entity.address_list.length, actions.open)
        : null,
      ...enterpriseSections(entity, actions),
      recordSection(entity.layers ?? [], actions),
      entity.entity === 'grid' ? areaRecordSection(entity, actions.records) : null,
      codeSection(entity),
      linksSection(entity.links ?? [], actions),
    ],
  };
}

/** Makes the charts of an area, and says of when its people are. That is asked for once, when the card is there, and comes into it later. */
function breakdownOf(entity: Entity, { areas, open }: EntityActions): Record<'release' | 'charts', () => HTMLElement | null> {
  let loading: Promise<Breakdown> | undefined;
  const load = () => (loading ??= loadBreakdown(entity, areas));
  return {
    release: () => (entity.people == null ? null : releaseLine(load().then(({ release }) => release))),
    charts: () => {
      if (entity.entity !== 'grid') return null;
      const place = h('div', { class: 'breakdown' });
      void load().then((breakdown) => place.append(...breakdownSections(breakdown, entity, open)));
      return place;
    },
  };
}

function codeSection({ code, lng, lat }: Entity): HTMLElement {
  const place = lng != null && lat != null ? formatLngLat(lng, lat) : null;
  return section(t('code'), h('p', { class: 'entity-code' }, codeWithCopy(code)), place === null ? null : coordinatesLine(place));
}

function enterpriseSections(entity: Entity, { open }: EntityActions): (HTMLElement | null)[] {
  const here = entity.enterprise_list ?? [];
  const places = entity.places ?? [];
  const others = entity.co_located_list ?? [];
  const hidden = entity.natural_persons_hidden ?? 0;
  const wholes = wholeTexts(entity.address_list ?? []);
  const ofHere = { total: entity.enterprises ?? here.length, hidden: entity.co_located === undefined ? hidden : 0, wholes };
  return [
    enterpriseSection(t('enterprises'), here, ofHere, open),
    placeSection(places, open),
    enterpriseSection(t('coLocated'), others, { total: entity.co_located ?? others.length, hidden: entity.co_located === undefined ? 0 : hidden }, open),
  ];
}

/** For instance "Community", "Building" or "Record · Hotline cases". */
function kindOf(entity: Entity, { layers }: EntityActions): string {
  if (entity.entity === 'record' && entity.layer) return `${t('record')} · ${layerText(entity.layer, layers)}`;
  return nameOf(entity.entity === 'grid' ? levelOf(entity) : entity.entity);
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
  const isPoint = entity.entity === 'address' || entity.entity === 'record';
  if (isPoint && entity.lng != null && entity.lat != null)
    selection.place = [entity.lng, entity.lat];
  return selection;
}

function showButton(entity: Entity, actions: EntityActions): HTMLElement | null {
  const hasPlace = entity.bbox || (entity.lng != null && entity.lat != null);
  if (!hasPlace) return null;
  return h(
    'button',
    { type: 'button', class: 'main', 'aria-label': t('show'), title: t('show'), onclick: () => actions.show(entity) },
    icon('target'),
  );
}

function factsOf(entity: Entity, actions: EntityActions): HTMLElement | null {
  switch (entity.entity) {
    case 'grid':
      return factList(areaFacts(entity, kindsOf(actions.areas)));
    case 'building':
      return factList(buildingFacts(entity));
    case 'address':
      return factList([...floorFacts(entity, actions), ...buildingFact(entity, actions)]);
    case 'enterprise':
      return factList(enterpriseFacts(entity, actions));
    case 'record':
      return factList([...recordFacts(entity, actions), ...buildingFact(entity, actions)]);
    case 'person':
      return null;
  }
}

function enterpriseFacts(entity: Entity, actions: EntityActions): [string, string | HTMLElement | null][] {
  const facts: [string, string | HTMLElement | null][] = Object.entries(entity.attributes ?? {}).map(
    ([name, value]) => {
      const attribute = actions.attributes.find((known) => known.entity === 'enterprise' && known.name === name);
      return [attribute ? attributeText(attribute) : name, categoryText(String(value), attribute)];
    },
  );
  // Where the source says the state in its own words that is said once.
  if (entity.attributes?.['status'] === undefined) facts.unshift([t('state'), entity.active === false ? t('cancelled') : t('inBusiness')]);
  const text = entity.address?.text ?? entity.address_text ?? null;
  facts.push([t('registered'), text], [t('floor'), floorOf(entity.address?.floor)]);
  return [...facts, ...buildingFact(entity, actions)];
}

/** On which floor an address is, and how many enterprises are in its building. */
function floorFacts({ code }: Entity, { building }: EntityActions): [string, string | null][] {
  const floor = building?.address_list?.find((address) => address.code === code)?.floor;
  const enterprises = building?.enterprises;
  return [
    [t('floor'), floorOf(floor)],
    [t('sameBuilding'), enterprises == null ? null : formatNumber(enterprises)],
  ];
}

function floorOf(floor: number | undefined): string | null {
  return floor === undefined ? null : floorText(floor);
}

function buildingFact(entity: Entity, actions: EntityActions): [string, HTMLElement | null][] {
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
  const [first] = kindsOf(actions.areas);
  const rows = links.map((link) =>
    h('li', {}, h('span', { class: 'relation' }, relationText(link, first)), codeWithCopy(link.code, actions.open)),
  );
  return h('details', { class: 'provenance' }, h('summary', {}, t('links')), h('ul', { class: 'rows' }, ...rows));
}

/** For instance "Address → Building · by location · 3.2 m away"; the kind of a grid is said unless it is the first of the plate. */
function relationText(link: EntityLink, first: string | undefined): string {
  const ends = link.relation.split('→').map(nameOf).join(' → ');
  const kind = link.kind && link.kind !== first ? kindText(link.kind) : null;
  const how = nameOf(HOW[link.how] ?? link.how);
  const matched = link.match_level ? nameOf(link.match_level) : null;
  const confidence =
    link.confidence == null ? null : t('confidenceOnly', { value: formatNumber(link.confidence, 3) });
  const distance = link.distance_m ? t('distance', { distance: formatMetres(link.distance_m) }) : null;
  const unmatched = link.unmatched ? t('unmatchedWords', { words: link.unmatched }) : null;
  const parts = [ends, kind, how, matched, confidence, unmatched, distance, link.reason, link.approved_by];
  return parts.filter(Boolean).join(' · ');
}
