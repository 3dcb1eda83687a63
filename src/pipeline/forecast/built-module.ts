import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OperatingError } from '../../core/index.ts';

/**
 * The built JavaScript of a thread of this folder: Node does not run TypeScript in threads.
 * @throws OperatingError INTERNAL when it was not built.
 */
export function builtModule(name: string): URL {
  const isBuilt = import.meta.url.endsWith('.js');
  const path = isBuilt ? `./${name}.js` : `../../../dist/src/pipeline/forecast/${name}.js`;
  const url = new URL(path, import.meta.url);
  if (existsSync(fileURLToPath(url))) return url;
  throw new OperatingError('INTERNAL', `${fileURLToPath(url)} is missing: run \`npm run build\``);
}
