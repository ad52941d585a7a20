import type { Map as MapLibre } from 'maplibre-gl';
import { readAddress, writeAddress } from './address';
import { h, icon } from './dom';
import { figuresOf } from './figures';
import { paintInLanguage, t } from './i18n';
import { areaLayers } from './kinds';
import { leaveRoom } from './map';
import type { Plate } from './plate';
import { areaTables, countAreas, type Counted } from './wall-areas';

/** A screen with more pixels than these is looked at from afar: everything on it is drawn larger. */
const NEAR = { width: 1280, height: 720 };
const SCALE_MAX = 2.5;
/** Between the tables and the city, pixels. */
const GAP = 24;

/**
 * The wall mode: for a screen that is looked at and hardly touched. It hides what one would press and shows the city in
 * figures; a click on the map shows what is there. Escape closes that or a tool, and then the wall.
 */
export class Wall {
  private readonly figures = h('dl', { class: 'figures' });
  private readonly exit = h('button', { type: 'button', class: 'wall-exit', onclick: toggleWall }, icon('close'));
  private readonly tables = h('aside', { class: 'wall-tables' });
  readonly elements = [this.figures, this.tables, this.exit];
  private counted: Counted[] = [];
  private isOn = false;
  private lastScale = 1;
  /** When it has made its room. */
  settled: Promise<void> = Promise.resolve();

  constructor(
    private readonly map: MapLibre,
    private readonly plate: Plate,
  ) {
    const label = h('span');
    this.exit.append(label);
    paintInLanguage(() => {
      label.textContent = t('wallExit');
      this.paint();
    });
    addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.isOn || event.defaultPrevented) return;
      if (readAddress().tool === undefined) toggleWall();
      else go({ tool: null }, { push: false });
    });
    addEventListener('resize', () => {
      this.scale();
      if (this.isOn) this.makeRoom();
    });
  }

  /** Shows the wall, or the page, as the address says. */
  follow(): void {
    const isOn = readAddress().wall !== undefined;
    if (!isOn && !this.isOn) return;
    if (isOn !== this.isOn) {
      this.isOn = isOn;
      document.body.classList.toggle('wall', isOn);
      this.scale();
      if (isOn && this.counted.length === 0) this.settled = this.count();
    }
    // Also of a wall that was one before: a tool that has closed left no room.
    this.makeRoom();
  }

  /** The city lies beside the tables and above the figures; a tool, in whose place the tables are, makes room beside itself. */
  private makeRoom(): void {
    const room = (covered: number) => (covered > 0 ? covered / this.lastScale + GAP : 0);
    const hasTool = readAddress().tool !== undefined;
    const { right: wasRight = 0, bottom: wasBottom = 0 } = this.map.getPadding();
    const below = room(this.figures.getBoundingClientRect().height);
    const right = hasTool ? wasRight : room(this.tables.getBoundingClientRect().width);
    const bottom = hasTool ? Math.max(wasBottom, below) : below;
    if (right !== wasRight || bottom !== wasBottom) leaveRoom(this.map, this.plate, { top: 0, bottom, left: 0, right });
  }

  private scale(): void {
    const scale = this.isOn ? Math.min(SCALE_MAX, Math.max(1, Math.min(innerWidth / NEAR.width, innerHeight / NEAR.height))) : 1;
    document.documentElement.style.setProperty('--wall', String(scale));
    this.map.setPixelRatio(devicePixelRatio * scale);
    this.map.resize();
    // What was in view stays in view.
    this.map.jumpTo({ zoom: this.map.getZoom() - Math.log2(scale / this.lastScale) });
    this.lastScale = scale;
  }

  private async count(): Promise<void> {
    this.counted = await countAreas(areaLayers(this.map.getStyle().layers)).catch(() => []);
    this.paint();
    this.follow();
  }

  private paint(): void {
    this.figures.replaceChildren(...(this.counted[0] ? figuresOf(this.counted[0]) : []));
    this.tables.replaceChildren(...areaTables(this.counted));
  }
}

/** Changes the address, and has the page follow it. */
function go(...change: Parameters<typeof writeAddress>): void {
  writeAddress(...change);
  dispatchEvent(new PopStateEvent('popstate', { state: history.state }));
}

export function toggleWall(): void {
  const isOn = readAddress().wall !== undefined;
  go({ wall: isOn ? null : '1' }, { push: true });
  // The browser may forbid the whole screen; the wall mode does not need it.
  if (isOn) void document.exitFullscreen?.().catch(() => undefined);
  else void document.documentElement.requestFullscreen?.().catch(() => undefined);
}
