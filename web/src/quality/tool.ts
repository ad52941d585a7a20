import './quality.css';
import { ApiFailure, SEVERITIES, fetchFindings, fetchIssues, type About, type Issue } from '../api';
import { tableFile } from '../csv';
import { h } from '../dom';
import { download } from '../download';
import { formatNumber, language, nameOf, paintInLanguage, t } from '../i18n';
import { announce, showNotice } from '../notice';
import { factList, sentence } from '../parts';
import { linkedShare, sourceText } from '../records';
import type { Tool, Workplace } from '../tools';
import { Filter } from './filter';
import { IssueLayer } from './issue-layer';
import { fetchLeft, fetchPages, fetchWorst, type Question, type Worst } from './pages';
import { WorkList } from './work-list';

/** Issues that are drawn: a browser has no room for those of a city that is wrong throughout. */
const DRAWN_MAX = 100_000;
/** Waiting for the map to rest before asking what is in view, milliseconds. */
const REST_MS = 250;
/** Issues that no code of the plate is about. */
const ABOUT_SOURCES = ['source-crs', 'source-axes'];
/** Below this width the card of what is opened lies over the panel. */
const ONE_SHEET = '(max-width: 47.99rem)';

export function qualityTool(workplace: Workplace): Tool {
  return new Quality(workplace);
}

class Quality implements Tool {
  private readonly message = h('div', { class: 'quality-message', role: 'status' });
  private readonly filter = new Filter(() => void this.load());
  private readonly inView = h('input', { type: 'checkbox', onchange: () => void this.load() });
  private readonly inViewLabel = h('span');
  private readonly count = h('p', { class: 'sentence', role: 'status' });
  private readonly unlisted = h('p', { class: 'sentence quality-unlisted' });
  private readonly onMap = h('p', { class: 'sentence quality-on-map' });
  private readonly list: WorkList;
  private readonly csv = h('button', { type: 'button', class: 'main', onclick: () => void this.save() });
  private readonly sourcesHeading = h('summary');
  private readonly sourcesBody = h('div');
  private readonly sources = h('details', { class: 'quality-sources' }, this.sourcesHeading, this.sourcesBody);
  private readonly results: HTMLElement;
  private readonly listHeading = h('h3');
  readonly content: HTMLElement;

  private readonly layer: IssueLayer;
  private about: About | null = null;
  /** Those that are listed. */
  private issues: Pick<Worst, 'matched' | 'issues'> | null = null;
  /** Those that have come for the map, which draws what has a place. */
  private all: Issue[] = [];
  private drawing: 'coming' | 'done' | 'failed' = 'done';
  private failure: unknown = null;
  private marked: number | null = null;
  /** Whether the map is on its way to an issue of the list, which must not change under the reader. */
  private isVisiting = false;
  private pending = new AbortController();
  private rest: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly workplace: Workplace) {
    const { map, plate } = workplace;
    this.list = new WorkList((issue) => this.visit(issue));
    this.layer = new IssueLayer(map, plate.shown, (ids) => this.chooseNext(ids));
    this.results = h(
      'div',
      { class: 'quality-results' },
      this.filter.element,
      h(
        'section',
        {},
        this.listHeading,
        h(
          'div',
          { class: 'quality-actions' },
          h('label', { class: 'quality-in-view' }, this.inView, this.inViewLabel),
          this.csv,
        ),
        this.count,
        this.unlisted,
        this.onMap,
        this.list.element,
        this.list.more,
      ),
    );
    this.content = h('div', { class: 'quality' }, this.message, this.sources, this.results);
    paintInLanguage(() => this.paint());
  }

  open(): void {
    this.isVisiting = false;
    this.workplace.map.on('moveend', this.followView);
    void this.load();
  }

  close(): void {
    this.workplace.map.off('moveend', this.followView);
    clearTimeout(this.rest);
    this.pending.abort();
    this.layer.remove();
  }

  private readonly followView = (): void => {
    clearTimeout(this.rest);
    if (this.isVisiting) {
      this.isVisiting = false;
      return;
    }
    if (this.inView.checked) this.rest = setTimeout(() => void this.load(), REST_MS);
  };

  /** Asks the server; a later question overrides this one, whatever order answers come in. */
  private async load(): Promise<void> {
    this.pending.abort();
    const { signal } = (this.pending = new AbortController());
    this.content.setAttribute('aria-busy', 'true');
    try {
      if (!this.about) {
        this.about = await fetchFindings(signal);
        this.filter.show(this.about.issues);
      }
      const ask = this.question();
      const worst = await fetchWorst(ask, signal);
      if (signal.aborted) return;
      this.issues = worst;
      this.failure = null;
      this.all = worst.issues;
      this.layer.show(this.all);
      void this.drawLeft(ask, worst, signal);
      announce(t('qualityMatched', { n: formatNumber(worst.matched) }));
    } catch (error) {
      if (signal.aborted) return;
      this.failure = error;
      this.issues = null;
      this.layer.remove();
    }
    this.content.removeAttribute('aria-busy');
    this.paint();
  }

  /** Draws what is not listed as well, so that no place looks better than it is. */
  private async drawLeft(ask: Question, worst: Worst, signal: AbortSignal): Promise<void> {
    this.drawing = worst.left.length > 0 ? 'coming' : 'done';
    if (this.drawing === 'done') return;
    const all = [...worst.issues];
    try {
      for await (const issues of fetchLeft(ask, worst, signal)) {
        all.push(...issues);
        if (all.length >= DRAWN_MAX) break;
      }
      this.drawing = 'done';
    } catch {
      this.drawing = 'failed';
    }
    if (signal.aborted) return;
    this.all = all.slice(0, DRAWN_MAX);
    this.layer.show(this.all);
    this.layer.mark(this.marked);
    this.paintOnMap();
  }

  private question(): Question {
    const rules = new Map(SEVERITIES.map((severity) => [severity, this.filter.rules(severity)]));
    const view = this.inView.checked ? { bbox: this.view() } : {};
    return async (severities, limit, from, signal) => {
      const wanted = severities.flatMap((severity) => rules.get(severity) ?? []);
      // The server takes no empty list of rules.
      if (wanted.length === 0) return { generation: '', matched: 0, next: null, issues: [] };
      const page = { rule: wanted.join(','), limit: String(limit), from: String(from) };
      return fetchIssues(new URLSearchParams({ ...page, ...view }), signal);
    };
  }

  private view(): string {
    const bounds = this.workplace.map.getBounds();
    const { stored } = this.workplace.plate;
    const corners = [
      ...stored([bounds.getWest(), bounds.getSouth()]),
      ...stored([bounds.getEast(), bounds.getNorth()]),
    ];
    return corners.map((degrees) => degrees.toFixed(6)).join(',');
  }

  /** Goes to an issue of the list. */
  private visit(issue: Issue): void {
    this.mark(issue);
    const { lng, lat } = issue;
    if (lng !== undefined && lat !== undefined) {
      this.isVisiting = true;
      this.workplace.show(lng, lat);
    }
    this.openCard(issue);
  }

  /** Of several issues at one place, every click chooses another. */
  private chooseNext(ids: number[]): void {
    const next = ids[(ids.indexOf(this.marked ?? NaN) + 1) % ids.length];
    const issue = this.all.find(({ id }) => id === next);
    if (!issue || !this.issues) return;
    const { issues } = this.issues;
    // What is chosen on the map is in the list, even if it is not among the worst.
    if (!issues.includes(issue)) {
      this.issues = { ...this.issues, issues: [issue, ...issues] };
      this.list.show(this.issues.issues);
    }
    this.mark(issue, ids.length > 1 ? () => t('qualityStacked', { n: formatNumber(ids.length) }) : undefined);
    const isSeen = this.content.getClientRects().length > 0;
    if (!(isSeen && matchMedia(ONE_SHEET).matches)) this.openCard(issue);
  }

  private mark({ id }: Issue, note?: () => string): void {
    this.marked = id;
    this.list.mark(id, note);
    this.layer.mark(id);
  }

  /** The focus stays in the list, which is worked down row by row. */
  private openCard({ rule, code }: Issue): void {
    if (!ABOUT_SOURCES.includes(rule)) this.workplace.open(code, false);
  }

  private paint(): void {
    this.inViewLabel.textContent = t('qualityInView');
    this.csv.textContent = t('qualityCsv');
    this.listHeading.textContent = t('qualityList');
    this.paintMessage();
    this.results.hidden = this.failure !== null || !this.about || this.about.issues.length === 0;
    this.filter.paint();
    this.sources.hidden = this.failure !== null || !this.about;
    this.sourcesHeading.textContent = t('qualitySources');
    if (this.about) this.sourcesBody.replaceChildren(linked(this.about) ?? '');
    if (!this.issues) return;
    const { matched, issues } = this.issues;
    const listed =
      matched > issues.length
        ? t('qualityFirst', { shown: formatNumber(issues.length), total: formatNumber(matched) })
        : t('qualityMatched', { n: formatNumber(matched) });
    this.count.textContent = matched === 0 ? t('qualityNoneChosen') : listed;
    this.paintUnlisted(matched);
    this.paintOnMap();
    this.csv.hidden = matched === 0;
    this.list.show(issues);
  }

  /** Why more are counted than listed. What has no place is in no view, so that a view says nothing of it. */
  private paintUnlisted(matched: number): void {
    const unlisted = this.filter.counted - matched;
    this.unlisted.hidden = unlisted <= 0 || matched === 0 || this.inView.checked;
    this.unlisted.textContent = t('qualityUnlisted', { n: formatNumber(unlisted) });
  }

  private paintOnMap(): void {
    const matched = this.issues?.matched ?? 0;
    const drawn = this.all.filter(({ lng }) => lng !== undefined).length;
    const words = { n: formatNumber(drawn), total: formatNumber(matched) };
    this.onMap.hidden = matched === 0;
    if (this.drawing === 'coming') this.onMap.textContent = t('qualityDrawing', words);
    else if (this.drawing === 'failed') this.onMap.textContent = t('qualityDrawnPart', words);
    else if (this.all.length < matched) this.onMap.textContent = t('qualityDrawnFirst', words);
    else if (drawn === matched) this.onMap.textContent = t('qualityAllDrawn', words);
    else this.onMap.textContent = t('qualityDrawn', { ...words, unplaced: formatNumber(matched - drawn) });
  }

  private paintMessage(): void {
    const { failure } = this;
    this.message.hidden = failure === null && (this.about?.issues.length ?? 0) > 0;
    if (failure === null) return this.message.replaceChildren(sentence(t(this.about ? 'qualityNone' : 'busy')));
    const { reason, detail } = failure instanceof ApiFailure ? failure : new ApiFailure('unreadable');
    if (reason === 'notFound') return this.message.replaceChildren(sentence(t('qualityMissing')));
    this.message.replaceChildren(
      sentence(t(reason)),
      detail ? h('p', { class: 'detail', lang: 'en' }, detail) : '',
      sentence(t('stillUsable')),
      h('button', { type: 'button', class: 'main', onclick: () => void this.load() }, t('retry')),
    );
  }

  /** All pages of what is chosen, as a file. */
  private async save(): Promise<void> {
    this.csv.disabled = true;
    try {
      const { signal } = new AbortController();
      const ask = this.question();
      const all: Issue[] = [];
      for await (const issues of fetchPages(ask, SEVERITIES, 0, signal)) all.push(...issues);
      const fields = ['key', 'rule', 'name', 'severity', 'entity', 'code', 'other_code', 'evidence', 'lng', 'lat'];
      const rows = all.map(({ key, rule, severity, entity, code, other, evidence, lng, lat }) => [
        key,
        rule,
        nameOf(rule),
        severity,
        entity,
        code,
        other ?? '',
        evidence[language()],
        lng ?? '',
        lat ?? '',
      ]);
      download(tableFile(fields, rows), `${this.workplace.plate.name ?? ''}-${t('quality')}.csv`);
    } catch (error) {
      showNotice(t(error instanceof ApiFailure ? error.reason : 'unreadable'));
    }
    this.csv.disabled = false;
  }
}

/** How many rows of each source there are, and how many of them are linked. */
function linked({ layers, sources }: About): HTMLElement | null {
  return factList(
    sources.map(({ entity, rows, linked, rejected }): [string, string] => {
      const share = linkedShare({ entity, rows, linked });
      const lost = rejected === 0 ? null : t('qualityRejected', { n: formatNumber(rejected) });
      return [`${sourceText(entity, layers)} · ${formatNumber(rows)}`, [share, lost].filter(Boolean).join(' · ')];
    }),
  );
}
