import './compare.css';
import { onAddress, readAddress, writeAddress } from '../address';
import { ApiFailure, fetchCountable, fetchStats, fetchTileJson, type Countable, type Level } from '../api';
import { h } from '../dom';
import { formatNumber, formatTime, paintInLanguage, t } from '../i18n';
import { areaLayers, areaText, BASIC, type AreaLayer } from '../kinds';
import { announce, showNotice } from '../notice';
import { marked, releaseText } from '../people';
import { PLATE_SOURCE, tileJsonUrl } from '../plate';
import { onTheme } from '../theme';
import type { Tool, Workplace } from '../tools';
import type { Area } from './areas';
import { among, breakdown, countedText, known, layerIdOf, layerOf, readChoice, titleText, writeChoice } from './choice';
import type { Choice, Measure } from './choice';
import { Choices } from './choices';
import { Choropleth, type Fill } from './choropleth';
import { classLegend, legendRows, type LegendRow } from './class-legend';
import { classOf } from './classes';
import { recordColumns, tableAsCsv } from './csv';
import { download } from '../download';
import { viewAsPng } from './picture';
import { isWhole, WHOLE } from './periods';
import { Ranking } from './ranking';
import { fetchClasses } from './record-classes';
import { fetchRecords, undated, type Records } from './records';
import { answered, questionOf, shownOf, totalsQuestionOf, type Answer, type Shown } from './shown';
import { Timeline } from './timeline';
import { totals } from './totals';

/** Levels that are compared at first, if the map draws them: grids only once the reader asks for them. */
const FIRST_LEVELS: Level[] = ['community', 'subdistrict', 'district'];
/** Beyond the zoom at which areas appear, so that no rounding keeps them away. */
const ZOOM_MARGIN = 0.05;

export function compareTool(workplace: Workplace): Tool {
  return new Compare(workplace);
}

const NOTHING_ELSE: Countable = { attributes: [], layers: [] };

class Compare implements Tool {
  private readonly choices: Choices;
  private readonly message = h('div', { class: 'compare-message', hidden: true });
  private readonly zoomHint = h('div', { class: 'compare-hint', hidden: true });
  private readonly sums = h('div');
  private readonly counted = h('p', { class: 'compare-counted' });
  private readonly legend = h('section');
  private readonly timeline = new Timeline((span) => this.choose({ span }));
  private readonly ranking: Ranking;
  private readonly csvButton = h('button', { type: 'button', class: 'compare-export', onclick: () => this.saveCsv() });
  private readonly pngButton = h('button', { type: 'button', class: 'compare-export', onclick: () => this.savePng() });
  private readonly results: HTMLElement;
  readonly content: HTMLElement;

  private readonly choropleth: Choropleth;
  private readonly areas: AreaLayer[];
  private choice: Choice;
  private countable: Countable | null = null;
  /** The classes of the layers that were chosen. */
  private readonly classes = new Map<string, string[]>();
  private shown: Shown | null = null;
  private failure: unknown = null;
  private pending = new AbortController();
  private isOpen = false;
  private marked: string | null = null;
  /** Whether what is in view has changed since it was last summed up. */
  private viewIsStale = false;

  constructor(private readonly workplace: Workplace) {
    const { map } = workplace;
    this.areas = areaLayers(map.getStyle().layers);
    this.choice = this.firstChoice();
    this.choices = new Choices(this.areas, (changes) => this.choose(changes));
    this.choropleth = new Choropleth(map, (code) => this.mark(code, { scroll: true }));
    this.ranking = new Ranking({
      open: workplace.open,
      mark: (code) => this.mark(code, { scroll: false }),
    });
    this.results = h(
      'div',
      { class: 'compare-results', hidden: true },
      this.zoomHint,
      this.timeline.element,
      this.sums,
      this.counted,
      this.legend,
      this.ranking.element,
      h('div', { class: 'compare-exports' }, this.csvButton, this.pngButton),
    );
    this.content = h('div', { class: 'compare' }, this.choices.element, this.message, this.results);
    onAddress(() => this.isOpen && this.followAddress());
    paintInLanguage(() => this.paint());
    onTheme(() => this.isOpen && this.shown && this.show(this.shown));
  }

  open(): void {
    this.isOpen = true;
    const { map } = this.workplace;
    map.on('moveend', this.noteView);
    map.on('sourcedata', this.noteView);
    map.on('idle', this.sumUpView);
    this.choice = this.addressed() ?? this.choice;
    void this.load();
  }

  close(): void {
    this.isOpen = false;
    this.pending.abort();
    this.timeline.stop();
    const { map } = this.workplace;
    map.off('moveend', this.noteView);
    map.off('sourcedata', this.noteView);
    map.off('idle', this.sumUpView);
    this.choropleth.remove();
    this.marked = null;
    writeAddress({ by: null, class: null, from: null, to: null }, { push: false });
  }

  private firstChoice(): Choice {
    const zoom = this.workplace.map.getZoom();
    const layers = this.workplace.map.getStyle().layers;
    const kind = this.areas[0]?.kind ?? BASIC;
    const ofKind = (level: Level) => this.areas.find((area) => area.kind === kind && area.level === level)?.layer;
    const isDrawnNow = (level: Level) =>
      layers.some(
        (layer) => layer.type === 'line' && layer['source-layer'] === ofKind(level) && (layer.minzoom ?? 0) <= zoom,
      );
    const level = FIRST_LEVELS.filter((level) => ofKind(level) !== undefined).find(isDrawnNow);
    return {
      statistic: 'people',
      kind,
      level: level ?? this.areas[0]?.level ?? 'district',
      attribute: null,
      category: null,
      measure: 'count',
      class: null,
      span: WHOLE,
    };
  }

  private addressed(): Choice | null {
    const choice = readChoice(readAddress());
    return choice && this.areaOf(choice) ? choice : null;
  }

  private followAddress(): void {
    const choice = this.addressed();
    const differs = choice && JSON.stringify(writeChoice(choice)) !== JSON.stringify(writeChoice(this.choice));
    if (differs) this.choose(choice);
  }

  private choose(changes: Partial<Choice>): void {
    this.choice = among({ ...this.choice, ...changes }, this.areas);
    const { shown } = this;
    if (shown?.question !== questionOf(this.choice)) return void this.load();
    // The numbers of all statistics and categories came with one answer.
    this.pending.abort();
    this.content.removeAttribute('aria-busy');
    this.show(shown);
  }

  /** Asks the server; a later question overrides this one, whatever order answers come in. */
  private async load(): Promise<void> {
    this.pending.abort();
    this.timeline.stop();
    const { signal } = (this.pending = new AbortController());
    this.content.setAttribute('aria-busy', 'true');
    this.paintChoices();
    try {
      this.countable ??= await fetchCountable(signal);
      this.choice = known(this.choice, this.countable);
      await this.loadClasses(signal);
      const layer = this.areaOf(this.choice)?.layer ?? '';
      const [answer, tiles] = await Promise.all([this.ask(this.choice, signal), fetchTileJson(this.tileJsonUrl(layer), signal)]);
      if (signal.aborted) return;
      this.failure = null;
      this.show(answer, () => this.choropleth.show(tiles, layer, this.fills()));
      announce(this.title());
    } catch (error) {
      if (signal.aborted) return;
      this.failure = error;
      this.shown = null;
      this.choropleth.remove();
      this.paint();
    }
    this.content.removeAttribute('aria-busy');
  }

  private async ask(choice: Choice, signal: AbortSignal): Promise<Answer> {
    const [question, totalsQuestion] = [questionOf(choice), totalsQuestionOf(choice)];
    // Another class or layer leaves what is in the areas as it is.
    const last = this.shown?.totalsQuestion === totalsQuestion && layerIdOf(choice) !== null ? this.shown.stats : null;
    const stats = last ?? (await fetchStats(choice, breakdown(choice), signal));
    const layer = layerOf(choice, this.countable ?? NOTHING_ELSE);
    const records = await fetchRecords(choice, { layer, areas: stats.rows.length }, signal);
    return { question, totalsQuestion, stats, records };
  }

  /** Of the layer that is chosen; without a class that it does not have. */
  private async loadClasses(signal: AbortSignal): Promise<void> {
    const layer = layerOf(this.choice, this.countable ?? NOTHING_ELSE);
    if (!layer) return;
    const classes = this.classes.get(layer.id) ?? (await fetchClasses(layer, signal));
    this.classes.set(layer.id, classes);
    if (!signal.aborted && !classes.includes(this.choice.class ?? '')) this.choice = { ...this.choice, class: null };
  }

  private areaOf({ kind, level }: Choice): AreaLayer | undefined {
    return this.areas.find((area) => area.kind === kind && area.level === level);
  }

  /** The address of the tiles of one layer, from afar too, which says what the style's says about the coordinates. */
  private tileJsonUrl(layer: string): string {
    const url = new URL(tileJsonUrl(this.workplace.plate, layer));
    url.searchParams.set('zooms', 'all');
    return url.href;
  }

  private show(answer: Answer, draw?: () => void): void {
    this.choice = answered(this.choice, answer);
    this.shown = shownOf(answer, this.choice);
    if (draw) draw();
    else this.choropleth.recolour(this.fills());
    writeAddress(writeChoice(this.choice), { push: false });
    this.paint();
  }

  private fills(): Map<string, Fill> {
    const { areas, classes } = this.shown!;
    const fillOf = ({ value }: Area): Fill => (value === 'none' ? null : (classOf(value, classes)?.colour ?? null));
    return new Map(areas.map((area) => [area.code, fillOf(area)]));
  }

  private mark(code: string | null, { scroll }: { scroll: boolean }): void {
    if (code === this.marked) return;
    this.marked = code;
    this.choropleth.mark(code);
    this.ranking.mark(code, { scroll });
  }

  private paint(): void {
    this.csvButton.textContent = t('compareCsv');
    this.pngButton.textContent = t('comparePng');
    this.paintChoices();
    this.paintMessage();
    const { shown } = this;
    this.results.hidden = !shown || shown.areas.length === 0;
    if (!shown) return;
    this.timeline.show(shown.records, this.choice.span);
    this.counted.textContent = this.countedNotes(shown).join(' ');
    this.legend.replaceChildren(h('h3', {}, this.title()), classLegend(this.legendRows(shown)));
    this.ranking.show(shown.areas, { title: this.title(), measure: this.choice.measure });
    this.viewIsStale = true;
    this.sumUpView();
  }

  private paintChoices(): void {
    const classes = this.classes.get(layerIdOf(this.choice) ?? '') ?? [];
    this.choices.show(this.choice, {
      ...(this.countable ?? NOTHING_ELSE),
      categories: this.shown?.stats.categories ?? [],
      classes,
    });
  }

  private paintMessage(): void {
    const { failure } = this;
    const isEmpty = this.shown?.areas.length === 0;
    this.message.hidden = failure === null && !isEmpty;
    if (isEmpty) this.message.replaceChildren(t('compareNoAreas'));
    if (failure === null) return;
    const { reason, detail } = failure instanceof ApiFailure ? failure : new ApiFailure('unreadable');
    this.message.replaceChildren(
      h('p', { role: 'alert' }, t(reason)),
      detail ? h('p', { class: 'detail' }, detail) : '',
      h('p', { class: 'sentence' }, t('stillUsable')),
      h('button', { type: 'button', class: 'main', onclick: () => void this.load() }, t('retry')),
    );
  }

  private title(): string {
    return titleText(this.choice, this.countable ?? NOTHING_ELSE);
  }

  /** What the areas are called, and what their values are. */
  private measure(): { level: string; measure: Measure } {
    return { level: areaText(this.choice), measure: this.choice.measure };
  }

  private legendRows({ classes }: Shown): LegendRow[] {
    return legendRows(classes, this.measure());
  }

  /** What is counted, of which release, what is left out, and what the mark of estimates means. */
  private countedNotes({ stats, records, areas }: Shown): string[] {
    const { statistic, span } = this.choice;
    const release = statistic === 'people' ? releaseText(stats.people_release) : null;
    const estimates = areas.some(({ isEstimated }) => isEstimated) ? marked(t('estimated'), true) : null;
    return [countedText(statistic), records && leftOutText(records, isWhole(span)), release, estimates].filter((note) => note !== null);
  }

  private readonly noteView = (): void => {
    this.viewIsStale = true;
  };

  private readonly sumUpView = (): void => {
    if (!this.isOpen || !this.shown || !this.viewIsStale) return;
    const { areas } = this.shown;
    const { isDrawn, isLoaded } = this.choropleth;
    this.viewIsStale = isDrawn && !isLoaded;
    this.sums.replaceChildren(totals(isLoaded ? this.areasInView(areas) : null, areas, this.measure()));
    this.zoomHint.hidden = isDrawn;
    this.pngButton.disabled = !isLoaded;
    if (!isDrawn) this.paintZoomHint();
  };

  private areasInView(areas: Area[]): Area[] {
    const { width, height } = this.workplace.map.getContainer().getBoundingClientRect();
    const panel = this.content.closest('.panel')?.getBoundingClientRect();
    const isSheet = panel !== undefined && panel.width > width * 0.9;
    // What the panel covers is not in view.
    const codes = this.choropleth.codesWithin(
      panel?.width && !isSheet ? panel.left : width,
      isSheet ? panel.top : height,
    );
    return areas.filter(({ code }) => codes.has(code));
  }

  private paintZoomHint(): void {
    const { firstZoom } = this.choropleth;
    const zoom = formatNumber(firstZoom);
    this.zoomHint.replaceChildren(
      h('p', {}, t('compareNotDrawn', { level: areaText(this.choice), zoom })),
      h(
        'button',
        { type: 'button', class: 'main', onclick: () => this.workplace.map.zoomTo(firstZoom + ZOOM_MARGIN) },
        t('compareZoom', { zoom }),
      ),
    );
  }

  private saveCsv(): void {
    const { shown, choice } = this;
    if (!shown) return;
    const layer = layerIdOf(choice);
    const columns = layer === null || choice.attribute !== null ? [] : recordColumns(layer, shown.stats, shown.records, choice);
    download(tableAsCsv(shown.stats, columns), `${this.fileName()}.csv`);
  }

  private async savePng(): Promise<void> {
    const { shown, workplace } = this;
    if (!shown) return;
    const { map, plate } = workplace;
    const origin = [
      t('generation', { generation: Number(shown.stats.generation) }),
      plate.builtAt && t('builtAt', { time: formatTime(plate.builtAt) }),
      t('compareExported', { time: formatTime(new Date().toISOString()) }),
      map.getSource(PLATE_SOURCE)?.attribution,
    ];
    try {
      const picture = await viewAsPng(map, {
        title: this.fullTitle(),
        legend: this.legendRows(shown),
        notes: [...this.countedNotes(shown), origin.filter(Boolean).join(' · ')],
      });
      download(picture, `${this.fileName()}.png`);
    } catch {
      showNotice(t('comparePngFailed'));
    }
  }

  private fullTitle(): string {
    return [this.workplace.plate.name, this.title()].filter(Boolean).join(' · ');
  }

  private fileName(): string {
    return this.fullTitle().replaceAll(' · ', '-');
  }
}

/** How many records are not counted, and why. */
function leftOutText(records: Records, isOfAllTime: boolean): string | null {
  const [elsewhere, timeless] = [records.stats.above + records.stats.elsewhere, undated(records)];
  if (isOfAllTime) return elsewhere > 0 ? t('compareElsewhere', { n: formatNumber(elsewhere) }) : null;
  return timeless > 0 ? t('compareUndated', { n: formatNumber(timeless) }) : null;
}
