import type { StyleSpecification } from 'maplibre-gl';
import { getJson } from './api';
import { remember, remembered } from './memory';

/** Light or dark: as the reader chose, else as the browser prefers. */
export type Theme = 'light' | 'dark';

const prefersDark = matchMedia('(prefers-color-scheme: dark)');

const followers: (() => void)[] = [];

let chosen: Theme | undefined = remembered('theme', ['light', 'dark']);

export function theme(): Theme {
  return chosen ?? (prefersDark.matches ? 'dark' : 'light');
}

export function toggleTheme(): void {
  chosen = theme() === 'dark' ? 'light' : 'dark';
  remember('theme', chosen);
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
