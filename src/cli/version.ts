import { readFileSync } from 'node:fs';

/** Version of the package, as published; `unknown` when its manifest is not where it belongs. */
export function programVersion(): string {
  for (const up of ['../../../package.json', '../../package.json']) {
    try {
      const text = readFileSync(new URL(up, import.meta.url), 'utf8');
      const manifest = JSON.parse(text) as { name: string; version: string };
      if (manifest.name === 'spymaster') return manifest.version;
    } catch {
      // Not there: the other place is that of the source tree.
    }
  }
  return 'unknown';
}
