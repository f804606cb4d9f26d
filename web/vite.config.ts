/**
 * How the pages are built: flat, content-hashed files, precompressed, nothing inlined. Their addresses are
 * relative, so that the page works below any path: the server puts `app/` or `../app/` before them in index.html.
 */
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from './precompress.ts';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react(), precompress()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsDir: '',
    // The page's CSP allows no data: in scripts and styles, and inlined pictures are not cached apart.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    target: 'es2022',
    reportCompressedSize: false,
    // Most of the build is compression: its warning of a slow plugin says nothing new.
    rolldownOptions: {
      input: ['index.html', 'live.html'].map((page) => join(import.meta.dirname, page)),
      checks: { bundlerTimings: false },
    },
  },
});
