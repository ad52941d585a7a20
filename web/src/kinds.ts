import type { LayerSpecification } from 'maplibre-gl';
import type { Level } from './api';
import { nameOf, t, type Word } from './i18n';

/** The kind that is meant where none is named. */
export const BASIC = 'basic';

const KINDS: Record<string, Word> = { basic: 'kindBasic', police: 'kindPolice', fire: 'kindFire' };
const LEVELS: Level[] = ['city', 'district', 'subdistrict', 'community', 'grid'];

/** A level of a kind of grids that the style draws, with the layer of the tiles and its source. */
export interface AreaLayer {
  kind: string;
  level: Level;
  layer: string;
  source: string;
}

/** The levels that a style draws, the first kind first, each from the highest down. The server says of which they are. */
export function areaLayers(drawn: LayerSpecification[]): AreaLayer[] {
  const found = new Map<string, AreaLayer>();
  for (const style of drawn) {
    if (!('source-layer' in style) || typeof style['source-layer'] !== 'string' || style.type !== 'line') continue;
    const { 'baseplate:kind': kind, 'baseplate:level': level } = (style.metadata ?? {}) as Record<string, unknown>;
    const layer = style['source-layer'];
    if (typeof kind === 'string' && isLevel(level)) found.set(layer, { kind, level, layer, source: style.source });
  }
  const all = [...found.values()];
  return kindsOf(all).flatMap((kind) =>
    all.filter((one) => one.kind === kind).toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level)),
  );
}

export function isLevel(text: unknown): text is Level {
  return LEVELS.some((level) => level === text);
}

/** The kinds of some layers, in their order. */
export function kindsOf(areas: AreaLayer[]): string[] {
  return [...new Set(areas.map(({ kind }) => kind))];
}

/** A kind that this page does not know is called what the plate calls it. */
export function kindText(kind: string): string {
  return Object.hasOwn(KINDS, kind) ? t(KINDS[kind]!) : kind;
}

/** For instance "Community", or "Police grid · Community". */
export function areaText({ kind, level }: Pick<AreaLayer, 'kind' | 'level'>): string {
  return kind === BASIC ? nameOf(level) : `${kindText(kind)} · ${nameOf(level)}`;
}

/** The kind in what the address says of a comparison; null where that is the basic one, or nothing. */
export function comparedKind(by: string | undefined): string | null {
  return /@([a-z][a-z0-9-]*):/.exec(by ?? '')?.[1] ?? null;
}
