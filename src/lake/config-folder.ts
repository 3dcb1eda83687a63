import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OperatingError } from '../core/index.ts';

/**
 * The folder of this package, found by walking up from the module (source or built) to its
 * package.json.
 * @throws OperatingError FILE_NOT_FOUND when the installation is incomplete.
 */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) {
      throw new OperatingError('FILE_NOT_FOUND', 'no package.json above the program; reinstall it');
    }
    folder = parent;
  }
  return folder;
}

/** The configuration shipped with this package: used when the user names no other folder. */
export function shippedConfigFolder(): string {
  return join(packageRoot(), 'config');
}
