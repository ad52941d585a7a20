import type { Map as MapLibre } from 'maplibre-gl';
import { h } from './dom';

/** Whose data it is, as the sources say: text, never markup. */
export function origin(map: MapLibre): HTMLElement {
  const line = h('p', { class: 'origin', hidden: true });
  map.on('sourcedata', ({ isSourceLoaded }) => {
    if (!isSourceLoaded) return;
    const sources = Object.keys(map.getStyle().sources).map((name) => map.getSource(name)?.attribution);
    const said = [...new Set(sources.filter(Boolean))].join(' · ');
    if (line.textContent === said) return;
    line.textContent = said;
    line.hidden = said === '';
  });
  return line;
}
