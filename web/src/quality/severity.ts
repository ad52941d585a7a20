import type { Severity } from '../api';

/** The colours are told apart by colour-blind eyes; the signs by every eye. */
export const LOOKS: Record<Severity, { colour: string; ink: string; sign: string; radius: number }> = {
  error: { colour: '#b3261e', ink: '#ffffff', sign: '!', radius: 9 },
  warning: { colour: '#e69f00', ink: '#1d1400', sign: '△', radius: 8 },
  hint: { colour: '#0072b2', ink: '#ffffff', sign: 'i', radius: 7 },
};
