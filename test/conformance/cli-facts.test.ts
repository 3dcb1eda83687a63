import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/lake/index.ts';

const data = process.env['SPYMASTER_CONFORMANCE_DATA'];
const main = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');

/** Runs the program over one of the real files. */
function spymaster(args: readonly string[], file: string) {
  const path = join(data ?? '', 'dbn', file);
  const options = { encoding: 'utf8', maxBuffer: 2 ** 30 } as const;
  return spawnSync(process.execPath, [main, ...args, path], options);
}

describe.skipIf(!data)('the program over real files', () => {
  test.each([
    ['esh4-20231225.mbo.v1.dbn.zst', { A: 29_216, C: 17_999, M: 12_233, T: 2_973, F: 6_371 }],
    ['esh4-20231224-snapshot.mbo.v1.dbn.zst', { A: 8_725 }],
    ['clx5-20250924-no-snapshot.mbo.v3.dbn', null],
    ['mesh5-20250121.mbo.v2.dbn.zst', null],
  ])('dbn info %s', (file, actions) => {
    const info = JSON.parse(spymaster(['dbn', 'info', '--json'], file).stdout);
    const counts: Record<string, number> = info.actions;
    const total = Object.values(counts).reduce((a, b) => a + b, 0);
    expect(info).toMatchObject({ records: total, truncated: false, maybe_bad_book: 0 });
    if (actions) expect(counts).toEqual(actions);
  });

  test.each([
    [
      'esh4-20231225.mbo.v1.dbn.zst',
      {
        unknownCancels: 0,
        unknownModifies: 0,
        unknownFills: 7,
        crossedEvents: 891,
        orders: 11_217,
        bid_levels: 922,
        ask_levels: 565,
        best_bid_int: 4_810_000_000_000,
        best_ask_int: 4_810_250_000_000,
      },
    ],
    [
      'esm4-20240508-snapshot.mbo.v1.dbn.zst',
      { bid_levels: 976, ask_levels: 571, crossedEvents: 0 },
    ],
    [
      'clx5-20250924-no-snapshot.mbo.v3.dbn',
      {
        unknownCancels: 1_224,
        unknownModifies: 216,
        unknownFills: 30,
        orders: 147,
        partial: true,
      },
    ],
    ['mesh5-20250121.mbo.v2.dbn.zst', { symbol: 'MESH5', partial: true }],
  ])('book %s', (file, facts) => {
    const run = spymaster(['book', '--levels', '1'], file);
    expect(run.status).toBe(0);
    expect(JSON.parse(run.stderr).instruments).toMatchObject([facts]);
  });

  test('a file cut short delivers its whole records', () => {
    const file = 'esm4-20240610-truncated.mbp-1.v3.dbn.zst';
    const cat = spymaster(['dbn', 'cat'], file);
    const info = JSON.parse(spymaster(['dbn', 'info', '--json'], file).stdout);
    expect(info.truncated).toBe(true);
    expect(cat.stdout.trimEnd().split('\n')).toHaveLength(info.records);
    expect(cat.stderr).toContain('truncated');
  });

  test('the engine runs over a real day', () => {
    const file = 'esh4-20231225.mbo.v1.dbn.zst';
    const run = spymaster(['vacuum-pressure', 'run', '--hash', '--every-ms', '1000'], file);
    expect(run.status).toBe(0);
    expect(run.stdout.trimEnd().split('\n').at(-1)).toMatch(/^[0-9a-f]{64}$/);
  });
});
