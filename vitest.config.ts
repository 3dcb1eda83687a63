import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const suite = (name: string, include: string[], testTimeout: number, more = {}) => ({
  test: { name, include, testTimeout, hookTimeout: testTimeout, ...more },
});

/**
 * Pages are drawn in software here and want the processors for themselves: after the unit tests,
 * one file at a time.
 */
const browserAlone = { sequence: { groupOrder: 1 }, maxWorkers: 1 };

/**
 * Files that take half a minute and more, longest first: begun last, one of them would be waited
 * for with the other processor idle.
 */
const LONGEST = [
  'test/cli/demo.test.ts',
  'test/forecast-proof/placebo.test.ts',
  'test/forecast-proof/planted.test.ts',
  'test/cli/research.test.ts',
  'test/cli/pipeline.test.ts',
  'test/cli/download-kill.test.ts',
  'test/cli/lake-days.test.ts',
  'test/cli/vendor-key.test.ts',
];

/** Begins with the longest files; a fresh checkout knows no times. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((path) => moduleId.endsWith(path));
      return at < 0 ? LONGEST.length : at;
    };
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

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
    sequence: { sequencer: LongestFirst },
  },
});
