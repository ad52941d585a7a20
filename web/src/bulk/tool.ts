import './bulk.css';
import { ApiFailure } from '../api';
import { toPlate, type Lnglat } from '../coordinates';
import { tableFile } from '../csv';
import { h, icon } from '../dom';
import { download } from '../download';
import { formatNumber, nameOf, paintInLanguage, t } from '../i18n';
import { announce } from '../notice';
import { section, sentence } from '../parts';
import type { Tool, Workplace } from '../tools';
import { guess, type Question } from './columns';
import { isDoubtful, KINDS, LOOKS, type Kind, type Outcome } from './outcome';
import { PointLayer, type Placed } from './point-layer';
import { Questions } from './questions';
import { Run } from './run';
import { isUneven, readTable, type Encoding, type Table } from './table';

/** Rows that are listed. */
const LISTED = 100;
/** How often the map and the list follow a run, milliseconds. */
const FOLLOW_MS = 1500;

export function bulkTool(workplace: Workplace): Tool {
  return new Bulk(workplace);
}

class Bulk implements Tool {
  private readonly input = h('input', { type: 'file', accept: '.csv,.txt,text/csv', onchange: () => this.picked() });
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
  private table: Table | null = null;
  private question: Question | null = null;
  private run: Run | null = null;
  private failure: unknown = null;
  private isReading = false;
  private kind: Kind | null = null;
  private chosen: number | null = null;
  private drawn: { shown: number; total: number } | null = null;
  private followed = 0;
  private isOpen = false;

  constructor(private readonly workplace: Workplace) {
    this.layer = new PointLayer(workplace.map, workplace.plate.shown, (row) => this.choose(row));
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
    void this.read(file);
  }

  private picked(): void {
    const file = this.input.files?.[0];
    this.input.value = '';
    if (file) this.take(file);
  }

  private async read(file: File, encoding?: Encoding): Promise<void> {
    this.run?.stop();
    this.layer.remove();
    Object.assign(this, { file, table: null, run: null, failure: null, kind: null, chosen: null, isReading: true });
    this.paint();
    try {
      const table = await readTable(file, encoding);
      if (this.file !== file) return;
      if (table.rows.length === 0) throw new Error(t('bulkEmpty'));
      this.table = table;
      this.question = guess(table);
    } catch (error) {
      if (this.file !== file) return;
      this.failure = error;
    }
    this.isReading = false;
    this.paint();
  }

  private start(): void {
    const { table, question } = this;
    if (!table || !question) return;
    this.run = new Run(table, question, toPlate, () => this.follow());
    this.followed = 0;
    this.paint();
    void this.run.go();
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
      this.paintBody();
    }
    if (isOver) announce(this.stateText(run));
  }

  /** The rows of the chosen kind that have an outcome. */
  private outcomes(): Placed[] {
    const found: Placed[] = [];
    this.run?.outcomes.forEach((outcome, row) => {
      if (outcome && (this.kind === null || outcome.kind === this.kind)) found.push({ row, outcome });
    });
    return found;
  }

  private draw(): void {
    const placed = this.outcomes().filter(({ outcome }) => outcome.at);
    this.drawn = { shown: this.layer.show(placed), total: placed.length };
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
    this.inputLabel.textContent = this.table ? t('bulkAnother') : t('bulkDrop');
    this.drop.classList.toggle('bulk-small', this.table !== null);
    this.paintBody();
    this.paintProgress();
  }

  private paintBody(): void {
    const { table, run, failure } = this;
    if (failure) {
      const reason = failure instanceof Error ? failure.message : String(failure);
      this.body.replaceChildren(h('p', { class: 'detail', role: 'alert' }, t('bulkUnreadable', { reason })));
    } else if (this.isReading) this.body.replaceChildren(sentence(t('bulkReading')));
    else if (!table) this.body.replaceChildren(sentence(t('bulkPrivacy')));
    else if (!run) this.body.replaceChildren(...this.settings(table));
    else this.body.replaceChildren(...this.results(run));
  }

  private settings(table: Table): HTMLElement[] {
    const { fields, rows } = table;
    const uneven = rows.reduce((sum, row) => sum + (isUneven(table, row) ? 1 : 0), 0);
    const size = t('bulkRows', { rows: formatNumber(rows.length), columns: formatNumber(fields.length) });
    const parts = [
      h('p', { class: 'bulk-file' }, h('strong', {}, table.name), h('span', {}, size)),
      new Questions(table, this.question!, {
        changed: (question) => (this.question = question),
        encode: (encoding) => void this.read(this.file!, encoding),
      }).element,
      h('button', { type: 'button', class: 'main', onclick: () => this.start() }, t('bulkStart')),
      sentence(t('bulkPrivacy')),
    ];
    if (uneven > 0) parts.splice(1, 0, h('p', { class: 'detail' }, t('bulkUneven', { n: formatNumber(uneven) })));
    return parts;
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
    this.stopButton.textContent = t('bulkStop');
    this.stopButton.hidden = !isRunning;
    this.goOnButton.textContent = t('bulkGoOn');
    this.goOnButton.hidden = isRunning || run.done === total;
  }

  private goOn(): void {
    void this.run?.go();
    this.paintProgress();
  }

  private results(run: Run): HTMLElement[] {
    const counts = new Map<Kind, number>();
    for (const outcome of run.outcomes) if (outcome) counts.set(outcome.kind, (counts.get(outcome.kind) ?? 0) + 1);
    const kinds = KINDS.filter((kind) => counts.has(kind));
    const select = (kind: Kind | null) => {
      this.kind = kind;
      this.chosen = null;
      this.draw();
      this.paintBody();
    };
    const button = (kind: Kind | null, label: string, count: number) =>
      h(
        'button',
        { type: 'button', 'aria-pressed': String(this.kind === kind), onclick: () => select(kind) },
        kind && swatch(kind),
        h('span', {}, label),
        h('strong', {}, formatNumber(count)),
      );
    const sums = [button(null, t('bulkAll'), run.done), ...kinds.map((kind) => button(kind, t(LOOKS[kind].word), counts.get(kind)!))];
    const listed = this.outcomes().slice(0, LISTED);
    const extra = this.chosen !== null && !listed.some(({ row }) => row === this.chosen);
    const chosen = extra ? run.outcomes[this.chosen!] : undefined;
    const rows = chosen ? [{ row: this.chosen!, outcome: chosen }, ...listed] : listed;
    const parts = [
      section(t('bulkSummary'), h('div', { class: 'bulk-sums' }, ...sums)),
      h(
        'div',
        { class: 'bulk-downloads' },
        h('button', { type: 'button', class: 'main', onclick: () => this.save(run, () => true) }, t('bulkDownload')),
        h(
          'button',
          { type: 'button', class: 'main', onclick: () => this.save(run, isDoubtful) },
          t('bulkDownloadDoubtful'),
        ),
      ),
      section(
        t('bulkFirstRows', { n: formatNumber(listed.length) }),
        h('ol', { class: 'picks bulk-list' }, ...rows.map((placed) => this.row(run, placed))),
      ),
    ];
    const { drawn } = this;
    if (drawn && drawn.shown < drawn.total) {
      const said = { shown: formatNumber(drawn.shown), total: formatNumber(drawn.total) };
      parts.splice(1, 0, sentence(t('bulkOnMap', said)));
    }
    return parts;
  }

  private row({ table, question }: Run, { row, outcome }: Placed): HTMLElement {
    const cells = table.rows[row]!;
    const asked =
      question.mode === 'address' ? cells[question.address] : `${cells[question.lng]}, ${cells[question.lat]}`;
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
          'data-row': row,
          onclick: () => this.choose(row),
        },
        h('span', { class: 'bulk-asked' }, swatch(outcome.kind), h('span', { class: 'name' }, asked ?? '')),
        h('span', { class: 'name' }, outcome.text),
        h(
          'span',
          { class: 'relation' },
          [t('bulkRow', { n: formatNumber(row + 1) }), t(LOOKS[outcome.kind].word), ...facts].filter(Boolean).join(' · '),
        ),
      ),
    );
  }

  /** Every row as it came, with what was found; cells beyond those of the header stand in a last column. */
  private save({ table, columns, outcomes }: Run, wanted: (outcome: Outcome) => boolean): void {
    const width = table.fields.length;
    const hasExtra = table.rows.some((row) => row.length > width);
    const rows = table.rows.flatMap((row, place) => {
      const outcome = outcomes[place];
      if (outcome ? !wanted(outcome) : !wanted({ kind: 'none', cells: [], text: '' })) return [];
      const own = Array.from({ length: width }, (_, at) => row[at] ?? '');
      const extra = hasExtra ? [row.slice(width).join(',')] : [];
      return [[...own, ...(outcome?.cells ?? columns.map(() => '')), ...extra]];
    });
    const fields = [...table.fields, ...columns, ...(hasExtra ? ['extra_cells'] : [])];
    const name = table.name.replace(/\.[^.]*$/, '');
    download(tableFile(fields, rows, { asIs: true }), `${name}-${t('bulk')}.csv`);
  }
}

function swatch(kind: Kind): HTMLElement {
  const element = h('span', { class: 'bulk-swatch', 'data-kind': kind, 'aria-hidden': 'true' });
  element.style.setProperty('--kind', LOOKS[kind].colour);
  return element;
}

function rateText({ began, done, outcomes }: Run): string {
  const seconds = (performance.now() - began.at) / 1000;
  const rate = (done - began.done) / seconds;
  if (!(rate > 0) || seconds < 1) return '';
  const left = (outcomes.length - done) / rate;
  const time =
    left < 90 ? t('bulkSeconds', { n: formatNumber(left) }) : t('bulkMinutes', { n: formatNumber(left / 60) });
  return t('bulkRate', { rate: formatNumber(rate), left: time });
}
