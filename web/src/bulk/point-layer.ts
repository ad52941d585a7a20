import type { ExpressionSpecification, GeoJSONSource, Map as MapLibre, MapLayerMouseEvent } from 'maplibre-gl';
import type { Convert } from '../coordinates';
import { LOOKS, type Kind, type Outcome } from './outcome';

const SOURCE = 'bulk';
const POINTS = 'bulk-points';
/** Points that are drawn at most. */
export const DRAWN_MAX = 10_000;

/** A row with a place. */
export interface Placed {
  row: number;
  outcome: Outcome;
}

/** What was found, as points in the colour of how sure it is. */
export class PointLayer {
  constructor(
    private readonly map: MapLibre,
    private readonly shown: Convert,
    private readonly choose: (row: number) => void,
  ) {}

  /** Draws points, evenly taken if there are too many; answers how many. */
  show(placed: Placed[]): number {
    if (!this.map.getSource(SOURCE)) this.add();
    const step = Math.max(1, placed.length / DRAWN_MAX);
    const features = [];
    for (let at = 0; at < placed.length; at += step) {
      const { row, outcome } = placed[Math.floor(at)]!;
      features.push({
        type: 'Feature' as const,
        id: row,
        properties: { kind: outcome.kind },
        geometry: { type: 'Point' as const, coordinates: this.shown(outcome.at!) },
      });
    }
    this.map.getSource<GeoJSONSource>(SOURCE)?.setData({ type: 'FeatureCollection', features });
    return features.length;
  }

  remove(): void {
    this.map.off('click', POINTS, this.take);
    if (this.map.getLayer(POINTS)) this.map.removeLayer(POINTS);
    if (this.map.getSource(SOURCE)) this.map.removeSource(SOURCE);
  }

  private add(): void {
    this.map.addSource(SOURCE, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
    const colours = Object.entries(LOOKS).flatMap(([kind, { colour }]) => [kind, colour]);
    const colour = ['match', ['get', 'kind'], ...colours, LOOKS.none.colour] as unknown as ExpressionSpecification;
    const isAmbiguous: ExpressionSpecification = ['==', ['get', 'kind'], 'ambiguous' satisfies Kind];
    this.map.addLayer({
      id: POINTS,
      type: 'circle',
      source: SOURCE,
      paint: {
        'circle-color': ['case', isAmbiguous, '#ffffff', colour],
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 2.5, 14, 4.5, 18, 8],
        'circle-stroke-color': ['case', isAmbiguous, colour, '#ffffff'],
        'circle-stroke-width': ['case', isAmbiguous, 2, 1],
      },
    });
    this.map.on('click', POINTS, this.take);
  }

  /** A click on a point is no question about the place below it. */
  private readonly take = (event: MapLayerMouseEvent): void => {
    const [feature] = event.features ?? [];
    if (!feature || event.defaultPrevented) return;
    event.preventDefault();
    this.choose(Number(feature.id));
  };
}
