import type { BuildingFacts, Entity } from './api';
import { formatArea, formatMetres, formatNumber, t } from './i18n';
import { BASIC, kindText } from './kinds';

export type Facts = [label: string, value: string | null | undefined][];

/** How large an area is and how much is in it; a number of people that may not be shown is said to be so. */
export function areaFacts(entity: Entity): Facts {
  const count = (n: number | null | undefined) => (n == null ? null : formatNumber(n));
  return [
    [t('kind'), entity.kind ? kindText(entity.kind) : null],
    [t('area'), entity.area_m2 == null ? null : formatArea(entity.area_m2)],
    [t('buildings'), count(entity.buildings)],
    [t('addressCount'), count(entity.addresses)],
    [t('enterpriseCount'), count(entity.enterprises)],
    [t('people'), entity.people === undefined ? null : (count(entity.people) ?? t(entity.kind === BASIC ? 'tooFew' : 'notShown'))],
  ];
}

export function buildingFacts(building: Partial<BuildingFacts>): Facts {
  return [
    [t('use'), building.use],
    [t('floors'), building.floors == null ? null : t('floorsValue', { n: building.floors })],
    [t('height'), building.height_m == null ? null : formatMetres(building.height_m)],
    [t('addressCount'), building.addresses == null ? null : formatNumber(building.addresses)],
  ];
}
