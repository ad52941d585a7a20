import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => {
  // `npm run dev` and `npm run preview` serve the page itself and ask a running server for everything else.
  const server = loadEnv(mode, '.', 'BASEPLATE_')['BASEPLATE_URL'] ?? 'http://127.0.0.1:8080';
  // As an object, it keeps the host that was asked: the server writes it into the addresses of tiles.
  const asked = { target: server };
  const paths = ['/style.json', '/tiles', '/api', '/ogc', '/openapi.json'];
  const proxy = Object.fromEntries(paths.map((path) => [path, asked]));
  return {
    base: './',
    build: {
      // The server embeds the page, and its crate is published with it.
      outDir: '../crates/tile-server/page',
      emptyOutDir: true,
      target: 'es2022',
      // An inlined asset would be a data: URL, which the content security policy refuses for scripts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // The bundler drops licence comments; the notices are kept in a file of their own.
      license: { fileName: 'licenses.md' },
      // MapLibre alone is larger than the default warning threshold.
      chunkSizeWarningLimit: 1300,
    },
    // A worker loads some of its code only when that is needed.
    worker: { format: 'es' },
    server: { proxy },
    preview: { proxy },
  };
});
