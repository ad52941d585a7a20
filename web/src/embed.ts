import type { Map as MapLibre } from 'maplibre-gl';
import { onAddress, readAddress, takeWritten, wholePage } from './address';
import { ApiFailure, fetchEntity } from './api';
import { h } from './dom';
import { selectionOf } from './entity-card';
import { Highlight } from './highlight';
import { paintInLanguage, t } from './i18n';
import { Layers } from './layers';
import { addressMoves, shownBox, type Placed } from './map';
import { showNotice } from './notice';
import { origin } from './origin';
import type { Plate } from './plate';
import { ShownRecords } from './shelf/records';

/** Pixels around what is shown. */
const MARGIN = 48;

/** The map within another page (`?embed`): what the address names is marked, and nothing can be opened but the whole page. */
export class Embedded {
  readonly element: HTMLElement;
  private readonly highlight: Highlight;
  private pending = new AbortController();

  constructor(
    private readonly map: MapLibre,
    private readonly plate: Plate,
    { move }: { move: boolean },
  ) {
    new ShownRecords(map, plate, new Layers(map, plate));
    this.highlight = new Highlight(map);
    this.element = h('footer', { class: 'embedded' }, wholePageLink(), origin(map));
    onAddress(() => this.follow(takeWritten() && !addressMoves(map)));
    takeWritten();
    this.follow(move);
  }

  /** Marks what the address names. */
  private follow(move: boolean): void {
    this.pending.abort();
    this.pending = new AbortController();
    this.highlight.show({});
    const { code, layer, at } = readAddress();
    if (code) return void this.markCode(code, layer, move);
    const [lng = NaN, lat = NaN] = (at ?? '').split(',').map(Number);
    if (!Number.isFinite(lng) || !Number.isFinite(lat)) return;
    this.highlight.show({ place: this.plate.shown([lng, lat]) });
    if (move) this.show({ lng, lat });
  }

  private async markCode(code: string, layer: string | undefined, move: boolean): Promise<void> {
    const { signal } = this.pending;
    try {
      const entity = await fetchEntity(code, layer, signal);
      const { place, ...selection } = selectionOf(entity);
      this.highlight.show({ ...selection, ...(place && { place: this.plate.shown(place) }) });
      if (move) this.show(entity);
    } catch (error) {
      if (!signal.aborted) showNotice(t(error instanceof ApiFailure ? error.reason : 'unreadable'));
    }
  }

  private show(placed: Placed): void {
    const box = shownBox(placed, this.plate);
    if (box) this.map.fitBounds(box, { padding: MARGIN, maxZoom: 18 });
  }
}

/** Its address is that of the moment at which it is reached for. */
function wholePageLink(): HTMLElement {
  const point = () => (link.href = wholePage());
  const link = h('a', { target: '_blank', rel: 'noopener', onpointerenter: point, onpointerdown: point, onfocus: point, onclick: point });
  point();
  paintInLanguage(() => (link.textContent = t('wholePage')));
  return link;
}
