import type { GeoJSONSource, Map as MapLibre, MapLayerMouseEvent } from 'maplibre-gl';
import type { Convert, Lnglat } from '../coordinates';
import type { Outcome } from './outcome';

const SOURCE = 'bulk';
const POINTS = 'bulk-points';
/** Points that are drawn at most. */
const DRAWN_MAX = 10_000;

/** How many points are drawn, and of how many. */
export interface Drawn {
  shown: number;
  total: number;
}

/** How a point is drawn. */
export interface Look {
  colour: string;
  isHollow: boolean;
}

/** What was found, as points in the colour of how sure it is, or of what the file says of them. */
export class PointLayer {
  constructor(
    private readonly map: MapLibre,
    private readonly shown: Convert,
    private readonly choose: (row: number) => void,
  ) {}

  /** Draws the outcomes of a filter that have a place, evenly taken if there are too many. */
  show(
    outcomes: readonly (Outcome | undefined)[],
    accepts: (outcome: Outcome, row: number) => boolean,
    look: (outcome: Outcome, row: number) => Look,
  ): Drawn {
    if (!this.map.getSource(SOURCE)) this.add();
    let total = 0;
    for (const [row, outcome] of outcomes.entries()) if (outcome?.at && accepts(outcome, row)) total += 1;
    const step = Math.max(1, total / DRAWN_MAX);
    const features = [];
    let [seen, next] = [0, 0];
    for (let row = 0; row < outcomes.length; row += 1) {
      const outcome = outcomes[row];
      if (!outcome?.at || !accepts(outcome, row)) continue;
      if (seen >= next) {
        features.push(this.feature(row, look(outcome, row), outcome.at));
        next += step;
      }
      seen += 1;
    }
    this.map.getSource<GeoJSONSource>(SOURCE)?.setData({ type: 'FeatureCollection', features });
    return { shown: features.length, total };
  }

  private feature(row: number, look: Look, at: Lnglat) {
    return {
      type: 'Feature' as const,
      id: row,
      properties: look,
      geometry: { type: 'Point' as const, coordinates: this.shown(at) },
    };
  }

  remove(): void {
    this.map.off('click', POINTS, this.take);
    if (this.map.getLayer(POINTS)) this.map.removeLayer(POINTS);
    if (this.map.getSource(SOURCE)) this.map.removeSource(SOURCE);
  }

  private add(): void {
    this.map.addSource(SOURCE, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
    this.map.addLayer({
      id: POINTS,
      type: 'circle',
      source: SOURCE,
      paint: {
        'circle-color': ['case', ['get', 'isHollow'], '#ffffff', ['get', 'colour']],
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 2.5, 14, 4.5, 18, 8],
        'circle-stroke-color': ['case', ['get', 'isHollow'], ['get', 'colour'], '#ffffff'],
        'circle-stroke-width': ['case', ['get', 'isHollow'], 2, 1],
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
