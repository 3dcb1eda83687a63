import { resolve } from 'node:path';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

/** The pages, one entry each. Built to dist/web and served as static files. */
export default defineConfig({
  root: resolve(import.meta.dirname, 'web'),
  plugins: [preact()],
  server: { port: 5174, strictPort: true },
  preview: { port: 5174, strictPort: true },
  build: {
    outDir: resolve(import.meta.dirname, 'dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: {
      input: {
        index: resolve(import.meta.dirname, 'web/index.html'),
        'vacuum-pressure': resolve(import.meta.dirname, 'web/vacuum-pressure.html'),
      },
    },
  },
});
