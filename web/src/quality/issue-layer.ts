import type {
  ExpressionSpecification,
  GeoJSONSource,
  Map as MapLibre,
  MapGeoJSONFeature,
  MapLayerMouseEvent,
} from 'maplibre-gl';
import { SEVERITIES, type Issue } from '../api';
import type { Convert } from '../coordinates';
import { LOOKS } from './severity';

const SOURCE = 'issues';
const CLUSTERS = 'issues-clusters';
const POINTS = 'issues-points';
const FONT = ['Noto Sans CJK SC', 'sans-serif'];

type Features = [MapGeoJSONFeature, ...MapGeoJSONFeature[]];

/** The issues as signs on the map, put together where they are dense. */
export class IssueLayer {
  private readonly listeners = [
    ['click', POINTS, (event: MapLayerMouseEvent) => this.take(event, (features) => this.choose(idsOf(features)))],
    ['click', CLUSTERS, (event: MapLayerMouseEvent) => this.take(event, ([feature]) => void this.expand(feature))],
  ] as const;

  constructor(
    private readonly map: MapLibre,
    private readonly shown: Convert,
    /** Takes all that lie under the click, the uppermost first. */
    private readonly choose: (ids: number[]) => void,
  ) {}

  show(issues: Issue[]): void {
    if (!this.map.getSource(SOURCE)) this.add();
    const features = issues.flatMap(({ id, severity, lng, lat }) =>
      lng === undefined || lat === undefined
        ? []
        : [
            {
              type: 'Feature' as const,
              id,
              properties: { severity },
              geometry: { type: 'Point' as const, coordinates: this.shown([lng, lat]) },
            },
          ],
    );
    this.map.getSource<GeoJSONSource>(SOURCE)?.setData({ type: 'FeatureCollection', features });
  }

  /** Rings the chosen issue. */
  mark(id: number | null): void {
    if (!this.map.getLayer(POINTS)) return;
    const isChosen: ExpressionSpecification = ['==', ['id'], id ?? -1];
    this.map.setPaintProperty(POINTS, 'circle-stroke-width', ['case', isChosen, 5, 1.5]);
    this.map.setPaintProperty(POINTS, 'circle-stroke-color', ['case', isChosen, '#6d28d9', '#ffffff']);
  }

  remove(): void {
    for (const [type, layer, listener] of this.listeners) this.map.off(type, layer, listener);
    for (const layer of [POINTS, `${POINTS}-sign`, CLUSTERS, `${CLUSTERS}-count`])
      if (this.map.getLayer(layer)) this.map.removeLayer(layer);
    if (this.map.getSource(SOURCE)) this.map.removeSource(SOURCE);
  }

  private add(): void {
    const worst = ['case', ['>', ['get', 'error'], 0], 'error', ['>', ['get', 'warning'], 0], 'warning', 'hint'];
    this.map.addSource(SOURCE, {
      type: 'geojson',
      data: { type: 'FeatureCollection', features: [] },
      cluster: true,
      clusterRadius: 36,
      clusterMaxZoom: 16,
      clusterProperties: Object.fromEntries(
        SEVERITIES.map((severity) => [severity, ['+', ['case', ['==', ['get', 'severity'], severity], 1, 0]]]),
      ),
    });
    const isCluster: ExpressionSpecification = ['has', 'point_count'];
    this.map.addLayer({
      id: CLUSTERS,
      type: 'circle',
      source: SOURCE,
      filter: isCluster,
      paint: {
        'circle-color': bySeverity('colour', worst as ExpressionSpecification),
        'circle-radius': ['interpolate', ['linear'], ['log10', ['get', 'point_count']], 0, 12, 2, 20, 4, 28],
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 2,
      },
    });
    this.map.addLayer({
      id: `${CLUSTERS}-count`,
      type: 'symbol',
      source: SOURCE,
      filter: isCluster,
      layout: {
        'text-field': ['to-string', ['get', 'point_count']],
        'text-font': FONT,
        'text-size': 13,
        'text-allow-overlap': true,
      },
      paint: { 'text-color': bySeverity('ink', worst as ExpressionSpecification) },
    });
    const severity: ExpressionSpecification = ['get', 'severity'];
    this.map.addLayer({
      id: POINTS,
      type: 'circle',
      source: SOURCE,
      filter: ['!', isCluster],
      paint: {
        'circle-color': bySeverity('colour', severity),
        'circle-radius': bySeverity('radius', severity),
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 1.5,
      },
    });
    this.map.addLayer({
      id: `${POINTS}-sign`,
      type: 'symbol',
      source: SOURCE,
      filter: ['!', isCluster],
      layout: {
        'text-field': bySeverity('sign', severity),
        'text-font': FONT,
        'text-size': 11,
        'text-allow-overlap': true,
      },
      paint: { 'text-color': bySeverity('ink', severity) },
    });
    for (const [type, layer, listener] of this.listeners) this.map.on(type, layer, listener);
  }

  /** A click on a sign is no question about the place below it. */
  private take(event: MapLayerMouseEvent, act: (features: Features) => void): void {
    const [first, ...others] = event.features ?? [];
    if (!first || event.defaultPrevented) return;
    event.preventDefault();
    act([first, ...others]);
  }

  private async expand({ properties, geometry }: MapGeoJSONFeature): Promise<void> {
    const source = this.map.getSource<GeoJSONSource>(SOURCE);
    if (!source || geometry.type !== 'Point') return;
    const zoom = await source.getClusterExpansionZoom(Number(properties['cluster_id']));
    this.map.easeTo({ center: geometry.coordinates as [number, number], zoom });
  }
}

/** Without those that tiles repeat at their edges. */
function idsOf(features: Features): number[] {
  return [...new Set(features.map(({ id }) => Number(id)))];
}

function bySeverity(look: keyof (typeof LOOKS)['error'], severity: ExpressionSpecification): ExpressionSpecification {
  const { error, warning, hint } = LOOKS;
  return ['match', severity, 'error', error[look], 'warning', warning[look], hint[look]] as ExpressionSpecification;
}
