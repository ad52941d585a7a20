import type { StyleSpecification } from 'maplibre-gl';
import { getJson } from './api';

/** Light or dark: as the reader chose, else as the browser prefers. */
export type Theme = 'light' | 'dark';

const STORED = 'baseplate-theme';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

const followers: (() => void)[] = [];

export function theme(): Theme {
  return remembered() ?? (prefersDark.matches ? 'dark' : 'light');
}

function remembered(): Theme | undefined {
  try {
    const stored = localStorage.getItem(STORED);
    return stored === 'light' || stored === 'dark' ? stored : undefined;
  } catch {
    return undefined; // Storage may be forbidden; the browser's preference decides then.
  }
}

export function toggleTheme(): void {
  const chosen = theme() === 'dark' ? 'light' : 'dark';
  try {
    localStorage.setItem(STORED, chosen);
  } catch {
    // Without storage there is only the browser's preference.
  }
  paint();
}

/** Runs `follow` whenever the theme changes. */
export function onTheme(follow: () => void): void {
  followers.push(follow);
}

function paint(): void {
  document.documentElement.dataset['theme'] = theme();
  for (const follow of followers) follow();
}

prefersDark.addEventListener('change', paint);
paint();

/** The server's style of the plate in this theme. */
export function loadStyle(): Promise<StyleSpecification> {
  return getJson<StyleSpecification>(`style.json?theme=${theme()}`);
}
