import 'maplibre-gl/dist/maplibre-gl.css';
import './style.css';
import type { Map as MapLibre } from 'maplibre-gl';
import { hasView, onAddress, readAddress, readView, takeWritten, writeAddress } from './address';
import { ApiFailure, fetchEntity, type Bounds, type Point } from './api';
import { Card, type View } from './card';
import { controls } from './controls';
import { h } from './dom';
import { entityView } from './entity-card';
import { levelText, type Found } from './found';
import { header } from './header';
import { Highlight } from './highlight';
import { t } from './i18n';
import { areaLayers, comparedKind, kindsOf } from './kinds';
import { legend } from './legend';
import { loadLocation } from './location-card';
import { createMap, onChoosePlace, uncover } from './map';
import { offerNewGeneration } from './fresh';
import { addNotices, showNotice } from './notice';
import { loadPlate, type Plate } from './plate';
import { Search } from './search';
import { Tools, type Offer, type Workplace } from './tools';
import { Wall } from './wall';

/** Six decimals are a tenth of a metre, finer than any click. */
const COORDINATE_DECIMALS = 6;

/** Views that differ by less are one: the address rounds. */
const SAME_VIEW_PX = 4;
const SAME_VIEW_ZOOM = 0.05;

const TOOLS: Offer[] = [
  { name: 'compare', picture: 'bars', load: async () => (await import('./compare/tool')).compareTool },
  { name: 'quality', picture: 'flag', load: async () => (await import('./quality/tool')).qualityTool },
  { name: 'bulk', picture: 'table', load: async () => (await import('./bulk/tool')).bulkTool },
];

/** Whether the address said what to look at before the map wrote its own view into it. */
const cameWithView = hasView();

/** The columns of panels left and right of what is seen of the map. */
const left = h('div', { class: 'left' });
const right = h('div', { class: 'right' });

async function start(): Promise<void> {
  // Before the map rewrites what it was opened with.
  writeAddress({}, { push: false });
  addNotices(document.body);
  document.body.append(left, right);
  const container = document.getElementById('map')!;
  let plate: Plate;
  try {
    plate = await loadPlate();
  } catch (error) {
    failToStart(container, styleFailure(error));
    return;
  }
  left.prepend(header(plate));
  if (!canDraw()) failToStart(container, t('noWebgl'));
  else showPlate(createMap(container, plate), plate);
}

function canDraw(): boolean {
  return document.createElement('canvas').getContext('webgl2') !== null;
}

function failToStart(container: HTMLElement, message: string): void {
  container.dataset['state'] = 'error';
  if (!document.querySelector('.plate')) left.prepend(header(null));
  showNotice(message);
}

function styleFailure(error: unknown): string {
  const reason = error instanceof ApiFailure ? t(error.reason) : t('unreadable');
  return t('styleFailed', { reason });
}

function showPlate(map: MapLibre, plate: Plate): void {
  map.on('error', () => showNotice(t('tilesFailed')));
  right.append(controls(map, plate));
  document.body.append(offerNewGeneration(plate));
  map.once('style.load', () => {
    right.append(legend(map));
    new Screen(map, plate);
  });
}

/** What can be clicked, searched and opened on the map, as the address bar says it. */
class Screen {
  private readonly card: Card;
  private readonly tools: Tools;
  private readonly wall: Wall;

  constructor(
    private readonly map: MapLibre,
    private readonly plate: Plate,
  ) {
    const highlight = new Highlight(map);
    this.card = new Card(
      (selection) => {
        const place = selection.place && plate.shown(selection.place);
        highlight.show({ ...selection, ...(place && { place }) });
        if (place) uncover(map, place, this.card.element);
      },
      () => this.closeCard(),
    );
    map.getCanvas().addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || this.card.element.hidden) return;
      event.preventDefault();
      this.closeCard();
    });
    const workplace: Workplace = {
      map,
      plate,
      open: this.open,
      show: (lng, lat) => this.show({ lng, lat }),
    };
    this.tools = new Tools(TOOLS, workplace, () => {
      if (!this.card.element.hidden) writeAddress({ code: null, at: null }, { push: true });
      this.card.hide();
    });
    onChoosePlace(map, ({ place, building, byKeyboard }) => {
      if (building) return this.open(building, byKeyboard);
      const [lng, lat] = plate.stored([place.lng, place.lat]);
      this.openAt(lng, lat, byKeyboard);
    });
    const search = new Search({
      near: () => {
        const { lng, lat } = map.getCenter().wrap();
        return plate.stored([lng, lat]);
      },
      go: (found) => void this.openFound(found),
    });
    document.querySelector('.plate')?.append(search.element, this.tools.element);
    this.wall = new Wall(map, plate);
    document.body.append(...this.wall.elements);
    left.append(this.card.element);
    right.prepend(this.tools.panel);
    this.tools.takeDrops();
    onAddress(() => this.follow({ focus: true, move: takeWritten() && !this.addressMoves() }));
    takeWritten();
    this.follow({ focus: false, move: !cameWithView });
  }

  /** Whether the address says another view than the map has, to which the map will go. */
  private addressMoves(): boolean {
    const view = readView();
    if (!view) return false;
    const [there, here] = [this.map.project(view), this.map.project(this.map.getCenter())];
    return there.dist(here) > SAME_VIEW_PX || Math.abs(view.zoom - this.map.getZoom()) > SAME_VIEW_ZOOM;
  }

  private closeCard(): void {
    writeAddress({ code: null, at: null }, { push: true });
    this.card.hide();
    this.map.getCanvas().focus();
  }

  /** Opens the card of a code, as a step that can be undone. */
  private readonly open = (code: string, focus = true): void => {
    writeAddress({ code, at: null }, { push: true });
    this.follow({ focus });
  };

  private openAt(lng: number, lat: number, focus: boolean): void {
    const at = [lng, lat].map((degrees) => Number(degrees.toFixed(COORDINATE_DECIMALS))).join(',');
    writeAddress({ at, code: null }, { push: true });
    this.follow({ focus });
  }

  /** Opens what was found; its card says how sure that is. */
  private async openFound(found: Found): Promise<void> {
    if (!found.code) {
      if (!found.at) return;
      this.openAt(...found.at, true);
      return this.show({ lng: found.at[0], lat: found.at[1] });
    }
    writeAddress({ code: found.code, at: null }, { push: true });
    let place: Placed | undefined;
    const load = async (signal: AbortSignal) => {
      const [view, entity] = await this.loadEntity(found.code!, signal);
      place = entity;
      if (entity.entity !== 'grid' && found.at) view.selection.place ??= found.at;
      return { ...view, subtitle: () => levelText(found) };
    };
    await this.card.open(load, { focus: true });
    if (place) this.show(place);
  }

  /** Shows what the address bar says. */
  private follow({ focus, move = false }: { focus: boolean; move?: boolean }): void {
    const { code, at } = readAddress();
    if (code) {
      const load = async (signal: AbortSignal) => {
        const [view, entity] = await this.loadEntity(code, signal);
        if (move) this.show(entity);
        return view;
      };
      void this.card.open(load, { focus });
    } else if (at) {
      const [lng = NaN, lat = NaN] = at.split(',').map(Number);
      void this.card.open((signal) => loadLocation(lng, lat, this.kinds(), this.open, signal), { focus });
      if (move) this.show({ lng, lat });
    } else this.card.hide();
    void this.tools.follow();
    this.wall.follow();
  }

  /** The kinds of grids that a place is asked about, the one that is compared first. */
  private kinds(): string[] {
    const kinds = kindsOf(areaLayers(this.map.getStyle().layers));
    const compared = comparedKind(readAddress().by);
    return compared === null ? kinds : kinds.toSorted((a, b) => Number(b === compared) - Number(a === compared));
  }

  private async loadEntity(code: string, signal: AbortSignal): Promise<[View, Placed & { entity: string }]> {
    const entity = await fetchEntity(code, signal);
    return [entityView(entity, { open: this.open, show: (shown) => this.show(shown) }), entity];
  }

  private show({ bbox, lng, lat }: Placed): void {
    const bounds = bbox ?? (lng != null && lat != null ? ([lng, lat, lng, lat] as Bounds) : null);
    if (!bounds) return;
    const box = [...this.plate.shown([bounds[0], bounds[1]]), ...this.plate.shown([bounds[2], bounds[3]])];
    this.map.fitBounds(box as Bounds, { padding: freeSpace(this.map), maxZoom: 18 });
  }
}

/** Something with a place: a box, or a point. */
interface Placed extends Partial<Point> {
  bbox?: Bounds | null;
}

/** Padding that keeps what the panels cover free. */
function freeSpace(map: MapLibre): { top: number; bottom: number; left: number; right: number } {
  const { width, height } = map.getContainer().getBoundingClientRect();
  // What a tool's panel covers is padding of the map already.
  return width < 768
    ? { top: 200, bottom: Math.max(0, height * 0.55 - (map.getPadding().bottom ?? 0)), left: 32, right: 32 }
    : { top: 48, bottom: 48, left: 440, right: 96 };
}

void start();
