import type { Theme } from '../theme';

/**
 * The colours of the highest classes, those with most records first. Normal, red-blind and green-blind eyes see any two of them, and
 * that of the rest, at least 0.139 apart in OKLab. Outlined in the theme's ink all of them stand out from the map, light or dark.
 */
export const CLASS_COLOURS = [
  '#6633ff',
  '#88aa00',
  '#77ffff',
  '#772200',
  '#bbff33',
  '#661166',
  '#55ccff',
  '#994477',
  '#55dd99',
  '#aa5500',
  '#1100bb',
  '#8888ff',
] as const;

/** The classes for which there is no colour. */
export const REST_COLOUR = '#8a93a3';

export const OUTLINE: Record<Theme, string> = { light: '#16233a', dark: '#e8edf6' };
