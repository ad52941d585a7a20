import type { FillLayerSpecification, LayerSpecification, Map as MapLibre } from 'maplibre-gl';
import { h } from './dom';
import { formatNumber, nameOf, paintInLanguage, t, type Word } from './i18n';
import { areaLayers, areaText } from './kinds';
import type { Layers } from './layers';
import { origin } from './origin';

const ROWS: [word: Word, sourceLayer: string][] = [
  ['district', 'districts'],
  ['subdistrict', 'subdistricts'],
  ['community', 'communities'],
  ['grid', 'grids'],
  ['building', 'buildings'],
  ['enterprise', 'enterprises'],
  ['address', 'addresses'],
  ['density', 'density'],
];

interface ZoomRange {
  from: number;
  to: number;
}

/** Which levels the map draws at this zoom, which of them it names, and which the reader wants to see; and which `records`. */
export function legend(map: MapLibre, shown: Layers, records: HTMLElement | null): HTMLElement {
  const layers = map.getStyle().layers;
  const summary = h('summary');
  const shades = h('p', { class: 'note' });
  const zoom = h('p', { class: 'note' });
  const known = ROWS.map(([word, sourceLayer]) => row(map, { name: () => t(word), sourceLayer, shown }, layers));
  const others = areaLayers(layers).filter(({ layer }) => !ROWS.some(([, sourceLayer]) => sourceLayer === layer));
  const grids = others.map((area) => ({ name: () => areaText(area), sourceLayer: area.layer, shown }));
  const rows = [...known, ...grids.map((grid) => colouredRow(map, grid, layers))].filter((row) => row !== null);
  const shaded = shadedLevels(layers);
  shades.hidden = shaded.length === 0;
  const paint = () => {
    summary.textContent = t('legend');
    shades.textContent = t('shades', { levels: shaded.map(nameOf).join(t('listed')) });
    zoom.textContent = t('zoomLevel', { zoom: formatNumber(map.getZoom(), 1) });
    for (const { repaint } of rows) repaint();
  };
  map.on('zoomend', paint);
  shown.onChange(paint);
  paintInLanguage(paint);
  const startsOpen = matchMedia('(min-width: 48rem)').matches;
  const list = h('ul', {}, ...rows.map(({ element }) => element));
  return h('details', { class: 'legend', open: startsOpen }, summary, list, records, shades, zoom, origin(map));
}

/** A layer of the tiles, and what it is called. */
interface Named {
  name: () => string;
  sourceLayer: string;
  shown: Layers;
}

interface Row {
  element: HTMLElement;
  repaint: () => void;
}

/** What has no colour in the page's own styles, a level of a kind: the line of the map is its sample. */
function colouredRow(map: MapLibre, of: Named, layers: LayerSpecification[]): Row | null {
  const made = row(map, of, layers);
  const sample = layers.find((layer) => layer.type === 'line' && isOf(layer, of.sourceLayer));
  const swatch = made?.element.querySelector<HTMLElement>('.swatch');
  if (!made || !sample || !swatch) return made;
  swatch.classList.add('kind');
  const repaint = () => {
    swatch.style.color = String(map.getPaintProperty(sample.id, 'line-color'));
    made.repaint();
  };
  return { element: made.element, repaint };
}

function row(map: MapLibre, { name: nameText, sourceLayer, shown }: Named, layers: LayerSpecification[]): Row | null {
  const drawn = zoomRange(layers, sourceLayer, (type) => type !== 'symbol');
  if (!drawn) return null;
  // Names come from label points where there are such, else from the features themselves.
  const named =
    zoomRange(layers, `${sourceLayer}-labels`) ?? zoomRange(layers, sourceLayer, (type) => type === 'symbol');
  const own = layers.filter((layer) => isOf(layer, sourceLayer) || isOf(layer, `${sourceLayer}-labels`));
  const box = h('input', { type: 'checkbox' });
  const name = h('span');
  const note = h('span', { class: 'note' });
  const classes = densityClasses(own);
  const element = h(
    'li',
    { 'data-layer': sourceLayer },
    h('label', {}, box, h('span', { class: `swatch ${sourceLayer}`, 'aria-hidden': 'true' }), name, note),
    classes?.element,
  );
  const repaint = () => {
    const zoom = map.getZoom();
    box.checked = shown.isShown(sourceLayer);
    const isDrawn = covers(drawn, zoom);
    const isNamed = isDrawn && named !== null && covers(named, zoom);
    element.dataset['drawn'] = String(isDrawn && box.checked);
    element.dataset['named'] = String(isNamed && box.checked);
    name.textContent = nameText();
    element.title = isNamed ? t('labelled') : '';
    note.textContent = isDrawn ? '' : t('fromZoom', { zoom: formatNumber(drawn.from, 1) });
    classes?.repaint(box.checked, zoom);
  };
  box.addEventListener('change', () => shown.show(sourceLayer, box.checked));
  return { element, repaint };
}

/** The levels whose areas are told apart by their ground. */
function shadedLevels(layers: LayerSpecification[]): string[] {
  return layers.flatMap(({ type, metadata }) => {
    const level = (metadata as Record<string, unknown> | undefined)?.['baseplate:level'];
    return type === 'fill' && typeof level === 'string' ? [level] : [];
  });
}

function isOf(layer: LayerSpecification, sourceLayer: string): boolean {
  return 'source-layer' in layer && layer['source-layer'] === sourceLayer;
}

/** The colours of the density cells and the addresses on a square kilometre at which each begins, which differ by zoom. */
function densityClasses(
  layers: LayerSpecification[],
): { element: HTMLElement; repaint: (shown: boolean, zoom: number) => void } | null {
  const fill = layers.find((layer): layer is FillLayerSpecification => layer.type === 'fill');
  const stated = (fill?.metadata as Record<string, unknown> | undefined)?.['baseplate:classes'];
  if (!Array.isArray(stated)) return null;
  const classes = stated as [zoom: number, classes: [from: number, colour: string][]][];
  const caption = h('p', { class: 'note' });
  const steps = h('ol', { class: 'classes' });
  const repaint = (shown: boolean, zoom: number) => {
    element.hidden = !shown;
    const [, drawn] = classes.findLast(([from]) => zoom >= from) ?? [0, []];
    caption.textContent = t('densityUnit');
    steps.replaceChildren(
      ...drawn.map(([from, colour]) => {
        const swatch = h('span', { class: 'class-colour', 'aria-hidden': 'true' });
        swatch.style.background = colour;
        return h('li', {}, swatch, `≥ ${formatNumber(from)}`);
      }),
    );
  };
  const element = h('div', { class: 'density-classes' }, caption, steps);
  return { element, repaint };
}

/** The zooms at which any layer draws `sourceLayer`. */
function zoomRange(
  layers: LayerSpecification[],
  sourceLayer: string,
  accepts: (type: string) => boolean = () => true,
): ZoomRange | null {
  const own = layers.filter((layer) => isOf(layer, sourceLayer) && accepts(layer.type));
  if (own.length === 0) return null;
  return {
    from: Math.min(...own.map((layer) => layer.minzoom ?? 0)),
    to: Math.max(...own.map((layer) => layer.maxzoom ?? 24)),
  };
}

function covers({ from, to }: ZoomRange, zoom: number): boolean {
  return zoom >= from && zoom < to;
}
