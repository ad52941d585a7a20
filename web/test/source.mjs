// Modules of the page that need no browser, as they are in src/.
import { build } from 'vite';

/** Imports `entry`, a file of TypeScript below src/. */
export async function source(entry) {
  const { output } = await build({
    configFile: false,
    logLevel: 'silent',
    root: new URL('..', import.meta.url).pathname,
    // In one piece: what is imported from text finds no other module.
    ssr: { noExternal: true },
    build: { ssr: `src/${entry}`, write: false, minify: false, rolldownOptions: { output: { codeSplitting: false } } },
  });
  return import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`);
}
