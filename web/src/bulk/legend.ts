import { h } from '../dom';
import { formatNumber, t } from '../i18n';
import { sentence } from '../parts';
import { hasOthers, type Grouping } from './grouping';

/** Colours that colour-blind eyes tell apart, for the commonest values; the last one is for all others. */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#b8a900', '#5b3a8e'];
const OTHERS = '#6b7280';

export function colourOf(grouping: Grouping, row: number): string {
  return colourOfGroup(grouping, grouping.groups[row]!);
}

function colourOfGroup({ values }: Grouping, group: number): string {
  return group < values.length ? COLOURS[group]! : OTHERS;
}

/** What the groups are called, the others last. */
export function namesOf(grouping: Grouping): string[] {
  const names = grouping.values.map((value) => value || t('bulkNoValue'));
  return hasOthers(grouping) ? [...names, t('bulkOthers')] : names;
}

/** The groups with their colours and counts, each a button that shows its rows alone. */
export function legendOf(
  grouping: Grouping,
  counts: number[],
  { chosen, choose }: { chosen: number | null; choose: (group: number | null) => void },
): HTMLElement[] {
  const button = (group: number, name: string) =>
    h(
      'button',
      {
        type: 'button',
        'data-key': `group-${group}`,
        'aria-pressed': String(chosen === group),
        onclick: () => choose(chosen === group ? null : group),
      },
      dot(colourOfGroup(grouping, group)),
      h('span', {}, name),
      h('strong', {}, formatNumber(counts[group] ?? 0)),
    );
  const { distinct, values } = grouping;
  const said = { n: formatNumber(distinct), shown: formatNumber(values.length) };
  return [
    h('div', { class: 'bulk-sums' }, ...namesOf(grouping).map((name, group) => button(group, name))),
    ...(hasOthers(grouping) ? [sentence(t('bulkManyValues', said))] : []),
  ];
}

function dot(colour: string): HTMLElement {
  const element = h('span', { class: 'bulk-swatch', 'aria-hidden': 'true' });
  element.style.setProperty('--kind', colour);
  return element;
}
