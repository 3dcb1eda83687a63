/** `npm run test:conformance`: real files, in the folder that SPYMASTER_CONFORMANCE_DATA names. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const data = process.env.SPYMASTER_CONFORMANCE_DATA;

if (!data) {
  console.error('CONFORMANCE SUITE DID NOT RUN: SPYMASTER_CONFORMANCE_DATA is not set.');
  console.error('It names a folder of real DBN files; see CONTRIBUTING.md.');
} else if (!existsSync(data)) {
  console.error(`CONFORMANCE SUITE DID NOT RUN: ${resolve(data)} does not exist.`);
  process.exitCode = 1;
} else {
  const args = ['vitest', 'run', '--project', 'conformance', ...process.argv.slice(2)];
  const result = spawnSync('npx', args, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, SPYMASTER_CONFORMANCE_DATA: resolve(data) },
  });
  process.exitCode = result.status ?? 1;
}
