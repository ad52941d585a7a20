import './timeline.css';
import { h, icon, svg } from '../dom';
import { formatNumber, t, type Word } from '../i18n';
import { announce } from '../notice';
import { isWhole, isWithin, periodText, spanOf, spanOfBin, spanText, WHOLE, type Span } from './periods';
import { binOf, type CountedBin, type Dated } from './records';
import { Select, type Option } from './select';

/** How long a bar stands while they are played. */
const STEP_MS = 1000;
/** The part of its room that a bar fills, and the least height of one that is not zero, percent. */
const BAR = 0.8;
const LEAST = 3;

const UNIT_WORDS: Record<number, Word> = { 4: 'compareByYear', 7: 'compareByMonth', 10: 'compareByDay' };

/** The records over time, which of them are counted, and a button that goes through them bar by bar. */
export class Timeline {
  private readonly from = new Select('compareFrom', (value) => this.bound({ from: value }));
  private readonly to = new Select('compareTo', (value) => this.bound({ to: value }));
  private readonly title = h('p', { class: 'compare-time-title', 'aria-hidden': 'true' });
  private readonly wholeButton = h('button', { type: 'button', class: 'compare-whole', onclick: () => this.pick(WHOLE) });
  private readonly playButton = h('button', { type: 'button', class: 'compare-play', onclick: () => this.toggle() });
  private readonly readout = h('p', { class: 'compare-readout' });
  private readonly chart = svg('svg', { class: 'compare-chart', role: 'group' });
  private readonly axis = h('p', { class: 'compare-axis', 'aria-hidden': 'true' });
  readonly element = h(
    'section',
    { class: 'compare-time', hidden: true },
    h('div', { class: 'compare-ends' }, this.from.element, this.to.element),
    h('div', { class: 'compare-time-head' }, this.title, this.wholeButton, this.playButton),
    this.readout,
    this.chart,
    this.axis,
  );

  private records: Dated | null = null;
  private span = WHOLE;
  private bars: SVGGElement[] = [];
  /** The bar that the Tab key leads to; the arrows move it. */
  private current = 0;
  private timer: ReturnType<typeof setInterval> | null = null;
  /** The place of the bar that was played last, and how many bars are played at once. */
  private played = -1;
  private width = 1;
  /** The bar at which a span was begun that is being drawn with the pointer. */
  private begun: number | null = null;

  constructor(private readonly choose: (span: Span) => void) {
    this.chart.addEventListener('keydown', (event) => this.press(event));
    this.chart.addEventListener('click', (event) => this.toggleBar(this.placeOf(event)));
    this.chart.addEventListener('pointerdown', (event) => (this.begun = this.placeOf(event)));
    this.chart.addEventListener('pointerup', (event) => this.endSpan(event));
    for (const name of ['mouseover', 'focusin']) this.chart.addEventListener(name, (event) => this.read(this.placeOf(event)));
    for (const name of ['mouseleave', 'focusout']) this.chart.addEventListener(name, () => this.read(null));
  }

  show(records: Dated | null, span: Span): void {
    const isOther = records !== this.records;
    this.records = records && records.bins.length > 0 ? records : null;
    this.span = span;
    this.element.hidden = this.records === null;
    const chosen = this.chosenRun();
    if (isOther || (chosen?.last ?? -1) !== this.played) this.stop();
    if (!this.records) return;
    if (isOther) this.draw(this.records.bins);
    if (chosen) this.current = chosen.last;
    this.paint(this.records);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.played = -1;
    this.paintPlay();
  }

  private draw(bins: CountedBin[]): void {
    const hadFocus = this.chart.contains(document.activeElement);
    const room = 100 / bins.length;
    const most = Math.max(1, ...bins.map(({ count }) => count));
    this.bars = bins.map(({ count }, place) => {
      const height = count === 0 ? 0 : Math.max(LEAST, (count / most) * 100);
      const x = place * room;
      return svg(
        'g',
        { role: 'button', 'data-place': place },
        svg('rect', { class: 'hit', x: `${x}%`, width: `${room}%`, height: '100%' }),
        svg('rect', {
          class: 'column',
          x: `${x + (room * (1 - BAR)) / 2}%`,
          y: `${100 - height}%`,
          width: `${room * BAR}%`,
          height: `${height}%`,
        }),
      );
    });
    this.chart.replaceChildren(...this.bars);
    this.current = Math.min(this.current, this.bars.length - 1);
    if (hadFocus) this.bars[this.current]?.focus();
  }

  private paint({ bins, periods }: Dated): void {
    const [first = '', last = ''] = [periods[0], periods.at(-1)];
    const options = periods.map((period): Option => [period, periodText(period)]);
    this.from.show(options, this.span.from ?? first);
    this.to.show(options, this.span.to ?? last);
    const title = t(UNIT_WORDS[bins[0]!.label.length]!);
    this.title.textContent = title;
    this.chart.setAttribute('aria-label', title);
    this.wholeButton.textContent = t('compareWholeSpan');
    this.wholeButton.hidden = isWhole(this.span);
    this.playButton.hidden = bins.length < 2;
    const chosen = this.chosenPlace();
    bins.forEach((bin, place) => {
      const bar = this.bars[place]!;
      bar.setAttribute('aria-label', barText(bin));
      bar.setAttribute('aria-pressed', String(place === chosen));
      bar.setAttribute('tabindex', place === this.current ? '0' : '-1');
      const isCounted = !isWhole(this.span) && bin.periods.some((period) => isWithin(period, this.span));
      bar.classList.toggle('counted', isCounted);
    });
    const ends = bins.length > 1 ? [bins[0]!, bins.at(-1)!] : bins;
    this.axis.replaceChildren(...ends.map(({ label }) => h('span', {}, periodText(label))));
    this.paintPlay();
    this.read(null);
  }

  private paintPlay(): void {
    const isPlaying = this.timer !== null;
    this.playButton.replaceChildren(icon(isPlaying ? 'pause' : 'play'), t(isPlaying ? 'comparePause' : 'comparePlay'));
  }

  /** Says the number of a bar, or of those that are counted; else which is the most. */
  private read(place: number | null): void {
    if (!this.records) return;
    const { bins } = this.records;
    const one = bins[place ?? -1];
    const most = bins.reduce((most, bin) => (bin.count > most.count ? bin : most));
    this.readout.textContent = one ? barText(one) : (this.chosenText() ?? t('compareMost', { bar: barText(most) }));
  }

  /** The number of the bars that are counted, where not all are. */
  private chosenText(): string | null {
    const [run, period] = [this.chosenRun(), spanText(this.span)];
    if (!this.records || !run || period === null) return null;
    const count = this.records.bins.slice(run.first, run.last + 1).reduce((sum, bin) => sum + bin.count, 0);
    return t('compareBar', { period, n: formatNumber(count) });
  }

  private chosenPlace(): number {
    const bin = this.records && binOf(this.records, this.span);
    return bin && this.records ? this.records.bins.indexOf(bin) : -1;
  }

  /** The places of the first and the last bar that are counted, where not all are. */
  private chosenRun(): { first: number; last: number } | null {
    if (!this.records || isWhole(this.span)) return null;
    const counted = this.records.bins.map(({ periods }) => periods.some((period) => isWithin(period, this.span)));
    const first = counted.indexOf(true);
    return first < 0 ? null : { first, last: counted.lastIndexOf(true) };
  }

  private placeOf({ target }: Event): number | null {
    const bar = target instanceof Element ? target.closest<SVGGElement>('[data-place]') : null;
    return bar ? Number(bar.dataset['place']) : null;
  }

  /** Counts the bars over which the pointer was drawn. */
  private endSpan({ clientX }: PointerEvent): void {
    const { left, width } = this.chart.getBoundingClientRect();
    const { begun, bars, records } = this;
    this.begun = null;
    if (begun === null || !records) return;
    const place = Math.min(Math.max(Math.floor(((clientX - left) / width) * bars.length), 0), bars.length - 1);
    // Where it began it ends as a click.
    if (place === begun) return;
    const [first, last] = [Math.min(begun, place), Math.max(begun, place)];
    this.pick(spanOf(records.bins.slice(first, last + 1).flatMap(({ periods }) => periods), records.periods));
  }

  /** Counts a bar alone, or again all of them. */
  private toggleBar(place: number | null): void {
    if (place === null || !this.records) return;
    this.current = place;
    this.pick(place === this.chosenPlace() ? WHOLE : spanOfBin(this.records.bins[place]!));
  }

  private pick(span: Span): void {
    this.stop();
    this.choose(span);
    announce(this.chosenText() ?? t('compareWholeSpan'));
  }

  /** One end of the span; the other goes with it where they would cross. */
  private bound(changes: Partial<Span>): void {
    const periods = this.records?.periods ?? [];
    const span = { from: this.span.from ?? periods[0]!, to: this.span.to ?? periods.at(-1)!, ...changes };
    if (span.from! > span.to!) Object.assign(span, changes.from ? { to: changes.from } : { from: changes.to });
    this.stop();
    this.choose(span);
  }

  private toggle(): void {
    if (this.timer !== null) return this.stop();
    const run = this.chosenRun();
    this.width = run ? run.last - run.first + 1 : 1;
    this.played = run?.last ?? -1;
    this.timer = setInterval(() => this.step(), STEP_MS);
    // From the first ones on, where the last one has been reached.
    if (this.played === this.bars.length - 1) this.played = this.width - 2;
    this.step();
  }

  private step(): void {
    const bins = this.records?.bins.slice(this.played + 2 - this.width, this.played + 2) ?? [];
    if (bins.length < this.width || this.played + 1 >= this.bars.length) return this.stop();
    this.played += 1;
    this.choose({ from: bins[0]!.periods[0]!, to: bins.at(-1)!.periods.at(-1)! });
    announce(this.chosenText() ?? '');
    if (this.played === this.bars.length - 1) this.stop();
  }

  private press(event: KeyboardEvent): void {
    const last = this.bars.length - 1;
    const targets: Record<string, number> = { ArrowRight: this.current + 1, ArrowLeft: this.current - 1, Home: 0, End: last };
    const target = targets[event.key];
    if (event.key === 'Enter' || event.key === ' ') this.toggleBar(this.placeOf(event));
    else if (target === undefined) return;
    else this.focus(Math.min(Math.max(target, 0), last));
    event.preventDefault();
  }

  private focus(place: number): void {
    this.bars[this.current]?.setAttribute('tabindex', '-1');
    this.current = place;
    this.bars[place]?.setAttribute('tabindex', '0');
    this.bars[place]?.focus();
  }
}

/** For instance "2026年1月：64". */
function barText({ label, count }: CountedBin): string {
  return t('compareBar', { period: periodText(label), n: formatNumber(count) });
}
