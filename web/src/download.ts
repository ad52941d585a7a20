import { h } from './dom';

/** How long the browser has to begin saving a file. */
const KEPT_MS = 60_000;

export function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  // What a file may not be called differs between systems.
  h('a', { href: url, download: name.replace(/[\\/:*?"<>|\s]+/g, '-') }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
