import { Map as MapLibre, ScaleControl, setWorkerUrl, type LngLat } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { VIEW_KEY } from './address';
import { paintInLanguage, t } from './i18n';
import type { Plate } from './plate';

// Vite does not find MapLibre's worker by itself; without this the map never loads.
setWorkerUrl(new URL(workerUrl, import.meta.url).href);

/** Labels are drawn with the reader's own fonts: there is no glyph server. */
const CJK_FONTS = "'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";

/** How close to the card's edge a place still counts as covered: its surroundings matter too. */
const CARD_MARGIN = 48;

const WHOLE_PADDING = { top: 132, bottom: 48, left: 48, right: 72 };

export type ChoosePlace = (place: LngLat, byKeyboard: boolean) => void;

export function createMap(container: HTMLElement, plate: Plate): MapLibre {
  const map = new MapLibre({
    container,
    style: plate.style,
    ...(plate.bounds && { bounds: plate.bounds, fitBoundsOptions: { padding: WHOLE_PADDING } }),
    hash: VIEW_KEY,
    maxPitch: 70,
    localIdeographFontFamily: CJK_FONTS,
    // What the sources say about their origin is shown in the legend, as text.
    attributionControl: false,
    // Tiles are fetched by a worker, which would resolve relative addresses against its own.
    transformRequest: (url) => ({ url: new URL(url, document.baseURI).href }),
  });
  map.addControl(new ScaleControl({ unit: 'metric', maxWidth: 96 }), 'bottom-right');
  paintInLanguage(() => map.getCanvas().setAttribute('aria-label', t('mapLabel')));
  reportState(map, container);
  return map;
}

export function showWhole(map: MapLibre, plate: Plate): void {
  if (plate.bounds) map.fitBounds(plate.bounds, { padding: WHOLE_PADDING, pitch: 0, bearing: 0 });
}

/** `data-state` says whether everything asked for has been drawn. */
function reportState(map: MapLibre, container: HTMLElement): void {
  map.on('render', () => (container.dataset['state'] = 'busy'));
  map.on('idle', () => (container.dataset['state'] = 'idle'));
}

/** A click chooses its place; Enter, on the focused map, the place under the cross-hair. */
export function onChoosePlace(map: MapLibre, choose: ChoosePlace): void {
  map.getCanvas().classList.add('choosing');
  map.on('click', (event) => choose(event.lngLat.wrap(), false));
  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key === 'Enter') choose(map.getCenter().wrap(), true);
  });
}

/** Moves the map so that a place that the card has covered comes into sight beside it. */
export function uncover(map: MapLibre, place: [lng: number, lat: number], card: HTMLElement): void {
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
