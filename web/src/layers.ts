import type { Map as MapLibre } from 'maplibre-gl';
import { onAddress, readAddress, writeAddress } from './address';
import { addToMap, type Plate } from './plate';

const LABELS = /-labels$/;

interface Drawn {
  ids: string[];
  /** Whether the style itself shows it. */
  isUsual: boolean;
  isShown: boolean;
}

/**
 * Which layers of the tiles the map shows, each with its labels. The address says what differs from the style, as
 * `hide=addresses,enterprises&show=police-grids`.
 */
export class Layers {
  private readonly drawn = new Map<string, Drawn>();
  private readonly followers: (() => void)[] = [];

  /** Of a map whose style is there, before anything is added to it. */
  constructor(
    private readonly map: MapLibre,
    private readonly plate: Plate,
  ) {
    for (const layer of plate.style.layers) {
      if (!('source-layer' in layer) || typeof layer['source-layer'] !== 'string') continue;
      const name = layer['source-layer'].replace(LABELS, '');
      const drawn = this.drawn.get(name) ?? { ids: [], isUsual: false, isShown: false };
      drawn.ids.push(layer.id);
      drawn.isUsual ||= layer.layout?.visibility !== 'none';
      drawn.isShown = drawn.isUsual;
      this.drawn.set(name, drawn);
    }
    this.follow();
    onAddress(() => this.follow());
  }

  isShown(name: string): boolean {
    return this.drawn.get(name)?.isShown ?? false;
  }

  show(name: string, isShown: boolean): void {
    this.change([name], isShown);
  }

  hide(names: string[]): void {
    this.change(names, false);
  }

  /** Runs `changed` whenever other layers are shown. */
  onChange(changed: () => void): void {
    this.followers.push(changed);
  }

  private change(changed: string[], isShown: boolean): void {
    const wanted = [...this.drawn].filter(([name, drawn]) => (changed.includes(name) ? isShown : drawn.isShown) !== drawn.isUsual);
    const names = (isUsual: boolean) => wanted.filter(([, drawn]) => drawn.isUsual === isUsual).map(([other]) => other).join(',');
    writeAddress({ hide: names(true) || null, show: names(false) || null }, { push: false });
    this.follow();
  }

  /** Shows what the address says. */
  private follow(): void {
    const { hide = '', show = '' } = readAddress();
    const [hidden, shown] = [hide.split(','), show.split(',')];
    for (const [name, drawn] of this.drawn) {
      const isShown = drawn.isUsual ? !hidden.includes(name) : shown.includes(name);
      if (isShown === drawn.isShown) continue;
      drawn.isShown = isShown;
      for (const id of drawn.ids) {
        if (isShown) addToMap(this.map, this.plate, id);
        if (this.map.getLayer(id)) this.map.setLayoutProperty(id, 'visibility', isShown ? 'visible' : 'none');
      }
    }
    for (const changed of this.followers) changed();
  }
}
