import type { BuildingFacts, Entity } from './api';
import { formatArea, formatMetres, formatNumber, t } from './i18n';
import { kindText } from './kinds';

export type Facts = [label: string, value: string | null | undefined][];

/** How much is in an area and how large it is; `kinds` are those of the plate, the first of which has counts of people. */
export function areaFacts(entity: Entity, kinds: string[]): Facts {
  return [
    [t('people'), entity.people === undefined ? null : (countText(entity.people) ?? hiddenPeople(entity, kinds))],
    [t('enterpriseCount'), countText(entity.enterprises)],
    [t('buildings'), countText(entity.buildings)],
    [t('addressCount'), countText(entity.addresses)],
    [t('area'), entity.area_m2 == null ? null : formatArea(entity.area_m2)],
    [t('kind'), entity.kind && kinds.length > 1 ? kindText(entity.kind) : null],
  ];
}

/** Why people of an area are not counted: too few, or other borders cross those of this kind. */
function hiddenPeople({ kind }: Entity, [first]: string[]): string {
  return first === undefined || kind === first ? t('tooFew') : t('peopleOfFirstKind', { kind: kindText(first) });
}

/** What a building is; people are published by area only. */
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
