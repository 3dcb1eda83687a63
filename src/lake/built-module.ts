import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OperatingError } from '../core/index.ts';

/**
 * The built JavaScript of a module, for worker threads, which cannot run TypeScript.
 * @param from `import.meta.url` of a neighbour of the module, built or not.
 * @param name of the module, without its ending.
 * @throws OperatingError INTERNAL when it was not built.
 */
export function builtModule(from: string, name: string): URL {
  const neighbour = from.endsWith('.js') ? from : from.replace(/^(.*)\/src\//, '$1/dist/src/');
  const url = new URL(`./${name}.js`, neighbour);
  if (existsSync(fileURLToPath(url))) return url;
  throw new OperatingError('INTERNAL', `${fileURLToPath(url)} is missing: run \`npm run build\``);
}
