import type { Map as MapLibre } from 'maplibre-gl';
import { readAddress, writeAddress } from './address';
import { fetchStats } from './api';
import { h, icon } from './dom';
import { formatNumber, paintInLanguage, t, type Word } from './i18n';
import { areaLayers } from './kinds';

/** A screen wider than this many pixels is looked at from afar: everything on it is drawn larger. */
const NEAR_WIDTH = 2400;
const SCALE_MAX = 2.5;

const FIGURES: [word: Word, count: 'people' | 'buildings' | 'addresses' | 'enterprises'][] = [
  ['people', 'people'],
  ['buildings', 'buildings'],
  ['addressCount', 'addresses'],
  ['enterpriseCount', 'enterprises'],
];

/**
 * The wall mode: for a screen that is looked at and hardly touched. It hides what one would press and shows the city in
 * figures; a click on the map shows what is there. Escape closes that, and then the wall.
 */
export class Wall {
  private readonly figures = h('dl', { class: 'figures' });
  private readonly exit = h('button', { type: 'button', class: 'wall-exit', onclick: toggleWall }, icon('close'));
  readonly elements = [this.figures, this.exit];
  private totals: Record<string, number | null> | null = null;
  private isOn = false;
  private lastScale = 1;

  constructor(private readonly map: MapLibre) {
    const label = h('span');
    this.exit.append(label);
    paintInLanguage(() => {
      label.textContent = t('wallExit');
      this.paint();
    });
    addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.isOn && !event.defaultPrevented) toggleWall();
    });
    addEventListener('resize', () => this.scale());
  }

  /** Shows the wall, or the page, as the address says. */
  follow(): void {
    const isOn = readAddress().wall !== undefined;
    if (isOn === this.isOn) return;
    this.isOn = isOn;
    document.body.classList.toggle('wall', isOn);
    this.scale();
    if (isOn && !this.totals) void this.count();
  }

  private scale(): void {
    const scale = this.isOn ? Math.min(SCALE_MAX, Math.max(1, innerWidth / NEAR_WIDTH)) : 1;
    document.documentElement.style.setProperty('--wall', String(scale));
    this.map.setPixelRatio(devicePixelRatio * scale);
    this.map.resize();
    // What was in view stays in view.
    this.map.jumpTo({ zoom: this.map.getZoom() - Math.log2(scale / this.lastScale) });
    this.lastScale = scale;
  }

  /** The sums over the largest areas; a figure that is not shown of one of them is not shown at all. */
  private async count(): Promise<void> {
    const [highest] = areaLayers(this.map.getStyle().layers);
    const stats = highest && (await fetchStats(highest, null).catch(() => null));
    if (!stats) return;
    const sum = (key: (typeof FIGURES)[number][1]) =>
      stats.rows.reduce<number | null>((so, row) => (so === null || row[key] === null ? null : so + row[key]), 0);
    this.totals = Object.fromEntries(FIGURES.map(([, key]) => [key, sum(key)]));
    this.paint();
  }

  private paint(): void {
    const { totals } = this;
    const known = totals ? FIGURES.filter(([, key]) => totals[key] !== null) : [];
    this.figures.replaceChildren(
      ...known.map(([word, key]) => h('div', {}, h('dt', {}, t(word)), h('dd', {}, formatNumber(totals![key]!)))),
    );
  }
}

export function toggleWall(): void {
  const isOn = readAddress().wall !== undefined;
  writeAddress({ wall: isOn ? null : '1' }, { push: true });
  dispatchEvent(new PopStateEvent('popstate', { state: history.state }));
  // The browser may forbid the whole screen; the wall mode does not need it.
  if (isOn) void document.exitFullscreen?.().catch(() => undefined);
  else void document.documentElement.requestFullscreen?.().catch(() => undefined);
}
