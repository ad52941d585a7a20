import type { BuildingFacts, Entity } from './api';
import { formatArea, formatMetres, formatNumber, t } from './i18n';
import { kindText } from './kinds';
import { peopleFact } from './people';

export type Facts = [label: string, value: string | HTMLElement | null | undefined][];

/** How much is in an area and how large it is; its kind is said where the plate has several. */
export function areaFacts(entity: Entity, kinds: string[]): Facts {
  return [
    [t('people'), peopleFact(entity.people, entity.people_estimated)],
    [t('households'), peopleFact(entity.households, entity.households_estimated)],
    [t('enterpriseCount'), countText(entity.enterprises)],
    [t('buildings'), countText(entity.buildings)],
    [t('addressCount'), countText(entity.addresses)],
    [t('area'), entity.area_m2 == null ? null : formatArea(entity.area_m2)],
    [t('kind'), entity.kind && kinds.length > 1 ? kindText(entity.kind) : null],
  ];
}

/** What a building is; people are told of by groups of buildings. */
export function buildingFacts(building: Partial<BuildingFacts> & { enterprises?: number }): Facts {
  return [
    [t('people'), t('peopleByArea')],
    [t('enterpriseCount'), countText(building.enterprises)],
    [t('addressCount'), countText(building.addresses)],
    [t('use'), building.use],
    [t('floors'), building.floors == null ? null : t('floorsValue', { n: building.floors })],
    [t('height'), building.height_m == null ? null : formatMetres(building.height_m)],
  ];
}

function countText(count: number | null | undefined): string | null {
  return count == null ? null : formatNumber(count);
}
