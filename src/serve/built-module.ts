import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OperatingError } from '../core/index.ts';

/**
 * The built JavaScript of a module of this room, for worker threads, which cannot run TypeScript.
 * @throws OperatingError INTERNAL when it was not built.
 */
export function builtModule(name: string): URL {
  const isBuilt = import.meta.url.endsWith('.js');
  const url = isBuilt
    ? new URL(`./${name}.js`, import.meta.url)
    : new URL(`../../dist/src/serve/${name}.js`, import.meta.url);
  if (existsSync(fileURLToPath(url))) return url;
  throw new OperatingError('INTERNAL', `${fileURLToPath(url)} is missing: run \`npm run build\``);
}
