import './bulk.css';
import { ApiFailure } from '../api';
import { toPlate, type Lnglat } from '../coordinates';
import { h, icon } from '../dom';
import { download } from '../download';
import { formatNumber, nameOf, paintInLanguage, t, type Word } from '../i18n';
import { announce, showNotice } from '../notice';
import { section, sentence } from '../parts';
import type { Tool, Workplace } from '../tools';
import { choice } from './choice';
import { guess, type Question } from './columns';
import type { Head } from './desk';
import { gridFile, monthFile } from './grid-file';
import type { Grouping } from './grouping';
import { canBeLayer, layerSpec } from './layer-spec';
import { colourOf, legendOf } from './legend';
import type { MonthCount } from './month-counts';
import { monthTable } from './months';
import { isDoubtful, KINDS, LOOKS, type Kind, type Outcome } from './outcome';
import { notes, rateText, reasonOf } from './notes';
import { PointLayer, type Drawn, type Look } from './point-layer';
import { Questions } from './questions';
import { RemoteDesk } from './remote-desk';
import { Run } from './run';
import type { Reading } from './table';

/** Rows that are listed. */
const LISTED = 100;
/** How often the map and the list follow a run, milliseconds. */
const FOLLOW_MS = 1500;

/** The rows that are looked at: all, one kind, or all that a person should check. */
type Filter = Kind | 'doubtful' | null;

/** A row with what was found for it. */
interface Result {
  row: number;
  outcome: Outcome;
}

export function bulkTool(workplace: Workplace): Tool {
  return new Bulk(workplace);
}

class Bulk implements Tool {
  private readonly input = h('input', { type: 'file', accept: '.xlsx,.xls,.csv,.tsv,.txt,.gz,text/csv,text/tab-separated-values', onchange: () => this.picked() });
  private readonly inputLabel = h('span');
  private readonly drop = h('label', { class: 'bulk-drop' }, icon('table'), this.inputLabel, this.input);
  private readonly body = h('div', { class: 'bulk-body' });
  private readonly bar = h('progress');
  private readonly progressText = h('p', { class: 'sentence' });
  private readonly stopButton = h('button', { type: 'button', class: 'main', onclick: () => this.run?.stop() });
  private readonly goOnButton = h('button', { type: 'button', class: 'main', onclick: () => this.goOn() });
  private readonly progress = h(
    'div',
    { class: 'bulk-progress' },
    this.bar,
    this.progressText,
    this.stopButton,
    this.goOnButton,
  );
  readonly content = h('div', { class: 'bulk' }, this.drop, this.body, this.progress);

  private readonly layer: PointLayer;
  private file: File | null = null;
  /** How the reader wants the file to be read. */
  private reading: Reading = {};
  private desk: RemoteDesk | null = null;
  private head: Head | null = null;
  private question: Question | null = null;
  private run: Run | null = null;
  private failure: (() => string) | null = null;
  private isReading = false;
  private filter: Filter = null;
  /** By which column the rows are coloured and counted, and the group that is looked at alone. */
  grouping: Grouping | null = null;
  private group: number | null = null;
  /** The column of times by which rows are counted, and how many there are. */
  time: number | null = null;
  months: MonthCount[] = [];
  /** Rows that are listed at most. */
  private most = LISTED;
  private chosen: number | null = null;
  private drawn: Drawn | null = null;
  private isSaving = false;
  private followed = 0;
  private isOpen = false;

  constructor(private readonly workplace: Workplace) {
    this.layer = new PointLayer(workplace.map, workplace.plate.shown, (row) => this.choose(row));
    // The page takes what is dropped; here only where it goes to is shown.
    const mark = (isOver: boolean) => this.drop.classList.toggle('bulk-over', isOver);
    addEventListener('dragover', () => mark(true));
    addEventListener('dragleave', ({ relatedTarget }) => mark(relatedTarget !== null));
    addEventListener('drop', () => mark(false));
    paintInLanguage(() => this.paint());
  }

  open(): void {
    this.isOpen = true;
    if (this.run) this.draw();
  }

  close(): void {
    this.isOpen = false;
    this.layer.remove();
  }

  take(file: File): void {
    this.reading = {};
    void this.read(file);
  }

  private picked(): void {
    const file = this.input.files?.[0];
    this.input.value = '';
    if (file) this.take(file);
  }

  private async read(file: File): Promise<void> {
    this.run?.stop();
    this.layer.remove();
    this.desk?.close();
    const desk = new RemoteDesk();
    Object.assign(this, { file, desk, head: null, run: null, failure: null, filter: null, chosen: null, isReading: true });
    this.ungroup();
    this.paint();
    try {
      const { reading } = this;
      const head = await desk.call('read', file, reading);
      if (this.desk !== desk) return;
      // What was chosen for the file can be chosen anew.
      const isAsked = Object.keys(reading).length > 0;
      if (head.count === 0 && !isAsked) this.failure = () => t('bulkEmpty');
      else Object.assign(this, { head, question: guess(head) });
    } catch (error) {
      if (this.desk !== desk) return;
      this.failure = () => reasonOf(error);
    }
    this.isReading = false;
    this.paint();
  }

  private start(): void {
    const { head, question, desk } = this;
    if (!head || !question || !desk) return;
    this.run = new Run(head, question, desk, toPlate, () => this.follow());
    this.followed = 0;
    this.paint();
    this.stopButton.focus();
    void this.run.go();
  }

  /** Back to the columns of the same file. */
  private again(): void {
    this.run?.stop();
    this.layer.remove();
    Object.assign(this, { run: null, filter: null, chosen: null });
    this.ungroup();
    this.paint();
    this.body.querySelector('select')?.focus();
  }

  /** Follows a run: the numbers at once, the map and the list from time to time. */
  private follow(): void {
    const { run } = this;
    if (!run) return;
    const isOver = run.state !== 'running';
    this.paintProgress();
    if (isOver || performance.now() - this.followed > FOLLOW_MS) {
      this.followed = performance.now();
      if (this.isOpen) this.draw();
      // A list of columns that is open would close.
      const isChoosing = document.activeElement instanceof HTMLSelectElement && this.body.contains(document.activeElement);
      if (isOver || !isChoosing) this.paintBody();
    }
    if (isOver) announce(this.stateText(run));
  }

  private readonly accepts = (outcome: Outcome, row: number): boolean =>
    this.isOfFilter(outcome) && (this.group === null || this.grouping?.groups[row] === this.group);

  private isOfFilter(outcome: Outcome): boolean {
    if (this.filter === 'doubtful') return isDoubtful(outcome);
    return this.filter === null || outcome.kind === this.filter;
  }

  private readonly look = ({ kind }: Outcome, row: number): Look =>
    this.grouping
      ? { colour: colourOf(this.grouping, row), isHollow: false }
      : { colour: LOOKS[kind].colour, isHollow: kind === 'ambiguous' };

  /** The first results of the filter; one that was chosen on the map stands before them if it is not among them. */
  private listed({ outcomes }: Run): Result[] {
    const found: Result[] = [];
    for (let row = 0; row < outcomes.length && found.length < this.most; row += 1) {
      const outcome = outcomes[row];
      if (outcome && this.accepts(outcome, row)) found.push({ row, outcome });
    }
    const { chosen } = this;
    const outcome = chosen === null ? undefined : outcomes[chosen];
    if (outcome && !found.some(({ row }) => row === chosen)) found.unshift({ row: chosen!, outcome });
    return found;
  }

  private draw(): void {
    if (this.run) this.drawn = this.layer.show(this.run.outcomes, this.accepts, this.look);
  }

  private choose(row: number): void {
    this.chosen = row;
    const at = this.run?.outcomes[row]?.at;
    if (at) this.fly(at);
    this.paintBody();
    const marked = this.body.querySelector('[aria-current="true"]');
    marked?.scrollIntoView({ block: 'nearest' });
    if (marked instanceof HTMLElement) marked.focus({ preventScroll: true });
  }

  private fly(at: Lnglat): void {
    const { map, plate } = this.workplace;
    map.easeTo({ center: plate.shown(at), zoom: Math.max(map.getZoom(), 17) });
  }

  private paint(): void {
    this.inputLabel.textContent = this.head ? t('bulkAnother') : t('bulkDrop');
    this.drop.classList.toggle('bulk-small', this.head !== null);
    this.paintBody();
    this.paintProgress();
  }

  private paintBody(): void {
    const { head, run, failure } = this;
    if (failure) {
      this.fill(h('p', { class: 'detail', role: 'alert' }, t('bulkUnreadable', { reason: failure() })));
    } else if (this.isReading) this.fill(sentence(t('bulkReading')));
    else if (!head) this.fill(sentence(t('bulkPrivacy')));
    else if (!run) this.fill(...this.settings(head));
    else this.fill(...this.results(run));
  }

  /** Paints the body; what the reader stood on is found again. */
  private fill(...parts: HTMLElement[]): void {
    const active = document.activeElement;
    const key = active instanceof HTMLElement && this.body.contains(active) ? active.dataset['key'] : undefined;
    this.body.replaceChildren(...parts);
    if (key) this.body.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus({ preventScroll: true });
  }

  private settings(head: Head): HTMLElement[] {
    const parts = [
      this.fileLine(head),
      new Questions(head, this.question!, {
        changed: (question) => (this.question = question),
        reread: (reading) => this.reread(reading),
      }).element,
      h('button', { type: 'button', class: 'main', onclick: () => this.start() }, t('bulkStart')),
      sentence(t('bulkPrivacy')),
    ];
    parts.splice(1, 0, ...notes(head).map((note) => h('p', { class: 'detail' }, note)));
    return parts;
  }

  private reread(changes: Reading): void {
    this.reading = { ...this.reading, ...changes };
    if (this.file) void this.read(this.file);
  }

  private stateText({ state, failure }: Run): string {
    if (state === 'done') return t('bulkDone');
    if (state === 'stopped') return t('bulkStopped');
    if (state === 'running') return '';
    const reason = failure instanceof ApiFailure ? failure : new ApiFailure('unreadable');
    return t('bulkPaused', { reason: [t(reason.reason), reason.detail].filter(Boolean).join(' ') });
  }

  private paintProgress(): void {
    const { run } = this;
    this.progress.hidden = !run;
    if (!run) return;
    const total = run.outcomes.length;
    const isRunning = run.state === 'running';
    const said = t('bulkProgress', { done: formatNumber(run.done), total: formatNumber(total) });
    this.bar.max = total;
    this.bar.value = run.done;
    this.bar.setAttribute('aria-label', t('bulk'));
    this.progressText.textContent = [said, isRunning ? rateText(run) : this.stateText(run)].filter(Boolean).join(' · ');
    const wasActive = [this.stopButton, this.goOnButton].includes(document.activeElement as HTMLButtonElement);
    this.stopButton.textContent = t('bulkStop');
    this.stopButton.hidden = !isRunning;
    this.goOnButton.textContent = t('bulkGoOn');
    this.goOnButton.hidden = isRunning || run.done === total;
    if (wasActive) (isRunning ? this.stopButton : this.goOnButton).focus();
  }

  private goOn(): void {
    void this.run?.go();
    this.paintProgress();
  }

  /** Looks at the rows of a result, or of a group, alone. */
  private select(changes: { filter: Filter } | { group: number | null }): void {
    Object.assign(this, changes, { chosen: null, most: LISTED });
    this.draw();
    this.paintBody();
  }

  private ungroup(): void {
    Object.assign(this, { grouping: null, group: null, time: null, months: [], most: LISTED });
  }

  private async groupBy(column: number | null): Promise<void> {
    const { desk } = this;
    let grouping: Grouping | null;
    try {
      grouping = (await desk?.call('group', column)) ?? null;
    } catch {
      return showNotice(t('bulkBroken'));
    }
    if (this.desk !== desk) return;
    const { time } = this;
    this.ungroup();
    this.grouping = grouping;
    this.draw();
    this.paintBody();
    if (time !== null) await this.countMonths(time);
  }

  /** Counts the rows by the months in a column, or no longer. */
  private async countMonths(time: number | null): Promise<void> {
    const { desk } = this;
    const months = time === null ? [] : await desk?.call('byMonth', time).catch(() => null);
    if (this.desk !== desk) return;
    if (!months) return showNotice(t('bulkBroken'));
    Object.assign(this, { time, months });
    this.paintBody();
  }

  private results(run: Run): HTMLElement[] {
    const { drawn } = this;
    const rows = this.listed(run);
    const thinned = drawn && drawn.shown < drawn.total;
    const said = drawn && { shown: formatNumber(drawn.shown), total: formatNumber(drawn.total) };
    return [
      this.fileLine(run.head),
      section(t('bulkSummary'), h('div', { class: 'bulk-sums' }, ...this.sums(run))),
      this.colouring(run),
      ...(run.state === 'running' ? [] : [monthTable(run.head.fields, this, (time) => void this.countMonths(time))]),
      ...(thinned ? [sentence(t('bulkOnMap', said!))] : []),
      h(
        'div',
        { class: 'bulk-downloads' },
        this.button('bulkDownload', 'main', () => void this.save(run, () => true)),
        this.button('bulkDownloadDoubtful', 'main bulk-second', () =>
          void this.save(run, (outcome) => !outcome || isDoubtful(outcome)),
        ),
        this.button('bulkByGrid', 'main bulk-second', () => void this.saveByGrid(run)),
        ...(this.time === null ? [] : [this.button('bulkByMonth', 'main bulk-second', () => void this.saveByMonth(run))]),
        ...(canBeLayer(this.question!) ? [this.button('bulkSpec', 'main bulk-second', () => this.saveSpec(run))] : []),
        this.button('bulkAgain', 'main bulk-second', () => this.again()),
      ),
      section(
        t('bulkFirstRows', { n: formatNumber(rows.length) }),
        h('ol', { class: 'picks bulk-list' }, ...rows.map((result) => this.row(result))),
        rows.length < this.most ? null : this.more(),
      ),
    ];
  }

  private more(): HTMLElement {
    const show = () => {
      this.most += LISTED;
      this.paintBody();
    };
    const label = t('bulkMore', { n: formatNumber(LISTED) });
    return h('button', { type: 'button', class: 'main bulk-second', 'data-key': 'more', onclick: show }, label);
  }

  /** The choice of a column of the file, and what its values are. */
  private colouring({ head, outcomes }: Run): HTMLElement {
    const { grouping } = this;
    const columns = head.fields.map((field, place): [string, string] => [String(place), field || `#${place + 1}`]);
    const options: [string, string][] = [['', t('bulkByOutcome')], ...columns];
    const pick = choice(t('bulkByColumn'), options, String(grouping?.column ?? ''), (value) =>
      void this.groupBy(value === '' ? null : Number(value)),
    );
    if (!grouping) return h('div', { class: 'bulk-colouring' }, pick);
    const counts = new Array<number>(grouping.values.length + 1).fill(0);
    for (const [row, outcome] of outcomes.entries())
      if (outcome && this.isOfFilter(outcome)) counts[grouping.groups[row]!]! += 1;
    const choose = (group: number | null) => this.select({ group });
    return h('div', { class: 'bulk-colouring' }, pick, ...legendOf(grouping, counts, { chosen: this.group, choose }));
  }

  private fileLine({ name, count, fields }: Head): HTMLElement {
    const size = t('bulkRows', { rows: formatNumber(count), columns: formatNumber(fields.length) });
    return h('p', { class: 'bulk-file' }, h('strong', {}, name), h('span', {}, size));
  }

  private button(word: Word, look: string, act: () => void): HTMLElement {
    return h('button', { type: 'button', class: look, 'data-key': word, onclick: act }, t(word));
  }

  private sums({ counts, done, doubtful }: Run): HTMLElement[] {
    const button = (filter: Filter, label: string, count: number, mark: HTMLElement | null = null) =>
      h(
        'button',
        {
          type: 'button',
          'data-key': `sum-${filter}`,
          'aria-pressed': String(this.filter === filter),
          onclick: () => this.select({ filter }),
        },
        mark,
        h('span', {}, label),
        h('strong', {}, formatNumber(count)),
      );
    const kinds = KINDS.filter((kind) => counts.has(kind));
    return [
      button(null, t('bulkAll'), done),
      button('doubtful', t('bulkDoubtful'), doubtful),
      ...kinds.map((kind) => button(kind, t(LOOKS[kind].word), counts.get(kind)!, swatch(kind))),
    ];
  }

  private row({ row, outcome }: Result): HTMLElement {
    const facts = [
      outcome.level && nameOf(outcome.level),
      outcome.confidence !== undefined && t('confidenceOnly', { value: formatNumber(outcome.confidence, 3) }),
    ];
    return h(
      'li',
      {},
      h(
        'button',
        {
          type: 'button',
          'aria-current': String(row === this.chosen),
          'data-key': `row-${row}`,
          onclick: () => this.choose(row),
        },
        h('span', { class: 'bulk-asked' }, swatch(outcome.kind), h('span', { class: 'name' }, outcome.asked)),
        h('span', { class: 'name' }, outcome.fault ? t(outcome.fault.word, outcome.fault.values) : outcome.text),
        h(
          'span',
          { class: 'relation' },
          [t('bulkRow', { n: formatNumber(row + 1) }), t(LOOKS[outcome.kind].word), ...facts].filter(Boolean).join(' · '),
        ),
      ),
    );
  }

  private save(run: Run, wanted: (outcome: Outcome | undefined) => boolean): Promise<void> {
    const marks = Uint8Array.from(run.outcomes, (outcome) => (wanted(outcome) ? 1 : 0));
    return this.give(run, t('bulk'), (desk) => desk.call('file', run.columns, marks));
  }

  private saveByGrid(run: Run): Promise<void> {
    const { grouping } = this;
    return this.give(run, nameOf('grid'), async (desk) => gridFile(await desk.call('byGrid'), grouping));
  }

  private saveByMonth(run: Run): Promise<void> {
    const { grouping, months } = this;
    return this.give(run, t('bulkMonth'), () => monthFile(months, grouping));
  }

  /** The lines with which the file of all results becomes a layer. */
  private saveSpec({ head }: Run): void {
    const title = head.name.replace(/\.[^.]*$/, '');
    const columns = { classes: this.grouping?.column ?? null, time: this.time };
    const spec = layerSpec({ path: `${title}-${t('bulk')}.csv`, title, question: this.question!, fields: head.fields, ...columns });
    download(new Blob([spec], { type: 'application/toml' }), `${title}.toml`);
  }

  /** Has a file made, one at a time, and gives it to the reader. */
  private async give(run: Run, what: string, make: (desk: RemoteDesk) => Promise<Blob>): Promise<void> {
    const { desk } = this;
    if (this.isSaving || !desk) return;
    this.isSaving = true;
    announce(t('bulkSaving'));
    try {
      const file = await make(desk);
      download(file, `${run.head.name.replace(/\.[^.]*$/, '')}-${what}.csv`);
    } catch {
      showNotice(t('bulkBroken'));
    } finally {
      this.isSaving = false;
    }
  }
}

function swatch(kind: Kind): HTMLElement {
  const element = h('span', { class: 'bulk-swatch', 'data-kind': kind, 'aria-hidden': 'true' });
  element.style.setProperty('--kind', LOOKS[kind].colour);
  return element;
}
