import 'maplibre-gl/dist/maplibre-gl.css';
import './style.css';
import type { Map as MapLibre } from 'maplibre-gl';
import { ApiFailure, fetchEntity, locate, type Bounds, type Entity } from './api';
import { Card, type View } from './card';
import type { OpenEntity } from './code';
import { controls } from './controls';
import { entityView } from './entity-card';
import { levelText, type Found } from './found';
import { header } from './header';
import { Highlight } from './highlight';
import { t } from './i18n';
import { legend } from './legend';
import { locationView } from './location-card';
import { createMap, onChoosePlace, uncover } from './map';
import { addNotices, showNotice } from './notice';
import { loadPlate, type Plate } from './plate';
import { Search } from './search';

/** Six decimals are a tenth of a metre, finer than any click. */
const COORDINATE_DECIMALS = 1e6;

async function start(): Promise<void> {
  addNotices(document.body);
  const container = document.getElementById('map')!;
  let plate: Plate;
  try {
    plate = await loadPlate();
  } catch (error) {
    failToStart(container, styleFailure(error));
    return;
  }
  document.body.prepend(header(plate));
  if (!canDraw()) failToStart(container, t('noWebgl'));
  else showPlate(createMap(container, plate), plate);
}

function canDraw(): boolean {
  return document.createElement('canvas').getContext('webgl2') !== null;
}

function failToStart(container: HTMLElement, message: string): void {
  container.dataset['state'] = 'error';
  if (!document.querySelector('.plate')) document.body.prepend(header({}));
  showNotice(message);
}

function styleFailure(error: unknown): string {
  const reason = error instanceof ApiFailure ? t(error.reason) : t('unreadable');
  return t('styleFailed', { reason });
}

function showPlate(map: MapLibre, plate: Plate): void {
  map.on('error', () => showNotice(t('tilesFailed')));
  document.body.append(controls(map, plate));
  map.once('style.load', () => {
    document.body.append(legend(map));
    lookUp(map, new Highlight(map));
  });
}

/** Wires the map's clicks and the card's codes to the server's answers. */
function lookUp(map: MapLibre, highlight: Highlight): void {
  const card = new Card(
    (selection) => {
      highlight.show(selection);
      if (selection.place) uncover(map, selection.place, card.element);
    },
    () => map.getCanvas().focus(),
  );
  const open = (code: string) => {
    const load = async (signal: AbortSignal) =>
      entityView(await fetchEntity(code, signal), { open, show: (entity) => showEntity(map, entity) });
    void card.open(load, { keep: true, focus: true });
  };
  onChoosePlace(map, (place, byKeyboard) => {
    const [lng, lat] = [place.lng, place.lat].map(
      (n) => Math.round(n * COORDINATE_DECIMALS) / COORDINATE_DECIMALS,
    ) as [number, number];
    const load = async (signal: AbortSignal) => locationView(await locate(lng, lat, signal), open);
    void card.open(load, { keep: false, focus: byKeyboard });
  });
  document.body.append(card.element);
  addSearch(map, card, open);
}

/** The search box in the chip at the top; what it finds opens as a click would open it. */
function addSearch(map: MapLibre, card: Card, open: OpenEntity): void {
  const go = async (found: Found) => {
    let place: Placed | undefined;
    const load = async (signal: AbortSignal) => {
      const [view, where] = await loadFound(map, found, open, signal);
      place = where;
      return view;
    };
    await card.open(load, { keep: false, focus: true });
    if (place) showEntity(map, place);
  };
  const search = new Search({ near: () => map.getCenter().wrap(), go: (found) => void go(found) });
  document.querySelector('.plate')?.append(search.element);
}

/** The card of a found place, and where it is: of its code, else of its point. */
async function loadFound(
  map: MapLibre,
  found: Found,
  open: OpenEntity,
  signal: AbortSignal,
): Promise<[View, Placed]> {
  const { code, at = [NaN, NaN] } = found;
  const [lng, lat] = at;
  if (!code) return [locationView(await locate(lng, lat, signal), open), { lng, lat }];
  const entity = await fetchEntity(code, signal);
  const view = entityView(entity, { open, show: (shown) => showEntity(map, shown) });
  if (entity.entity !== 'grid' && found.at) view.selection.place ??= found.at;
  return [{ ...view, subtitle: () => levelText(found) }, entity];
}

type Placed = Pick<Entity, 'bbox' | 'lng' | 'lat'>;

function showEntity(map: MapLibre, { bbox, lng, lat }: Placed): void {
  const bounds = bbox ?? (lng != null && lat != null ? ([lng, lat, lng, lat] as Bounds) : null);
  if (bounds) map.fitBounds(bounds, { padding: freeSpace(map), maxZoom: 18 });
}

/** Padding that keeps the card's side, or on a phone its lower half, free. */
function freeSpace(map: MapLibre): { top: number; bottom: number; left: number; right: number } {
  const { width, height } = map.getContainer().getBoundingClientRect();
  return width < 768
    ? { top: 132, bottom: height * 0.55, left: 32, right: 32 }
    : { top: 84, bottom: 48, left: 440, right: 224 };
}

void start();
