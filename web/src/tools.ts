import type { Map as MapLibre } from 'maplibre-gl';
import { readAddress, writeAddress } from './address';
import { h, icon } from './dom';
import { paintInLanguage, t, type Word } from './i18n';
import { leaveRoom } from './map';
import { announce, showNotice } from './notice';
import type { Plate } from './plate';
import type { ShownRecords } from './shelf/records';

/** The share of a phone's screen that a panel covers, and the room beside one on a desk, pixels. */
const SHEET = 0.48;
const PANEL_GAP = 24;

/** What a tool works on. */
export interface Workplace {
  map: MapLibre;
  plate: Plate;
  /** The layers of records, and which of them are shown. */
  records: ShownRecords;
  /** Opens the card of a code, with the focus in it unless that is to stay where it is. */
  open: (code: string, focus?: boolean) => void;
  /** Shows a place of the plate, degrees: moves the map there and opens the card of what stands there. */
  show: (lng: number, lat: number) => void;
}

/** One of the panels beside the map. It draws on the map between `open` and `close`. */
export interface Tool {
  content: HTMLElement;
  open: () => void;
  close: () => void;
  /** Takes a file that was dropped on the page. */
  take?: (file: File) => void;
}

/** A tool before it is first used: its code is loaded when it is. */
export interface Offer {
  name: ToolName;
  picture: Parameters<typeof icon>[0];
  load: () => Promise<(workplace: Workplace) => Tool>;
}

export type ToolName = Extract<Word, 'shelf' | 'compare' | 'quality' | 'bulk'>;

/** The row of tools, and the panel of the one that is open. */
export class Tools {
  readonly element = h('div', { class: 'tools', role: 'group' });
  private readonly heading = h('h2');
  private readonly body = h('div', { class: 'panel-body' });
  private readonly closeButton = h('button', { type: 'button', class: 'quiet', onclick: () => this.choose(null) }, icon('close'));
  readonly panel = h(
    'section',
    { class: 'panel', hidden: true },
    h('header', {}, this.heading, this.closeButton),
    this.body,
  );
  private readonly loaded = new Map<ToolName, Tool>();
  private current: ToolName | null = null;

  constructor(
    private readonly offers: Offer[],
    private readonly workplace: Workplace,
    /** Takes away what would lie beside the panel, or on a phone over it. */
    private readonly makeWay: () => void,
    /** Hears that no tool is open any more, and all of the map is free. */
    private readonly madeFree: () => void,
  ) {
    const buttons = offers.map(({ name, picture }) => {
      const press = () => this.choose(this.current === name ? null : name);
      const label = h('span');
      paintInLanguage(() => (label.textContent = t(name)));
      return h('button', { type: 'button', class: 'tool', 'data-tool': name, onclick: press }, icon(picture), label);
    });
    this.element.append(...buttons);
    this.panel.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.preventDefault();
      this.choose(null);
    });
    paintInLanguage(() => this.paint());
  }

  /** Opens a tool, or none, and says so in the address. */
  choose(name: ToolName | null): void {
    if (name) this.makeWay();
    writeAddress({ tool: name }, { push: false });
    void this.use(name);
  }

  /** Opens what the address says. */
  async follow(): Promise<void> {
    const { tool } = readAddress();
    await this.use(this.offers.find(({ name }) => name === tool)?.name ?? null);
  }

  /** Opens the tool for files with one that was dropped on the page, which it must not replace. */
  takeDrops(): void {
    addEventListener('dragover', (event) => event.preventDefault());
    addEventListener('drop', async (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      writeAddress({ tool: 'bulk' }, { push: false });
      await this.use('bulk');
      this.loaded.get('bulk')?.take?.(file);
    });
  }

  private async use(name: ToolName | null): Promise<void> {
    if (name === this.current) return;
    const last = this.current;
    if (last) this.loaded.get(last)?.close();
    this.current = name;
    this.paint();
    this.makeRoom();
    if (!name) {
      this.madeFree();
      if (last) this.element.querySelector<HTMLElement>(`[data-tool="${last}"]`)?.focus();
      return;
    }
    try {
      const offer = this.offers.find((offer) => offer.name === name)!;
      const tool = this.loaded.get(name) ?? (await offer.load())(this.workplace);
      this.loaded.set(name, tool);
      if (this.current !== name) return;
      this.body.replaceChildren(tool.content);
      tool.open();
      announce(t(name));
    } catch {
      this.choose(null);
      showNotice(t('toolFailed'));
    }
  }

  /** Moves the middle of the map to the middle of what the panel leaves of it. */
  private makeRoom(): void {
    const { map } = this.workplace;
    const { width, height } = map.getContainer().getBoundingClientRect();
    const panel = this.panel.offsetWidth;
    const isSheet = panel > width * 0.9;
    const padding = { top: 0, right: 0, bottom: 0, left: 0 };
    if (isSheet) padding.bottom = height * SHEET;
    else if (panel > 0) padding.right = panel + PANEL_GAP;
    leaveRoom(map, this.workplace.plate, padding);
  }

  private paint(): void {
    this.element.setAttribute('aria-label', t('tools'));
    this.closeButton.setAttribute('aria-label', t('close'));
    this.panel.hidden = this.current === null;
    this.panel.dataset['tool'] = this.current ?? '';
    for (const button of this.element.querySelectorAll('button'))
      button.setAttribute('aria-pressed', String(button.dataset['tool'] === this.current));
    if (!this.current) return;
    this.heading.textContent = t(this.current);
    this.panel.setAttribute('aria-label', t(this.current));
  }
}
