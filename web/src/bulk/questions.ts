import { h } from '../dom';
import { formatNumber, t, type Word } from '../i18n';
import { choice } from './choice';
import { SYSTEMS, type Question } from './columns';
import { DELIMITERS, type Delimiter } from './layout';
import { ENCODINGS, type Encoding, type FoundEncoding } from './lines';
import type { Head } from './desk';
import type { Reading } from './table';

const ENCODING_NAMES: Record<Encoding, string> = {
  'utf-8': 'UTF-8',
  gb18030: 'GBK / GB 18030',
  big5: 'Big5',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
};
const DELIMITER_NAMES: Record<Delimiter, Word> = {
  ',': 'bulkComma',
  ';': 'bulkSemicolon',
  '\t': 'bulkTab',
  '|': 'bulkBar',
};

interface Changes {
  changed: (question: Question) => void;
  /** The file is to be read again in this way. */
  reread: (reading: Reading) => void;
}

/** What the file's columns mean, as guessed, to be put right. */
export class Questions {
  readonly element = h('div', { class: 'bulk-questions' });

  constructor(
    private readonly head: Head,
    private question: Question,
    private readonly changes: Changes,
  ) {
    this.paint();
  }

  private change(changes: Partial<Question>): void {
    this.question = { ...this.question, ...changes };
    this.changes.changed(this.question);
    const focused = [...this.element.querySelectorAll('select')].indexOf(document.activeElement as HTMLSelectElement);
    this.paint();
    this.element.querySelectorAll('select')[focused]?.focus();
  }

  private paint(): void {
    const { head, question } = this;
    const columns = head.fields.map((field, place): [string, string] => [String(place), field || `#${place + 1}`]);
    const column = (word: Word, key: 'address' | 'lng' | 'lat') =>
      choice(t(word), columns, String(question[key]), (value) => this.change({ [key]: Number(value) }));
    const modes: [string, string][] = [
      ['address', t('bulkAddress')],
      ['coordinates', t('bulkCoordinates')],
    ];
    const ofMode =
      question.mode === 'address'
        ? [column('bulkAddressColumn', 'address')]
        : [
            column('bulkLngColumn', 'lng'),
            column('bulkLatColumn', 'lat'),
            choice(t('bulkCrs'), SYSTEMS, question.crs, (crs) => this.change({ crs })),
          ];
    this.element.replaceChildren(
      ...this.form(),
      choice(t('bulkMode'), modes, question.mode, (mode) => this.change({ mode: mode as Question['mode'] })),
      ...ofMode,
      this.preview(),
    );
  }

  /** How the text is written, or which sheet of the workbook it is. */
  private form(): HTMLElement[] {
    const { encoding, delimiter, workbook } = this.head;
    if (workbook && workbook.sheets.length > 1) return [this.sheet(workbook)];
    return [...(encoding ? [this.encoding(encoding)] : []), ...(delimiter ? [this.delimiter(delimiter)] : [])];
  }

  private sheet({ sheet, sheets }: NonNullable<Head['workbook']>): HTMLElement {
    const names = sheets.map((name) => [name, name] as const);
    return choice(t('bulkSheet'), names, sheet, (value) => this.changes.reread({ sheet: value }));
  }

  private encoding(encoding: FoundEncoding): HTMLElement {
    const names = ENCODINGS.map((name): [string, string] => [name, ENCODING_NAMES[name]]);
    if (encoding === 'mixed') names.unshift(['mixed', t('bulkMixed')]);
    return choice(t('bulkEncoding'), names, encoding, (value) =>
      this.changes.reread({ encoding: value === 'mixed' ? undefined : (value as Encoding) }),
    );
  }

  private delimiter(delimiter: Delimiter): HTMLElement {
    const names = DELIMITERS.map((one): [string, string] => [one, t(DELIMITER_NAMES[one])]);
    return choice(t('bulkDelimiter'), names, delimiter, (value) =>
      this.changes.reread({ delimiter: value as Delimiter }),
    );
  }

  private preview(): HTMLElement {
    const { fields, preview } = this.head;
    const { mode, address, lng, lat } = this.question;
    const chosen = mode === 'address' ? [address] : [lng, lat];
    const mark = (place: number) => (chosen.includes(place) ? 'true' : undefined);
    const caption = t('bulkPreview', { n: formatNumber(preview.length) });
    const names = fields.map((field, place) => h('th', { scope: 'col', 'data-chosen': mark(place) }, field));
    const cells = (row: string[]) => row.map((cell, place) => h('td', { 'data-chosen': mark(place) }, cell));
    return h(
      'div',
      { class: 'bulk-preview', tabindex: 0, role: 'region', 'aria-label': caption },
      h(
        'table',
        {},
        h('caption', {}, caption),
        h('thead', {}, h('tr', {}, ...names)),
        h('tbody', {}, ...preview.map((row) => h('tr', {}, ...cells(row)))),
      ),
    );
  }
}
