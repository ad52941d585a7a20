import type { Map as MapLibre } from 'maplibre-gl';
import { fetchAbout, type RecordLayer } from '../api';
import { isWhole } from '../compare/periods';
import type { Layers } from '../layers';
import type { Plate } from '../plate';
import { recordLayers, type Titled } from '../records';
import { colouredClasses, REST, UNSAID, type ColouredClass } from './classes';
import { fetchCounts, totalOf, type Counts } from './counts';
import { RecordFilter } from './filter';
import { RecordPainter } from './painter';

/** A layer of records as lists have it. */
export interface ListedLayer extends Titled {
  isShown: boolean;
  /** Of circles that are not coloured by class. */
  colour: string;
  firstZoom: number;
  /** Its highest classes; none where it is not coloured by them. */
  classes: ColouredClass[];
  /** How many records are wanted; null while that is not known. */
  count: number | null;
  isDated: boolean;
}

/** What is known of a layer. */
interface Known {
  layer: RecordLayer;
  isParted: boolean;
  /** The records of all time. */
  all: Counts;
  /** Those of a span, with what it is. */
  now: { span: string; counts: Counts } | null;
}

/** The layers of records that the map shows, and which of their records. */
export class ShownRecords {
  /** All that the map can show. */
  readonly all: Titled[];
  readonly filter = new RecordFilter();
  private readonly painter: RecordPainter;
  private readonly known = new Map<string, Known>();
  private readonly followers: (() => void)[] = [];
  private about: Promise<RecordLayer[]> | undefined;
  private pending = new AbortController();

  /** Of a map whose style is there, before anything is added to it. */
  constructor(
    map: MapLibre,
    plate: Plate,
    private readonly layers: Layers,
  ) {
    this.all = recordLayers(plate.style.layers);
    this.painter = new RecordPainter(map, plate, () => this.changed());
    layers.onChange(() => void this.update());
    this.filter.onChange(() => void this.update());
    void this.update();
  }

  isShown(id: string): boolean {
    return this.layers.isShown(id);
  }

  show(id: string, isShown: boolean): void {
    this.layers.show(id, isShown);
  }

  /** Hides all of them. */
  hideAll(): void {
    this.layers.hide(this.all.map(({ id }) => id));
  }

  /** The layers that are shown, and the others too if they are wanted. */
  listed(withHidden: boolean): ListedLayer[] {
    let taken = 0;
    return this.all
      .filter(({ id }) => withHidden || this.isShown(id))
      .map((layer) => {
        const listed = this.listedLayer(layer, taken);
        taken += listed.classes.filter(({ name }) => name !== REST && name !== UNSAID).length;
        return listed;
      });
  }

  /** What the plate says of its layers; asked for once. */
  catalogue(): Promise<RecordLayer[]> {
    this.about ??= fetchAbout().then(({ layers }) => layers ?? []);
    // What was not told may be asked for again.
    this.about.catch(() => (this.about = undefined));
    return this.about;
  }

  /** The layers that are shown and have times. */
  async dated(): Promise<RecordLayer[]> {
    return (await this.catalogue()).filter(({ id, time }) => time && this.isShown(id));
  }

  /** The colour that the style gives a layer. */
  colourOf(id: string): string {
    return this.painter.colourOf(id);
  }

  /** Runs `changed` when other layers or records are shown, or more is known of them. */
  onChange(changed: () => void): void {
    this.followers.push(changed);
  }

  private listedLayer({ id, title }: Titled, taken: number): ListedLayer {
    const isShown = this.isShown(id);
    const known = isShown ? this.known.get(id) : undefined;
    const colour = this.painter.colourOf(id);
    const now = known ? this.countsOf(known) : null;
    const parted = { off: this.filter.off(id), unsaidColour: colour, taken };
    const classes = known?.isParted ? colouredClasses(known.all, now, parted) : [];
    const isDated = known?.layer.time !== undefined;
    return { id, title, isShown, colour, firstZoom: this.painter.firstZoom(id), classes, count: now && totalOf(now), isDated };
  }

  /** The counts of the span, as soon as they are there. */
  private countsOf({ layer, all, now }: Known): Counts | null {
    if (!layer.time || isWhole(this.filter.span)) return all;
    return now?.span === this.spanKey() ? now.counts : null;
  }

  private spanKey(): string {
    const { from, to } = this.filter.span;
    return `${from}/${to}`;
  }

  /** Finds out what is to be said of the layers that are shown. Without it they are drawn as well. */
  private async update(): Promise<void> {
    this.pending.abort();
    const { signal } = (this.pending = new AbortController());
    this.changed();
    const ids = this.all.map(({ id }) => id).filter((id) => this.isShown(id));
    if (ids.length === 0) return;
    try {
      const layers = (await this.catalogue()).filter(({ id }) => ids.includes(id));
      await Promise.all(layers.map((layer) => this.learn(layer, signal)));
    } catch {
      // What the legend cannot say it leaves out.
    }
  }

  private async learn(layer: RecordLayer, signal: AbortSignal): Promise<void> {
    const { span } = this.filter;
    const known = this.known.get(layer.id) ?? (await this.meet(layer, signal));
    if (signal.aborted) return;
    this.known.set(layer.id, known);
    const key = this.spanKey();
    if (this.countsOf(known) === null) known.now = { span: key, counts: await fetchCounts(layer, span, signal) };
    if (!signal.aborted) this.changed();
  }

  private async meet(layer: RecordLayer, signal: AbortSignal): Promise<Known> {
    const all = await fetchCounts(layer, { from: null, to: null }, signal);
    const isParted = (layer.class_levels ?? 0) > 0 && (await this.painter.hasClasses(layer.id));
    return { layer, isParted, all, now: null };
  }

  private changed(): void {
    for (const layer of this.listed(false)) this.painter.paint(layer.id, { classes: layer.classes, query: this.queryOf(layer) });
    for (const changed of this.followers) changed();
  }

  /** What the server is to leave out: other times, and other classes where one alone is wanted. */
  private queryOf({ classes, isDated }: ListedLayer): string {
    const { span } = this.filter;
    const [only, ...more] = classes.filter(({ isOn }) => isOn);
    const isOne = only && more.length === 0 && classes.length > 1 && only.name !== REST && only.name !== UNSAID;
    const query = new URLSearchParams({
      ...(isDated && span.from !== null && { from: span.from }),
      ...(isDated && span.to !== null && { to: span.to }),
      ...(isOne && { class: only.name }),
    });
    return query.toString();
  }
}
