/**
 * A replacement that is killed once its data lies in place is complete, and so is not made again:
 * whoever finds it complete puts away what it left over.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  loadProducts,
  PartitionLock,
  type PartitionRef,
  partitionFolder,
  readManifest,
  verifyPartition,
} from '../../src/lake/index.ts';
import { runStage } from '../../src/pipeline/index.ts';
import { nodeId } from '../../src/runner/plan-types.ts';
import { runPipeline } from '../../src/runner/run-pipeline.ts';
import { tinyStage, tinyTask, writeTinyRaw } from '../pipeline/tiny-stages.ts';

const CHILD = fileURLToPath(new URL('../pipeline/republish-child.mjs', import.meta.url));
const REF: PartitionRef = {
  layer: 'silver',
  productType: 'future_mbo',
  table: 'book_snapshot_1s',
  symbol: 'ESH6',
  dt: '2026-01-05',
};
/** Steps after which the new data is what is read. */
const STEPS = ['replaced', 'described', 'done'] as const;
const silver = tinyStage('silver');

let lake: string;
beforeEach(async () => {
  lake = mkdtempSync(join(tmpdir(), 'spymaster-killed-'));
  writeTinyRaw(lake, 'future_mbo', 'ES', REF.dt, 'ESH6 7\n');
  await runStage(tinyStage('bronze'), tinyTask(lake));
  await runStage(silver, task());
});
afterEach(() => rmSync(lake, { recursive: true, force: true }));

const task = () => tinyTask(lake, { symbol: 'ESH6' });

function killAfter(step: string): void {
  const ended = spawnSync(process.execPath, [CHILD, lake, JSON.stringify(REF), step]);
  expect(ended.signal).toBe('SIGKILL');
  expect(readManifest(lake, REF).rows).toBe(0);
}

async function findings(): Promise<string[]> {
  const verified = await verifyPartition(lake, REF, { full: true });
  return verified.findings.map((f) => f.name);
}

/** Runs a plan that keeps the partition. */
function runKept() {
  const node = {
    id: nodeId('silver', task()),
    stage: 'silver_compute_book_states_1s',
    layer: 'silver',
    task: task(),
    needs: [],
    action: 'keep',
    state: 'complete',
    why: 'complete',
    overwrite: false,
    weight: 0,
  } as const;
  const { signal } = new AbortController();
  const of = { lake, products: loadProducts(), session: 'regular' } as const;
  const plan = { nodes: [{ ...node, needs: [] }], skipped: [], notes: [] };
  return runPipeline(of, plan, { workers: 1, signal, events: {} });
}

describe.each(STEPS)('a replacement killed after "%s"', (step) => {
  it('is put right by the run that keeps it', async () => {
    killAfter(step);
    expect(await findings()).not.toEqual([]);
    const [result] = await runKept();
    expect(result?.outcome).toBe('kept');
    expect(await findings()).toEqual([]);
    expect(readManifest(lake, REF).rows).toBe(0);
    const beside = readdirSync(dirname(partitionFolder(lake, REF)));
    expect(beside).toEqual([`dt=${REF.dt}`]);
  });

  it('is put right by its stage, which finds it complete', async () => {
    killAfter(step);
    expect(await runStage(silver, task())).toBeNull();
    expect(await findings()).toEqual([]);
  });
});

it('leaves what another process is publishing alone', async () => {
  killAfter('replaced');
  const before = await findings();
  const folder = partitionFolder(lake, REF);
  const lock = PartitionLock.take(join(dirname(folder), `.dt=${REF.dt}.lock`));
  expect((await runKept())[0]?.outcome).toBe('kept');
  lock.release();
  expect(await findings()).toEqual(before.filter((name) => name !== 'dead_lock'));
});
