import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './source-tree.ts';

/** What `tools/verify.mjs` makes of a report of vitest and the exit status of the run. */
function verdict(testResults: unknown[], ok: boolean): unknown {
  const tool = JSON.stringify(join(ROOT, 'tools', 'verify.mjs'));
  const program = `
    const { countReport, judge } = await import(${tool});
    const report = ${JSON.stringify({ testResults })};
    console.log(JSON.stringify(judge(countReport(report), ${ok})));
  `;
  const args = ['--input-type=module', '-e', program];
  return JSON.parse(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout);
}

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((t) => ({ status: t })),
});

it('counts tests, and a file that did not load as one failure', () => {
  const files = [
    file('passed', 'passed', 'passed', 'skipped'),
    file('failed', 'passed', 'failed', 'failed'),
    file('failed'),
  ];
  expect(verdict(files, false)).toEqual({ passed: 3, failed: 3, skipped: 1 });
});

it('fails a run that failed without a failing test, and one that tested nothing', () => {
  const good = [file('passed', 'passed')];
  expect(verdict(good, true)).toEqual({ passed: 1, failed: 0, skipped: 0 });
  expect(verdict(good, false)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect(verdict([], true)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});
