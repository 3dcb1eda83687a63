import { defineConfig } from 'vitest/config';

const suite = (name: string, include: string[], testTimeout: number, more = {}) => ({
  test: { name, include, testTimeout, hookTimeout: testTimeout, ...more },
});

/**
 * Pages are drawn in software here and want the processors for themselves: after the unit tests,
 * one file at a time.
 */
const browserAlone = { sequence: { groupOrder: 1 }, maxWorkers: 1 };

/** `npm run verify` counts the tests of every run from the reports it asks for. */
const reports = process.env['SPYMASTER_TEST_REPORTS'];

/**
 * unit: everything this checkout can prove alone. conformance: real files, in the folder that
 * SPYMASTER_CONFORMANCE_DATA names. interop: Python peers. browser: pages in a real Chromium.
 * soak: minutes of a live session, see the file.
 * frame-times: measures, and belongs to no run but its own.
 */
export default defineConfig({
  test: {
    projects: [
      suite(
        'unit',
        [
          'test/{core,dbn,wire,lake,book,synth,feed,databento,intake,vendor,features,vacuum-pressure,forecast,forecast-proof,pipeline,runner,serve,cli,web,house}/**/*.test.ts',
        ],
        60_000,
      ),
      suite('conformance', ['test/conformance/**/*.test.ts'], 300_000),
      suite('interop', ['test/interop/**/*.test.ts'], 300_000),
      suite('browser', ['test/browser/**/*.test.ts'], 180_000, browserAlone),
      suite('soak', ['test/soak/**/*.test.ts'], 60_000),
      suite('frame-times', ['test/browser/measure-frame-times.ts'], 300_000, browserAlone),
    ],
    reporters: reports ? ['default', 'json'] : ['default'],
    ...(reports ? { outputFile: { json: `${reports}/${process.pid}.json` } } : {}),
    pool: 'forks',
    maxWorkers: 2,
  },
});
