import './quality.css';
import { ApiFailure, fetchAbout, fetchIssues, type About, type Issue, type Issues } from '../api';
import { tableFile } from '../csv';
import { h } from '../dom';
import { download } from '../download';
import { formatNumber, formatPercent, nameOf, paintInLanguage, t } from '../i18n';
import { announce, showNotice } from '../notice';
import { factList, section, sentence } from '../parts';
import type { Tool, Workplace } from '../tools';
import { Filter } from './filter';
import { IssueLayer } from './issue-layer';
import { SEVERITIES } from './severity';
import { WorkList } from './work-list';

/** Issues that are listed and drawn at once: as many as the server gives at a time. */
const SHOWN_MAX = 5000;
/** Waiting for the map to rest before asking what is in view, milliseconds. */
const REST_MS = 250;
/** Issues that no code of the plate is about. */
const ABOUT_SOURCES = ['source-crs', 'source-axes'];
/** How near the map goes to an issue. */
const ISSUE_ZOOM = 17;

export function qualityTool(workplace: Workplace): Tool {
  return new Quality(workplace);
}

class Quality implements Tool {
  private readonly message = h('div', { class: 'quality-message', role: 'status' });
  private readonly filter = new Filter(() => void this.load());
  private readonly inView = h('input', { type: 'checkbox', onchange: () => void this.load() });
  private readonly inViewLabel = h('span');
  private readonly count = h('p', { class: 'sentence', role: 'status' });
  private readonly list: WorkList;
  private readonly csv = h('button', { type: 'button', class: 'main', onclick: () => void this.save() });
  private readonly sources = h('div');
  private readonly results: HTMLElement;
  private readonly listHeading = h('h3');
  readonly content: HTMLElement;

  private readonly layer: IssueLayer;
  private about: About | null = null;
  private issues: Issues | null = null;
  private failure: unknown = null;
  private pending = new AbortController();
  private rest: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly workplace: Workplace) {
    const { map, plate } = workplace;
    this.list = new WorkList((issue) => this.choose(issue));
    this.layer = new IssueLayer(map, plate.shown, (id) => {
      const issue = this.issues?.issues.find((issue) => issue.id === id);
      if (issue) this.choose(issue);
    });
    this.results = h(
      'div',
      { class: 'quality-results' },
      this.filter.element,
      h(
        'section',
        {},
        this.listHeading,
        h('label', { class: 'quality-in-view' }, this.inView, this.inViewLabel),
        this.count,
        this.list.element,
        h('div', { class: 'quality-actions' }, this.list.more, this.csv),
      ),
    );
    this.content = h('div', { class: 'quality' }, this.message, this.results, this.sources);
    paintInLanguage(() => this.paint());
  }

  open(): void {
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
    if (this.inView.checked) this.rest = setTimeout(() => void this.load(), REST_MS);
  };

  /** Asks the server; a later question overrides this one, whatever order answers come in. */
  private async load(): Promise<void> {
    this.pending.abort();
    const { signal } = (this.pending = new AbortController());
    this.content.setAttribute('aria-busy', 'true');
    try {
      if (!this.about) {
        this.about = await fetchAbout(signal);
        this.filter.show(this.about.issues);
      }
      const issues = await this.ask(SHOWN_MAX, 0, signal);
      if (signal.aborted) return;
      this.issues = { ...issues, issues: worstFirst(issues.issues) };
      this.failure = null;
      this.layer.show(issues.issues);
      announce(t('qualityMatched', { n: formatNumber(issues.matched) }));
    } catch (error) {
      if (signal.aborted) return;
      this.failure = error;
      this.issues = null;
      this.layer.remove();
    }
    this.content.removeAttribute('aria-busy');
    this.paint();
  }

  private async ask(limit: number, from: number, signal: AbortSignal): Promise<Issues> {
    const rules = this.filter.rules();
    // The server takes "no rule" for "all rules".
    if (rules.length === 0) return { generation: '', matched: 0, next: null, issues: [] };
    const query = new URLSearchParams({ rule: rules.join(','), limit: String(limit), from: String(from) });
    if (this.inView.checked) query.set('bbox', this.view());
    return fetchIssues(query, signal);
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

  private choose({ id, rule, code, lng, lat }: Issue): void {
    this.list.mark(id);
    this.layer.mark(id);
    const { map, plate, open } = this.workplace;
    if (lng !== undefined && lat !== undefined) {
      map.easeTo({ center: plate.shown([lng, lat]), zoom: Math.max(map.getZoom(), ISSUE_ZOOM) });
    }
    if (!ABOUT_SOURCES.includes(rule)) open(code);
  }

  private paint(): void {
    this.inViewLabel.textContent = t('qualityInView');
    this.csv.textContent = t('qualityCsv');
    this.listHeading.textContent = t('qualityList');
    this.paintMessage();
    this.results.hidden = this.failure !== null || !this.about || this.about.issues.length === 0;
    this.filter.paint();
    this.sources.replaceChildren(this.about && !this.failure ? this.linked(this.about) : '');
    if (!this.issues) return;
    const { matched, issues } = this.issues;
    this.count.textContent =
      matched === 0
        ? t('qualityNoneChosen')
        : matched > issues.length
          ? t('qualityFirst', { shown: formatNumber(issues.length), total: formatNumber(matched) })
          : t('qualityMatched', { n: formatNumber(matched) });
    this.csv.hidden = matched === 0;
    this.list.show(issues);
  }

  private paintMessage(): void {
    const { failure } = this;
    this.message.hidden = failure === null && this.about?.issues.length !== 0;
    if (failure === null) return this.message.replaceChildren(sentence(t('qualityNone')));
    const { reason, detail } = failure instanceof ApiFailure ? failure : new ApiFailure('unreadable');
    if (reason === 'notFound') return this.message.replaceChildren(sentence(t('qualityMissing')));
    this.message.replaceChildren(
      sentence(t(reason)),
      detail ? h('p', { class: 'detail' }, detail) : '',
      sentence(t('stillUsable')),
      h('button', { type: 'button', class: 'main', onclick: () => void this.load() }, t('retry')),
    );
  }

  private linked({ sources }: About): HTMLElement {
    const facts = sources.map(({ entity, rows, linked, rejected }): [string, string] => {
      const share = rows === 0 ? '' : formatPercent(linked / rows);
      const lost = rejected === 0 ? null : t('qualityRejected', { n: formatNumber(rejected) });
      return [`${nameOf(entity)} · ${formatNumber(rows)}`, [share, lost].filter(Boolean).join(' · ')];
    });
    return section(t('qualitySources'), factList(facts));
  }

  /** All pages of what is chosen, as a file. */
  private async save(): Promise<void> {
    this.csv.disabled = true;
    try {
      const { signal } = new AbortController();
      const all: Issue[] = [];
      for (let from: number | null = 0; from !== null; ) {
        const page: Issues = await this.ask(SHOWN_MAX, from, signal);
        all.push(...page.issues);
        from = page.next;
      }
      const fields = ['rule', 'name', 'severity', 'entity', 'code', 'other_code', 'evidence', 'lng', 'lat'];
      const rows = all.map(({ rule, severity, entity, code, other, evidence, lng, lat }) => [
        rule,
        nameOf(rule),
        severity,
        entity,
        code,
        other ?? '',
        evidence,
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

function worstFirst(issues: Issue[]): Issue[] {
  return issues.sort(
    (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) || one.id - other.id,
  );
}
