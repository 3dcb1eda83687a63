/** `npm run test:interop`: makes the Python environment, then runs the suite against it. */
import { spawnSync } from 'node:child_process';
import { ensureInteropPython } from './interop-env.mjs';

try {
  const python = ensureInteropPython();
  const args = ['vitest', 'run', '--project', 'interop', ...process.argv.slice(2)];
  const result = spawnSync('npx', args, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, SPYMASTER_INTEROP_PYTHON: python },
  });
  process.exitCode = result.status ?? 1;
} catch (error) {
  console.error(`INTEROP SUITE DID NOT RUN: ${error.message}`);
  process.exitCode = 1;
}
