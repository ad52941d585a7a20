import { areaRecordSection } from './area-records';
import { fetchAbout, fetchEntity, locate, type BuildingFacts, type Located } from './api';
import type { View } from './card';
import { codeWithCopy, type OpenEntity } from './code';
import type { Lnglat } from './coordinates';
import { h } from './dom';
import { areaFacts, buildingFacts } from './facts';
import type { Selection } from './highlight';
import { formatLngLat, t } from './i18n';
import { BASIC, kindText } from './kinds';
import { addressSection, chainLine, coordinatesLine, factList, section, sentence } from './parts';
import { releaseLine } from './people';
import type { Titled } from './records';

/** The kinds of grids of the plate in its order, the one that is compared, which is asked first, and the layers of records. */
export interface PlateKinds {
  kinds: string[];
  compared: string | null;
  records: Titled[];
}

/** What the server knows about a place: the areas around it, what is in the smallest of them, and what stands there. */
export async function loadLocation(
  lng: number,
  lat: number,
  { kinds, compared, records }: PlateKinds,
  open: OpenEntity,
  signal: AbortSignal,
): Promise<View> {
  const asked = compared === null ? kinds : kinds.toSorted((a, b) => Number(b === compared) - Number(a === compared));
  const [first, ...others] = await locateKinds(lng, lat, asked, signal);
  const place: Lnglat = [first.lng, first.lat];
  const located = [first, ...others].find(({ chain }) => chain.length > 0) ?? first;
  const grid = located.chain[0];
  if (!grid) return outsideView(place);
  // What is in the grid is worth showing, but no reason to fail.
  const release = fetchAbout(signal).then(({ people_release }) => people_release, () => null);
  const area = await fetchEntity(grid.code, undefined, signal).catch(() => null);
  signal.throwIfAborted();
  const selection: Selection = { place, area: { ...grid, kind: located.kind } };
  if (located.building) selection.building = located.building.code;
  return {
    kind: 'location',
    title: () => grid.name || grid.code,
    subtitle: () => t('location'),
    selection,
    content: () => [
      area && factList(areaFacts(area, kinds)),
      area?.people == null ? null : releaseLine(release),
      chainLine(located.chain, open),
      buildingSection(located.building, open),
      addresses(located, open),
      area && areaRecordSection(area, records),
      otherKinds([first, ...others].filter((one) => one !== located), open),
      coordinatesLine(formatLngLat(...place)),
    ],
  };
}

/** The grids around a point, of the first of some kinds and of those of the others that answer. */
async function locateKinds(
  lng: number,
  lat: number,
  [first = BASIC, ...others]: string[],
  signal: AbortSignal,
): Promise<[Located, ...Located[]]> {
  const rest = Promise.allSettled(others.map((kind) => locate(lng, lat, kind, signal)));
  const located = await locate(lng, lat, first, signal);
  const answered = (await rest).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return [located, ...answered];
}

function otherKinds(located: Located[], open: OpenEntity): HTMLElement | null {
  const rows = located.flatMap(({ kind, chain: [grid] }) =>
    grid
      ? [
          h(
            'li',
            { 'data-kind': kind, 'data-code': grid.code },
            h('span', { class: 'relation' }, kindText(kind)),
            h('span', { class: 'name' }, grid.name || t('unnamed')),
            codeWithCopy(grid.code, open),
          ),
        ]
      : [],
  );
  return rows.length > 0 ? section(t('otherKinds'), h('ul', { class: 'rows' }, ...rows)) : null;
}

function outsideView(place: Lnglat): View {
  return {
    kind: 'outside',
    title: () => t('outsideTitle'),
    selection: { place },
    content: () => [sentence(t('outside')), coordinatesLine(formatLngLat(...place)), sentence(t('tryInside'))],
  };
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
