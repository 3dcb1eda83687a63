import { join } from 'node:path';
import { describe, it } from 'vitest';

const folder = process.env['SPYMASTER_CONFORMANCE_DATA'];

/**
 * A suite over real files. `body` gets a function from a file's name, relative to the data folder,
 * to its path. Where SPYMASTER_CONFORMANCE_DATA is unset the suite says on stderr that it did not
 * run.
 */
export function describeConformance(
  name: string,
  body: (pathOf: (relative: string) => string) => void,
): void {
  if (folder) {
    describe(name, () => body((relative) => join(folder, relative)));
    return;
  }
  describe(name, () => {
    it('DID NOT RUN: SPYMASTER_CONFORMANCE_DATA is not set', (context) => {
      console.warn(`CONFORMANCE DID NOT RUN: ${name} (SPYMASTER_CONFORMANCE_DATA is not set)`);
      context.skip();
    });
  });
}
