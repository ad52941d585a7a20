import { Map as MapLibre, ScaleControl, setWorkerUrl, type LngLat, type PaddingOptions } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { isEmbedded, readView, VIEW_KEY } from './address';
import type { Bounds, Point } from './api';
import { paintInLanguage, t } from './i18n';
import { showNotice } from './notice';
import { firstStyle, type Plate } from './plate';
import { loadStyle, onTheme } from './theme';

// Vite does not find MapLibre's worker by itself; without this the map never loads.
setWorkerUrl(new URL(workerUrl, import.meta.url).href);

/** Labels are drawn with the reader's own fonts: there is no glyph server. */
const CJK_FONTS = "'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";

/** How close to the card's edge a place still counts as covered: its surroundings matter too. */
const CARD_MARGIN = 48;

/** How far from the zoom that shows the whole city a view still counts as showing it. */
const ZOOM_SLACK = 0.3;

/** Views that differ by less are one: the address rounds. */
const SAME_VIEW_PX = 4;
const SAME_VIEW_ZOOM = 0.05;

/** From here on a building is large enough to be meant by a click. */
const BUILDING_ZOOM = 16;

/** What is kept free around the whole city, pixels: at its edges, and where the legend stands on a phone and on a desk. */
const EDGE = 24;
const LEGEND_BELOW = 96;
const LEGEND_BESIDE = 248;
const CONTROLS_BESIDE = 72;

/** How far down and to the right the chip with the plate's name reaches, in pixels of the map; nothing where it is not shown. */
export function chipSize(map: MapLibre): { right: number; bottom: number } {
  return panelSize(map, document.querySelector('.plate'));
}

/** How far a panel in the upper left corner reaches over the map. */
export function panelSize(map: MapLibre, panel: Element | null): { right: number; bottom: number } {
  const container = map.getContainer();
  const box = panel?.getBoundingClientRect();
  // On a wall the map is drawn larger than it is laid out.
  const scale = container.getBoundingClientRect().width / container.clientWidth || 1;
  return { right: (box?.right ?? 0) / scale, bottom: (box?.bottom ?? 0) / scale };
}

/**
 * Padding that keeps the whole city clear of the chip, the controls and the legend. The city stands below the chip or beside
 * it, wherever it is seen larger.
 */
function wholePadding(map: MapLibre, bounds: Bounds): PaddingOptions {
  if (isEmbedded) return { top: 16, bottom: 48, left: 16, right: 16 };
  const isCovered = isCoveredByPanel(map);
  const chip = chipSize(map);
  const below = { top: chip.bottom + EDGE, bottom: EDGE, left: EDGE, right: isCovered ? CONTROLS_BESIDE : LEGEND_BESIDE };
  if (innerWidth < 768) return { ...below, bottom: isCovered ? EDGE : LEGEND_BELOW, right: EDGE };
  const beside = { ...below, top: EDGE, left: chip.right + EDGE };
  const zoom = (padding: PaddingOptions) => map.cameraForBounds(bounds, { padding })?.zoom ?? 0;
  return zoom(beside) > zoom(below) ? beside : below;
}

/** What was chosen on the map: a place, and the building that is drawn there if there is one. */
export interface Chosen {
  place: LngLat;
  building: string | undefined;
  byKeyboard: boolean;
}

export function createMap(container: HTMLElement, plate: Plate): MapLibre {
  const map = new MapLibre({
    container,
    style: firstStyle(plate),
    ...(plate.bounds && { bounds: plate.bounds }),
    hash: VIEW_KEY,
    maxPitch: 70,
    // Names that fade in slowly make the map seem slow.
    fadeDuration: 100,
    localIdeographFontFamily: CJK_FONTS,
    // What the sources say about their origin is shown in the legend, as text.
    attributionControl: false,
    // Tiles are fetched by a worker, which would resolve relative addresses against its own.
    transformRequest: (url) => ({ url: new URL(url, document.baseURI).href }),
  });
  map.addControl(new ScaleControl({ unit: 'metric', maxWidth: 96 }), 'bottom-right');
  paintInLanguage(() => map.getCanvas().setAttribute('aria-label', t(isEmbedded ? 'mapAloneLabel' : 'mapLabel')));
  reportState(map, container);
  onTheme(() => recolour(map, plate).catch(() => showNotice(t('styleStale'))));
  return map;
}

const recoloured: (() => void)[] = [];

/** Runs `follow` whenever the server's layers were given the colours of another theme. */
export function onRecoloured(follow: () => void): void {
  recoloured.push(follow);
}

/** Gives the server's layers the colours of the theme; what tools have added stays. */
async function recolour(map: MapLibre, plate: Plate): Promise<void> {
  plate.style = await loadStyle();
  for (const { id, paint } of plate.style.layers) {
    if (!map.getLayer(id)) continue;
    for (const [name, value] of Object.entries(paint ?? {}))
      map.setPaintProperty(id, name as Parameters<MapLibre['setPaintProperty']>[1], value);
  }
  for (const follow of recoloured) follow();
}

/** Something with a place: a box, or a point. */
export interface Placed extends Partial<Point> {
  bbox?: Bounds | null;
}

/** The box of something in the coordinates of the map; a point is one as well. */
export function shownBox({ bbox, lng, lat }: Placed, plate: Plate): Bounds | null {
  const bounds = bbox ?? (lng != null && lat != null ? ([lng, lat, lng, lat] as Bounds) : null);
  if (!bounds) return null;
  return [...plate.shown([bounds[0], bounds[1]]), ...plate.shown([bounds[2], bounds[3]])] as Bounds;
}

/** Whether the address says another view than the map has, to which the map will go. */
export function addressMoves(map: MapLibre): boolean {
  const view = readView();
  if (!view) return false;
  const [there, here] = [map.project(view), map.project(map.getCenter())];
  return there.dist(here) > SAME_VIEW_PX || Math.abs(view.zoom - map.getZoom()) > SAME_VIEW_ZOOM;
}

export function showWhole(map: MapLibre, { bounds }: Plate): void {
  if (bounds) map.fitBounds(bounds, { padding: wholePadding(map, bounds), pitch: 0, bearing: 0 });
}

/** Shows the whole city at once, clear of what lies over the map. */
export function openWhole(map: MapLibre, { bounds }: Plate): void {
  if (bounds) map.fitBounds(bounds, { padding: wholePadding(map, bounds), animate: false });
}

/** Leaves room for a panel: what was the middle stays the middle of the rest, and a whole city stays whole. */
export function leaveRoom(map: MapLibre, plate: Plate, padding: Required<PaddingOptions>): void {
  const { bounds } = plate;
  const wasWhole = bounds !== undefined && showsWhole(map, bounds);
  map.jumpTo({ padding });
  if (wasWhole) openWhole(map, plate);
}

function showsWhole(map: MapLibre, bounds: Bounds): boolean {
  const whole = map.cameraForBounds(bounds, { padding: wholePadding(map, bounds) });
  const isNear = whole?.zoom !== undefined && Math.abs(whole.zoom - map.getZoom()) < ZOOM_SLACK;
  return isNear && map.getBounds().contains(boxMiddle(bounds));
}

function boxMiddle([west, south, east, north]: Bounds): [number, number] {
  return [(west + east) / 2, (south + north) / 2];
}

function isCoveredByPanel(map: MapLibre): boolean {
  const { right = 0, bottom = 0 } = map.getPadding();
  return right + bottom > 0;
}

/** `data-state` says whether everything asked for has been drawn. */
function reportState(map: MapLibre, container: HTMLElement): void {
  map.on('render', () => (container.dataset['state'] = 'busy'));
  map.on('idle', () => (container.dataset['state'] = 'idle'));
}

/**
 * A click chooses its place; Enter, on the focused map, the place under the cross-hair. A click that something drawn by a
 * tool has taken (`preventDefault`) chooses nothing.
 */
export function onChoosePlace(map: MapLibre, choose: (chosen: Chosen) => void): void {
  map.getCanvas().classList.add('choosing');
  const chooseAt = (place: LngLat, byKeyboard: boolean) => {
    choose({ place: place.wrap(), building: buildingAt(map, place), byKeyboard });
  };
  map.on('click', (event) => {
    // Listeners of single layers, which may take the click, come after this one.
    queueMicrotask(() => {
      if (!event.defaultPrevented) chooseAt(event.lngLat, false);
    });
  });
  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key === 'Enter') chooseAt(map.getCenter(), true);
  });
}

function buildingAt(map: MapLibre, place: LngLat): string | undefined {
  if (map.getZoom() < BUILDING_ZOOM) return undefined;
  const layers = map.getStyle().layers.filter((layer) => 'source-layer' in layer && layer['source-layer'] === 'buildings');
  const drawn = layers.filter(({ layout }) => layout?.visibility !== 'none').map(({ id }) => id);
  const [feature] = map.queryRenderedFeatures(map.project(place), { layers: drawn });
  const code: unknown = feature?.properties['code'];
  return typeof code === 'string' ? code : undefined;
}

/** Moves the map so that a place that the card has covered comes into sight beside it. */
export function uncover(map: MapLibre, place: [lng: number, lat: number], card: HTMLElement): void {
  // A movement that is under way would end where it is.
  if (map.isMoving()) {
    map.once('moveend', () => !card.hidden && uncover(map, place, card));
    return;
  }
  const frame = map.getContainer().getBoundingClientRect();
  const covered = card.getBoundingClientRect();
  const { x, y } = map.project(place);
  const isBeside =
    x > covered.right + CARD_MARGIN || y > covered.bottom + CARD_MARGIN || y < covered.top - CARD_MARGIN;
  if (isBeside) return;
  const isSheet = covered.width >= frame.width * 0.9;
  if (isSheet) map.panBy([0, y - covered.top / 2]);
  else map.panBy([x - (covered.right + frame.width) / 2, 0]);
}
