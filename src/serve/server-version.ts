import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../lake/index.ts';

/** The version of this package. */
export function serverVersion(): string {
  return JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')).version;
}
