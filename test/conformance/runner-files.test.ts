/**
 * A real holiday's file through the whole program: the contract, the evening's hours and the
 * partitions are what the exchange's calendar and the file say.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type PartitionRef, rawTableFolder, readManifest } from '../../src/lake/index.ts';
import { runHere } from '../cli/run-cli.ts';
import { describeConformance } from './data.ts';

const DT = '2023-12-25';
const lake = mkdtempSync(join(tmpdir(), 'spymaster-runner-files-'));
afterAll(() => rmSync(lake, { recursive: true, force: true }));

function ref(layer: PartitionRef['layer'], table: string): PartitionRef {
  return { layer, productType: 'future_mbo', table, symbol: 'ESH4', dt: DT };
}

describeConformance('Christmas evening of 2023 in ES', (pathOf) => {
  const raw = join(rawTableFolder(lake, 'future_mbo', 'ES'), 'glbx-mdp3-20231225.mbo.dbn.zst');
  mkdirSync(dirname(raw), { recursive: true });
  symlinkSync(pathOf('dbn/esh4-20231225.mbo.v1.dbn.zst'), raw);
  const run = (...args: string[]) => runHere(['pipeline', 'run', '--lake', lake, ...args]);

  it('has no regular hours: only bronze is made, and the holiday is named', async () => {
    const { code, stdout, stderr } = await run('--dt', DT);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1 made\n' });
    expect(stderr).toMatch(/ES: no regular hours: Christmas Day: 2023-12-25/);
    expect(readManifest(lake, ref('bronze', 'mbo')).rows).toBe(68_792);
  });

  it('opens at 18:00 New York: an hour of windows of the contract in the file', async () => {
    const { code, stderr } = await run('--dt', DT, '--layer', 'silver', '--session', 'full');
    expect(code, stderr).toBe(0);
    const snapshot = readManifest(lake, ref('silver', 'book_snapshot_1s'));
    expect(snapshot.rows).toBe(3600);
    const midnight = BigInt(Date.parse(`${DT}T00:00:00Z`)) * 1_000_000n;
    expect(BigInt(snapshot.keyMin ?? 0) - midnight).toBe(23n * 3_600_000_000_000n + 1_000_000_000n);
    expect(BigInt(snapshot.keyMax ?? 0) - midnight).toBe(24n * 3_600_000_000_000n);
    expect(snapshot.inputs).toHaveLength(1);
    const verified = await runHere(['lake', 'verify', '--lake', lake]);
    expect(verified.code, verified.stdout).toBe(0);
  });
});
