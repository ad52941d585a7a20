import type { Map as MapLibre } from 'maplibre-gl';
import { h, icon } from './dom';
import { paintInLanguage, t, type Word } from './i18n';
import { showWhole } from './map';
import type { Plate } from './plate';
import { share } from './share';

const TILTED_PITCH = 55;
/** From here on buildings are drawn, so that there is something to see in three dimensions. */
const BUILDINGS_ZOOM = 15.2;

export function controls(map: MapLibre, plate: Plate): HTMLElement {
  const isTilted = () => map.getPitch() > 1;
  const north = control('north', 'north', () => map.easeTo({ bearing: 0 }));
  const tilt = control('cube', 'tilt', () => (isTilted() ? flatten(map) : tiltUp(map)));
  map.on('rotate', () => north.style.setProperty('--bearing', `${-map.getBearing()}deg`));
  const paintTilt = () => {
    tilt.setAttribute('aria-pressed', String(isTilted()));
    label(tilt, isTilted() ? 'flat' : 'tilt');
  };
  map.on('pitchend', paintTilt);
  paintInLanguage(paintTilt);
  const link = control('link', 'share', () => void share(link));
  const group = h(
    'div',
    { class: 'controls', role: 'group' },
    control('plus', 'zoomIn', () => map.zoomIn()),
    control('minus', 'zoomOut', () => map.zoomOut()),
    north,
    tilt,
    plate.bounds && control('home', 'whole', () => showWhole(map, plate)),
    link,
  );
  paintInLanguage(() => group.setAttribute('aria-label', t('controls')));
  return group;
}

function tiltUp(map: MapLibre): void {
  map.easeTo({ pitch: TILTED_PITCH, zoom: Math.max(map.getZoom(), BUILDINGS_ZOOM) });
}

function flatten(map: MapLibre): void {
  map.easeTo({ pitch: 0, bearing: 0 });
}

function control(picture: Parameters<typeof icon>[0], word: Word, act: () => void): HTMLButtonElement {
  const button = h('button', { type: 'button', class: `control ${picture}`, onclick: act }, icon(picture));
  paintInLanguage(() => label(button, word));
  return button;
}

function label(button: HTMLButtonElement, word: Word): void {
  button.setAttribute('aria-label', t(word));
  button.title = t(word);
}
