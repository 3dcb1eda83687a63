/**
 * What `npm run demo` and `npm test` call: makes the checkout ready, then runs.
 *
 *   node tools/run.mjs demo [flags]       the embedded whole
 *   node tools/run.mjs test [filters]     every unit and browser test
 *   node tools/run.mjs spymaster …        any command of the program
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureReady, root } from './setup.mjs';

const [what, ...rest] = process.argv.slice(2);

/** In this process, so that Ctrl-C reaches the program and nothing else. */
async function runProgram(args) {
  const main = join(root, 'dist', 'src', 'cli', 'main.js');
  process.argv.splice(1, process.argv.length - 1, main, ...args);
  await import(pathToFileURL(main).href);
}

function runTests(filters) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const projects = ['--project', 'unit', '--project', 'browser'];
  const child = spawn(process.execPath, [vitest, 'run', ...projects, ...filters], {
    cwd: root,
    stdio: 'inherit',
  });
  // The terminal interrupts the child too: this process waits for its end.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

if (what !== 'demo' && what !== 'test' && what !== 'spymaster') {
  console.error('usage: node tools/run.mjs demo|test|spymaster [arguments]');
  process.exit(2);
}
ensureReady();
if (what === 'test') runTests(rest);
else await runProgram(what === 'demo' ? ['demo', ...rest] : rest);
