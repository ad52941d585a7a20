// The browser of the tests: that of CHROMIUM, or what Debian installs; the one without windows, if it is there, has less to do.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const PROGRAMS = ['/usr/lib/chromium/chromium-headless-shell', '/usr/bin/chromium'];
const FLAGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
/** Pixels of a map to one of the page where nothing looks at them: the processor, which draws them, has a quarter to do. */
const COARSE = 0.5;

export function launch() {
  const executablePath = process.env.CHROMIUM ?? PROGRAMS.find((program) => existsSync(program));
  return chromium.launch({ executablePath, args: FLAGS });
}

/** Maps of a page, or of the pages of a context, are drawn coarsely, unless screenshots are wanted; what lies about them is as it is. */
export async function drawCoarsely(pages) {
  if (process.env.SCREENS) return;
  await pages.addInitScript((ratio) => Object.defineProperty(window, 'devicePixelRatio', { get: () => ratio }), COARSE);
}
