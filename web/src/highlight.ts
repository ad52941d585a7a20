import { Marker, type Map as MapLibre, type LayerSpecification } from 'maplibre-gl';
import type { Level } from './api';
import type { Lnglat } from './coordinates';
import { h } from './dom';
import { areaLayers, BASIC, type AreaLayer } from './kinds';
import { PLATE_SOURCE } from './plate';

export interface Selection {
  /** Of the basic kind where none is said. */
  area?: { level: Level | null; code: string; kind?: string };
  building?: string;
  place?: Lnglat;
}

const BLUE = '#1d4ed8';

/** Draws what is selected over the plate's own layers. */
export class Highlight {
  private readonly marker = new Marker({
    element: h('div', { class: 'pin', 'aria-hidden': 'true' }),
    anchor: 'center',
  });

  private readonly areas: AreaLayer[];

  constructor(private readonly map: MapLibre) {
    const drawn = new Set(
      map.getStyle().layers.map((layer) => 'source-layer' in layer && layer['source-layer']),
    );
    // A layer on data the plate does not have would be an error on every tile.
    this.areas = areaLayers(map.getStyle().layers);
    for (const area of this.areas) this.addAreaLayers(area);
    if (drawn.has('buildings')) this.addBuildingLayer();
  }

  show(selection: Selection): void {
    const { area } = selection;
    for (const { kind, level, layer } of this.areas) {
      const isIt = area?.level === level && (area.kind ?? BASIC) === kind;
      const code = isIt ? area.code : undefined;
      for (const part of ['fill', 'casing', 'line']) this.choose(`selected-${layer}-${part}`, code);
    }
    this.choose('selected-building', selection.building);
    if (selection.place) this.marker.setLngLat(selection.place).addTo(this.map);
    else this.marker.remove();
  }

  private choose(layer: string, code: string | undefined): void {
    if (!this.map.getLayer(layer)) return;
    this.map.setLayoutProperty(layer, 'visibility', code === undefined ? 'none' : 'visible');
    this.map.setFilter(layer, ['==', ['get', 'code'], code ?? '']);
  }

  private addAreaLayers({ layer, source }: AreaLayer): void {
    const common = {
      source,
      'source-layer': layer,
      filter: ['==', ['get', 'code'], ''] as ['==', ['get', string], string],
    };
    const round = { 'line-join': 'round', visibility: 'none' } as const;
    // Below the buildings, so that they stand on the outline instead of being crossed by it.
    const before =
      this.firstLayer('fill-extrusion') ?? this.firstLayer('circle') ?? this.firstLayer('symbol');
    const add = (style: LayerSpecification) => this.map.addLayer(style, before);
    add({
      id: `selected-${layer}-fill`,
      type: 'fill',
      ...common,
      layout: { visibility: 'none' },
      paint: { 'fill-color': BLUE, 'fill-opacity': 0.12 },
    });
    add({
      id: `selected-${layer}-casing`,
      type: 'line',
      ...common,
      layout: round,
      paint: { 'line-color': '#ffffff', 'line-width': 7 },
    });
    add({
      id: `selected-${layer}-line`,
      type: 'line',
      ...common,
      layout: round,
      paint: { 'line-color': BLUE, 'line-width': 3.5 },
    });
  }

  /** The selected building is drawn as the style draws buildings, in another colour. */
  private addBuildingLayer(): void {
    const model = this.map
      .getStyle()
      .layers.find((layer) => layer.type === 'fill-extrusion' && layer['source-layer'] === 'buildings');
    const paint = model?.type === 'fill-extrusion' ? model.paint : undefined;
    this.map.addLayer(
      {
        id: 'selected-building',
        type: 'fill-extrusion',
        source: PLATE_SOURCE,
        'source-layer': 'buildings',
        layout: { visibility: 'none' },
        filter: ['==', ['get', 'code'], ''],
        paint: { ...paint, 'fill-extrusion-color': '#3b6fe0', 'fill-extrusion-opacity': 0.95 },
      },
      this.firstLayer('circle') ?? this.firstLayer('symbol'),
    );
  }

  private firstLayer(type: LayerSpecification['type']): string | undefined {
    return this.map.getStyle().layers.find((layer) => layer.type === type)?.id;
  }
}
