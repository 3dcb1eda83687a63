/**
 * `npm run verify`: everything that must hold before a change is accepted, and what `.ci/run`
 * calls.
 *
 * Builds, lints, and runs every suite; ends with one line `N passed, N failed`, summed over the
 * suites, and a non-zero exit code when anything failed. A suite that could not run counts as
 * failed; only the conformance suite may be absent, and only where SPYMASTER_CONFORMANCE_DATA is
 * not set.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const reports = join(root, 'test-results');

/** Each suite is an npm script; `tests` says that it leaves vitest's report behind. */
const suites = [
  { name: 'build', script: 'build' },
  { name: 'format and lint', script: 'lint:biome' },
  { name: 'dead code', script: 'lint:knip' },
  { name: 'types', script: 'lint:types' },
  { name: 'unit and browser', script: 'test', tests: true },
  {
    name: 'conformance',
    script: 'test:conformance',
    tests: true,
    absent: !process.env.SPYMASTER_CONFORMANCE_DATA,
  },
  { name: 'interop', script: 'test:interop', tests: true },
];

/**
 * Ten minutes that are waited for, not worked for: it runs beside the other suites once they are
 * built.
 */
const soak = { name: 'soak', script: 'test:soak', tests: true };

/** Counts one report of vitest; a file that did not load counts as one failure. */
export function countReport(report) {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const file of report.testResults) {
    const of = (status) => file.assertionResults.filter((t) => t.status === status).length;
    const failedHere = of('failed');
    passed += of('passed');
    failed += failedHere === 0 && file.status === 'failed' ? 1 : failedHere;
    skipped += of('skipped') + of('pending') + of('todo');
  }
  return { passed, failed, skipped };
}

/** A run that failed without a failing test, or that tested nothing, is a failure all the same. */
export function judge(counts, ok) {
  const silent = counts.failed === 0 && (!ok || counts.passed === 0);
  return silent ? { ...counts, failed: 1 } : counts;
}

function countReports(folder) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const one = countReport(JSON.parse(readFileSync(join(folder, name), 'utf8')));
    for (const key of Object.keys(total)) total[key] += one[key];
  }
  return total;
}

/** Runs an npm script; resolves to whether it succeeded. */
function npmRun(script, folder) {
  return new Promise((done) => {
    const child = spawn('npm', ['run', '--silent', script], {
      cwd: root,
      stdio: 'inherit',
      shell: process.platform === 'win32',
      env: { ...process.env, SPYMASTER_TEST_REPORTS: folder },
    });
    child.once('error', () => done(false));
    child.once('exit', (status) => done(status === 0));
  });
}

async function runSuite(suite) {
  const folder = join(reports, suite.script.replace(':', '-'));
  if (suite.tests) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  const started = performance.now();
  const ok = await npmRun(suite.script, folder);
  const seconds = (performance.now() - started) / 1000;
  if (!suite.tests) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, seconds };
  return { ...judge(countReports(folder), ok), seconds };
}

function describe(name, result) {
  if (!result) return `${name.padEnd(18)} DID NOT RUN: SPYMASTER_CONFORMANCE_DATA is not set`;
  const skipped = result.skipped > 0 ? `, ${result.skipped} skipped` : '';
  const counts = `${result.passed} passed, ${result.failed} failed${skipped}`;
  return `${name.padEnd(18)} ${counts} (${result.seconds.toFixed(0)} s)`;
}

async function main() {
  const results = [];
  let soaking = null;
  for (const suite of suites) {
    console.log(`\n== ${suite.name}`);
    results.push([suite.name, suite.absent ? null : await runSuite(suite)]);
    if (suite.script === 'build') soaking = runSuite(soak);
  }
  console.log(`\n== ${soak.name}`);
  results.push([soak.name, await soaking]);
  const sum = (what) => results.reduce((n, [, result]) => n + (result?.[what] ?? 0), 0);
  const passed = sum('passed');
  const failed = sum('failed');
  const lines = results.map(([name, result]) => describe(name, result));
  console.log(`\n${lines.join('\n')}\n`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
