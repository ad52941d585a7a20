import 'maplibre-gl/dist/maplibre-gl.css';
import './style.css';
import type { Map as MapLibre } from 'maplibre-gl';
import { hasView, isEmbedded, onAddress, readAddress, takeWritten, writeAddress } from './address';
import { ApiFailure, fetchAbout, fetchEntity, type Entity } from './api';
import { Card, type View } from './card';
import type { OpenEntity } from './code';
import { controls } from './controls';
import { h } from './dom';
import { Embedded } from './embed';
import { entityView } from './entity-card';
import { plateFigures } from './figures';
import { levelText, type Found } from './found';
import { header, nameDocument } from './header';
import { Highlight } from './highlight';
import { t } from './i18n';
import { areaLayers, comparedKind, kindsOf, type AreaLayer } from './kinds';
import { Layers } from './layers';
import { legend } from './legend';
import { loadLocation, type PlateKinds } from './location-card';
import { addressMoves, chipSize, createMap, onChoosePlace, openWhole, panelSize, shownBox, uncover, type Placed } from './map';
import { offerNewGeneration } from './fresh';
import { addNotices, showNotice } from './notice';
import { loadPlate, type Plate } from './plate';
import type { Titled } from './records';
import { Search } from './search';
import { recordLegend } from './shelf/legend';
import { ShownRecords } from './shelf/records';
import { Tools, type Offer, type Workplace } from './tools';
import { Wall } from './wall';

/** Six decimals are a tenth of a metre, finer than any click. */
const COORDINATE_DECIMALS = 6;

const TOOLS: Offer[] = [
  { name: 'shelf', picture: 'layers', load: async () => (await import('./shelf/tool')).shelfTool },
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
  addHeader(plate);
  if (!canDraw()) failToStart(container, t('noWebgl'));
  else showPlate(createMap(container, plate), plate);
}

function addHeader(plate: Plate | null): void {
  if (isEmbedded) nameDocument(plate);
  else left.prepend(header(plate));
}

function canDraw(): boolean {
  return document.createElement('canvas').getContext('webgl2') !== null;
}

function failToStart(container: HTMLElement, message: string): void {
  container.dataset['state'] = 'error';
  if (!document.querySelector('.plate')) addHeader(null);
  showNotice(message);
}

function styleFailure(error: unknown): string {
  const reason = error instanceof ApiFailure ? t(error.reason) : t('unreadable');
  return t('styleFailed', { reason });
}

function showPlate(map: MapLibre, plate: Plate): void {
  map.on('error', () => showNotice(t('tilesFailed')));
  document.body.append(offerNewGeneration(plate));
  if (isEmbedded) {
    map.once('style.load', () => document.body.append(new Embedded(map, plate, { move: !cameWithView }).element));
    return;
  }
  right.append(controls(map, plate));
  map.once('style.load', () => {
    new Screen(map, plate);
  });
}

/** What can be clicked, searched and opened on the map, as the address bar says it. */
class Screen {
  private readonly card: Card;
  private readonly tools: Tools;
  private readonly wall: Wall;
  private readonly areas: AreaLayer[];
  private readonly records: Titled[];

  constructor(
    private readonly map: MapLibre,
    private readonly plate: Plate,
  ) {
    this.areas = areaLayers(map.getStyle().layers);
    const layers = new Layers(map, plate);
    const records = new ShownRecords(map, plate, layers);
    this.records = records.all;
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
      records,
      open: this.open,
      show: (lng, lat) => this.show({ lng, lat }),
    };
    const makeWay = () => {
      if (!this.card.element.hidden) writeAddress({ code: null, layer: null, at: null }, { push: true });
      this.card.hide();
    };
    // A plate without layers of records has none to choose from.
    const offered = TOOLS.filter(({ name }) => name !== 'shelf' || records.all.length > 0);
    this.tools = new Tools(offered, workplace, makeWay, () => this.wall.follow());
    right.append(legend(map, layers, recordLegend(map, records, () => this.tools.choose('shelf'))));
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
      city: plate.name ?? '',
      go: (found) => void this.openFound(found),
    });
    document.querySelector('.plate')?.append(plateFigures(map), search.element, this.tools.element);
    // The chip has its whole size now, and no tile was asked for yet.
    if (!cameWithView) openWhole(map, plate);
    this.wall = new Wall(map, plate);
    document.body.append(...this.wall.elements);
    left.append(this.card.element);
    right.prepend(this.tools.panel);
    this.tools.takeDrops();
    onAddress(() => this.follow({ focus: true, move: takeWritten() && !addressMoves(map) }));
    takeWritten();
    this.follow({ focus: false, move: !cameWithView });
  }

  private closeCard(): void {
    writeAddress({ code: null, layer: null, at: null }, { push: true });
    this.card.hide();
    this.map.getCanvas().focus();
  }

  /** Opens the card of a code, as a step that can be undone. */
  private readonly open = (code: string, focus = true): void => this.openCode(code, undefined, focus);

  /** The same for codes on cards, of which some are of a layer. */
  private readonly openThing: OpenEntity = (code, layer) => this.openCode(code, layer, true);

  private openCode(code: string, layer: string | undefined, focus: boolean): void {
    writeAddress({ code, layer: layer ?? null, at: null }, { push: true });
    this.follow({ focus });
  }

  private openAt(lng: number, lat: number, focus: boolean): void {
    const at = [lng, lat].map((degrees) => Number(degrees.toFixed(COORDINATE_DECIMALS))).join(',');
    writeAddress({ at, code: null, layer: null }, { push: true });
    this.follow({ focus });
  }

  /** Opens what was found; its card says how sure that is. */
  private async openFound(found: Found): Promise<void> {
    if (!found.code) {
      if (!found.at) return;
      this.openAt(...found.at, true);
      return this.show({ lng: found.at[0], lat: found.at[1] });
    }
    writeAddress({ code: found.code, layer: found.layer ?? null, at: null }, { push: true });
    let place: Placed | undefined;
    const load = async (signal: AbortSignal) => {
      const [view, entity] = await this.loadEntity(found.code!, found.layer, signal);
      place = entity;
      if (entity.entity !== 'grid' && found.at) view.selection.place ??= found.at;
      // How sure an answer is belongs to it; what was picked is called as it is anywhere.
      return found.sure ? { ...view, subtitle: () => levelText(found) } : view;
    };
    await this.card.open(load, { focus: true });
    if (place) this.show(place);
  }

  /** Shows what the address bar says. */
  private follow({ focus, move = false }: { focus: boolean; move?: boolean }): void {
    const { code, layer, at } = readAddress();
    if (code) {
      const load = async (signal: AbortSignal) => {
        const [view, entity] = await this.loadEntity(code, layer, signal);
        if (move) this.arrive(entity);
        return view;
      };
      void this.card.open(load, { focus });
    } else if (at) {
      const [lng = NaN, lat = NaN] = at.split(',').map(Number);
      void this.card.open((signal) => loadLocation(lng, lat, this.kinds(), this.openThing, signal), { focus });
      if (move) this.arrive({ lng, lat });
    } else this.card.hide();
    void this.tools.follow();
    this.wall.follow();
  }

  private kinds(): PlateKinds {
    return { kinds: kindsOf(this.areas), compared: comparedKind(readAddress().by), records: this.records };
  }

  private async loadEntity(code: string, layer: string | undefined, signal: AbortSignal): Promise<[View, Placed & { entity: string }]> {
    const entity = await fetchEntity(code, layer, signal);
    const { areas, records, openThing: open } = this;
    const around = entity.entity === 'address' ? entity.building?.code : undefined;
    const building = around ? await fetchEntity(around, undefined, signal).catch(() => null) : null;
    const about = hasTitles(entity) ? await fetchAbout(signal).catch(() => null) : null;
    const { attributes = [], layers = [] } = about ?? {};
    return [entityView(entity, { areas, attributes, layers, records, building, open, show: (shown) => this.show(shown) }), entity];
  }

  /** Shows what the page was opened with; a wall first finds out what room it leaves, and would stop the map on its way. */
  private arrive(placed: Placed): void {
    queueMicrotask(() => void this.wall.settled.then(() => this.show(placed)));
  }

  private show(placed: Placed): void {
    const box = shownBox(placed, this.plate);
    if (box) this.map.fitBounds(box, { padding: freeSpace(this.map, this.card.element), maxZoom: 18 });
  }
}

/** Whether the card of a thing shows attributes or layers, which the plate has words for. */
function hasTitles({ entity, attributes = {}, layers = [] }: Entity): boolean {
  return entity === 'record' || layers.length > 0 || Object.keys(attributes).length > 0;
}

/** Padding that keeps what the panels cover free. */
function freeSpace(map: MapLibre, card: HTMLElement): { top: number; bottom: number; left: number; right: number } {
  const { width, height } = map.getContainer().getBoundingClientRect();
  // What a tool's panel covers is padding of the map already.
  return width < 768
    ? { top: chipSize(map).bottom + 16, bottom: Math.max(0, height * 0.55 - (map.getPadding().bottom ?? 0)), left: 32, right: 32 }
    : { top: 48, bottom: 48, left: Math.max(chipSize(map).right, panelSize(map, card).right) + 48, right: 96 };
}

void start();
