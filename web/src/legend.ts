import type { LayerSpecification, Map as MapLibre } from 'maplibre-gl';
import { h } from './dom';
import { formatNumber, paintInLanguage, t, type Word } from './i18n';
import { PLATE_SOURCE } from './plate';

const ROWS: [word: Word, sourceLayer: string][] = [
  ['district', 'districts'],
  ['subdistrict', 'subdistricts'],
  ['community', 'communities'],
  ['grid', 'grids'],
  ['building', 'buildings'],
  ['address', 'addresses'],
];

interface ZoomRange {
  from: number;
  to: number;
}

/** Which levels the map draws at this zoom, and which of them it names. */
export function legend(map: MapLibre): HTMLElement {
  const layers = map.getStyle().layers;
  const summary = h('summary');
  const list = h('ul');
  const paint = () => {
    summary.replaceChildren(
      t('legend'),
      h('span', {}, t('zoomLevel', { zoom: formatNumber(map.getZoom(), 1) })),
    );
    list.replaceChildren(
      ...ROWS.map(([word, sourceLayer]) => row(word, sourceLayer, layers, map.getZoom())).filter(
        (r) => r !== null,
      ),
    );
  };
  map.on('zoomend', paint);
  paintInLanguage(paint);
  const startsOpen = matchMedia('(min-width: 48rem)').matches;
  return h('details', { class: 'legend', open: startsOpen }, summary, list, origin(map));
}

function row(
  word: Word,
  sourceLayer: string,
  layers: LayerSpecification[],
  zoom: number,
): HTMLElement | null {
  const drawn = zoomRange(layers, sourceLayer, (type) => type !== 'symbol');
  if (!drawn) return null;
  // Names come from label points where there are such, else from the features themselves.
  const named =
    zoomRange(layers, `${sourceLayer}-labels`) ?? zoomRange(layers, sourceLayer, (type) => type === 'symbol');
  const isDrawn = covers(drawn, zoom);
  const isNamed = isDrawn && named !== null && covers(named, zoom);
  const note = isDrawn
    ? isNamed
      ? t('labelled')
      : ''
    : t('fromZoom', { zoom: formatNumber(drawn.from, 1) });
  return h(
    'li',
    { 'data-drawn': String(isDrawn), 'data-named': String(isNamed) },
    h('span', { class: `swatch ${sourceLayer}`, 'aria-hidden': 'true' }),
    h('span', {}, t(word)),
    h('span', { class: 'note' }, note),
  );
}

/** The zooms at which any layer draws `sourceLayer`. */
function zoomRange(
  layers: LayerSpecification[],
  sourceLayer: string,
  accepts: (type: string) => boolean = () => true,
): ZoomRange | null {
  const own = layers.filter(
    (layer) => 'source-layer' in layer && layer['source-layer'] === sourceLayer && accepts(layer.type),
  );
  if (own.length === 0) return null;
  return {
    from: Math.min(...own.map((layer) => layer.minzoom ?? 0)),
    to: Math.max(...own.map((layer) => layer.maxzoom ?? 24)),
  };
}

function covers({ from, to }: ZoomRange, zoom: number): boolean {
  return zoom >= from && zoom < to;
}

function origin(map: MapLibre): HTMLElement {
  const line = h('p', { class: 'origin', hidden: true });
  map.on('sourcedata', ({ sourceId }) => {
    const attribution = sourceId === PLATE_SOURCE && map.getSource(PLATE_SOURCE)?.attribution;
    if (!attribution || line.textContent === attribution) return;
    line.textContent = attribution;
    line.hidden = false;
  });
  return line;
}
