import type { Issue } from '../api';
import { h } from '../dom';
import { formatNumber, language, nameOf, t } from '../i18n';
import { sign } from './filter';

/** Rows that are drawn at a time. */
const ROWS = 100;

/** The issues one by one, in their order. */
export class WorkList {
  readonly element = h('ol', { class: 'picks quality-list' });
  readonly more = h('button', { type: 'button', class: 'main', onclick: () => this.drawMore() });
  private issues: Issue[] = [];
  private chosen: number | null = null;
  private note: (() => string) | undefined;

  constructor(private readonly choose: (issue: Issue) => void) {}

  show(issues: Issue[]): void {
    this.issues = issues;
    this.element.replaceChildren();
    this.drawMore();
  }

  /** Marks a row and brings it into sight, drawing all up to it. */
  mark(id: number | null, note?: () => string): void {
    this.chosen = id;
    this.note = note;
    const place = this.issues.findIndex((issue) => issue.id === id);
    while (place >= this.element.childElementCount) this.drawMore();
    for (const row of this.element.children) this.paintMark(row);
    this.element.children[place]?.scrollIntoView({ block: 'nearest' });
  }

  private drawMore(): void {
    const from = this.element.childElementCount;
    const rows = this.issues.slice(from, from + ROWS).map((issue) => this.row(issue));
    this.element.append(...rows);
    rows.forEach((row) => this.paintMark(row));
    const left = this.issues.length - this.element.childElementCount;
    this.more.hidden = left === 0;
    this.more.textContent = t('qualityMore', { n: formatNumber(Math.min(left, ROWS)) });
  }

  private paintMark(row: Element): void {
    const isChosen = row.getAttribute('data-id') === String(this.chosen);
    row.firstElementChild?.setAttribute('aria-current', String(isChosen));
    const note = row.querySelector<HTMLElement>('.quality-stacked');
    if (note) note.textContent = isChosen ? (this.note?.() ?? '') : '';
  }

  private row(issue: Issue): HTMLElement {
    const { id, rule, severity, code, other, evidence, lng } = issue;
    const facts = [evidence[language()], lng === undefined && t('qualityNoPlace')];
    return h(
      'li',
      { 'data-id': id },
      h(
        'button',
        { type: 'button', onclick: () => this.choose(issue) },
        h('span', { class: 'quality-head' }, sign(severity), h('span', { class: 'name' }, nameOf(rule))),
        h('code', {}, code),
        other ? h('span', { class: 'relation' }, t('qualityOther', { code: other })) : null,
        h('span', { class: 'relation' }, facts.filter(Boolean).join(' · ')),
        h('span', { class: 'relation quality-stacked' }),
      ),
    );
  }
}
