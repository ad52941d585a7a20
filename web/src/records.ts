import type { LayerSpecification } from 'maplibre-gl';
import type { AddressLine, Entity, LayerRecords, RecordAttribute, RecordLayer } from './api';
import { attributeText, categoryText } from './attributes';
import { codeWithCopy, type OpenEntity } from './code';
import { h } from './dom';
import type { Facts } from './facts';
import { formatDate, formatNumber, formatPercent, formatThere, formatTime, nameOf, t, titleOf } from './i18n';
import { firstOf, floorText, section } from './parts';

/** What a layer is known by. */
export type Titled = Pick<RecordLayer, 'id' | 'title'>;

interface Known {
  /** The layers of the plate. */
  layers: RecordLayer[];
  open: OpenEntity;
}

/** The list of a layer with more records is opened by a click. */
const SEEN_MAX = 5;
/** So many attributes of a record stand in a list. */
const LISTED_ATTRIBUTES = 3;

/** The layers of records that a style draws, in its order. */
export function recordLayers(drawn: LayerSpecification[]): Titled[] {
  return drawn.flatMap(({ type, metadata }) => {
    const { 'baseplate:layer': id, 'baseplate:title': title } = (metadata ?? {}) as Record<string, unknown>;
    return type === 'circle' && typeof id === 'string' ? [{ id, title: title as Titled['title'] }] : [];
  });
}

/** What the plate calls a layer in the reader's language, else its id. */
export function layerText(id: string, layers: Titled[]): string {
  return titleOf(layers.find((layer) => layer.id === id)?.title) ?? id;
}

/** What the rows of a source are: a layer of the plate, or what every plate has. */
export function sourceText(entity: string, layers: Titled[] = []): string {
  return layers.some(({ id }) => id === entity) ? layerText(entity, layers) : nameOf(entity);
}

/** The share of a source's rows that are linked; nothing for no rows, and for the ground, which is linked with nothing. */
export function linkedShare({ entity, rows, linked }: { entity: string; rows: number; linked: number }): string {
  return rows === 0 || entity === 'ground' ? '' : formatPercent(linked / rows);
}

/** The records of each layer at a place, with how many there are. */
export function recordSection(found: LayerRecords[], { layers, open }: Known): HTMLElement | null {
  if (found.length === 0) return null;
  const parts = found.map(({ layer: id, count, records }) => {
    const layer = layers.find((known) => known.id === id);
    const rows = records.map(({ code, name, attributes }) => {
      const values = attributeFacts(attributes, layer).slice(0, LISTED_ATTRIBUTES);
      return h(
        'li',
        {},
        name ? h('span', { class: 'name' }, name) : null,
        h('span', { class: 'relation' }, values.map(([, value]) => value).join(' · ')),
        codeWithCopy(code, open, id),
      );
    });
    const summary = h('summary', {}, layerText(id, layers), h('span', { class: 'note' }, formatNumber(count)));
    const list = h('ul', { class: 'rows' }, ...rows);
    return h('details', { class: 'floor', 'data-layer': id, open: count <= SEEN_MAX }, summary, list, firstOf(records.length, count));
  });
  return section(t('recordLayers'), ...parts);
}

/** What a record says of itself, and its address. */
export function recordFacts(record: Entity, { layers, open }: Known): Facts {
  const layer = layers.find(({ id }) => id === record.layer);
  const { active, time, until, role, attributes = {}, address, address_text: text } = record;
  return [
    [t('state'), active === false ? t('recordEnded') : null],
    [t('recordTime'), time ? formatThere(time) : null],
    [t('recordUntil'), until ? formatThere(until) : null],
    [t('recordClass'), record.class?.join(' / ')],
    [t('recordRole'), role],
    ...attributeFacts(attributes, layer),
    [t('address'), address ? addressValue(address, open) : text],
    [t('floor'), address?.floor === undefined ? null : floorText(address.floor)],
  ];
}

function addressValue({ code, text }: AddressLine, open: OpenEntity): HTMLElement {
  return h('span', { class: 'unit' }, text ? h('span', { class: 'name' }, text) : null, codeWithCopy(code, open));
}

/** The attributes that a record has, in the order of its layer. */
function attributeFacts(values: Record<string, unknown>, layer: RecordLayer | undefined): [label: string, value: string][] {
  const unknown = (name: string): RecordAttribute => ({ name, type: 'text', titles: {} });
  const attributes = layer?.attributes ?? Object.keys(values).map(unknown);
  return attributes.flatMap((attribute): [string, string][] => {
    const value = values[attribute.name];
    return value == null || value === '' ? [] : [[attributeText(attribute), valueText(value, attribute)]];
  });
}

function valueText(value: unknown, attribute: RecordAttribute): string {
  if (typeof value === 'boolean') return t(value ? 'recordYes' : 'recordNo');
  // Whole numbers may be years, or numbers of things.
  if (typeof value === 'number') return attribute.type === 'number' ? formatNumber(value, 6) : String(value);
  const text = String(value);
  if (attribute.type === 'time') return formatTime(text);
  if (attribute.type === 'date') return formatDate(text);
  return attribute.type === 'category' ? categoryText(text, attribute) : text;
}
