import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  PartitionLock,
  type PartitionRef,
  partitionFolder,
  readManifest,
  type TableBatch,
} from '../../src/lake/index.ts';
import {
  bronzeVolumes,
  ingestedPartitions,
  runStage,
  STAGES,
  type Stage,
  StageAbandoned,
  type StageTask,
  stageState,
} from '../../src/pipeline/index.ts';
import { oneRow, product, tinyStage, tinyTask, writeTinyRaw } from './tiny-stages.ts';

const DT = '2026-01-05';
let template: string;
let lake: string;
let raw: string;
const bronze = tinyStage('bronze');
const silver = tinyStage('silver');
const gold = tinyStage('gold');
const onContract = (over: Partial<StageTask> = {}) => tinyTask(lake, { symbol: 'ESH6', ...over });

function ref(stage: Stage, table = stage.outputs[0]!.table, symbol = 'ESH6'): PartitionRef {
  return { layer: stage.layer, productType: stage.productType, table, symbol, dt: DT };
}

function manifestText(of: PartitionRef): string {
  return readFileSync(join(partitionFolder(lake, of), '_MANIFEST.json'), 'utf8');
}

const RAW_TEXT = 'ESH6 7\nESM6 3\n';
const temporaryLake = () => mkdtempSync(join(tmpdir(), 'spymaster-run-stage-'));

beforeAll(async () => {
  template = temporaryLake();
  writeTinyRaw(template, 'future_mbo', 'ES', DT, RAW_TEXT);
  await runStage(bronze, tinyTask(template));
  await runStage(silver, tinyTask(template, { symbol: 'ESH6' }));
  await runStage(gold, tinyTask(template, { symbol: 'ESH6' }));
});

beforeEach(() => {
  lake = temporaryLake();
  raw = writeTinyRaw(lake, 'future_mbo', 'ES', DT, RAW_TEXT);
});

/** Bronze, silver and gold, as they were made once. */
function takeAll(): void {
  cpSync(template, lake, { recursive: true });
}

describe('a run of a stage', () => {
  it('publishes with lineage: inputs with their hashes, stage, version, configuration', () => {
    takeAll();
    const made = readManifest(lake, ref(gold));
    expect(made).toMatchObject({ stage: gold.name, stageVersion: 1, counters: { sum: 14 } });
    const inputs = made.inputs.map((i) => (i.role === 'partition' ? i.dataset : i.file));
    expect(inputs.sort()).toEqual([
      'silver.future_mbo.book_snapshot_1s',
      'silver.future_mbo.depth_and_flow_1s',
    ]);
    const ofBronze = readManifest(lake, ref(bronze)).inputs;
    expect(ofBronze).toHaveLength(1);
    expect(ofBronze[0]).toMatchObject({
      role: 'records',
      file: expect.stringMatching(/^raw\/source=databento\/.*tiny-20260105\.mbo\.dbn$/),
      bytes: 14,
    });
  });

  it('does nothing when its output is complete, and everything again when told to', async () => {
    takeAll();
    const before = manifestText(ref(gold));
    expect(await runStage(gold, onContract())).toBeNull();
    const again = await runStage(gold, onContract(), { overwrite: true });
    expect(again?.published).toHaveLength(1);
    expect(manifestText(ref(gold))).toBe(before);
  });

  it('names the command that makes a missing input', async () => {
    await expect(runStage(gold, onContract())).rejects.toMatchObject({
      code: 'PARTITION_MISSING',
      message: expect.stringContaining(
        'spymaster pipeline run --layer silver --product-type future_mbo --symbol ESH6 --dt 2026-01-05',
      ),
    });
  });

  it('refuses an input with a flipped bit, and names the command that makes it anew', async () => {
    takeAll();
    const data = join(partitionFolder(lake, ref(silver)), 'part-00000.parquet');
    const bytes = readFileSync(data);
    bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 1;
    writeFileSync(data, bytes);
    await expect(runStage(gold, onContract(), { overwrite: true })).rejects.toMatchObject({
      code: 'PARTITION_DAMAGED',
      message: expect.stringMatching(/sha256.*--layer silver .* --dt 2026-01-05 --overwrite/),
    });
  });

  it('is refused while another makes the same, and goes on when that one is gone', async () => {
    takeAll();
    rmSync(partitionFolder(lake, ref(silver)), { recursive: true });
    const path = join(lake, '.runner', 'locks', `${silver.name}-ESH6-${DT}.lock`);
    const lock = PartitionLock.take(path);
    await expect(runStage(silver, onContract())).rejects.toMatchObject({ code: 'PARTITION_BUSY' });
    lock.release();
    expect(await runStage(silver, onContract())).not.toBeNull();
  });

  it('stops between two batches when asked to; what was there stays, nothing is left', async () => {
    takeAll();
    const before = manifestText(ref(silver));
    let asked = 0;
    const stopped = () => ++asked > 2;
    const slow: Stage = {
      ...silver,
      run: async (_task, io) => {
        function* endless(): Generator<TableBatch> {
          for (;;) yield oneRow(silver.outputs[0]!, 1);
        }
        const one = await io.publish(ref(silver), endless(), () => ({}));
        return { published: [one], counters: {}, rowsRead: 0 };
      },
    };
    const run = runStage(slow, onContract(), { overwrite: true, stopped });
    await expect(run).rejects.toBeInstanceOf(StageAbandoned);
    expect(manifestText(ref(silver))).toBe(before);
    expect(stageState(silver, onContract()).state).toBe('complete');
  });

  it('holds a stage to what it declares', async () => {
    takeAll();
    const silent: Stage = {
      ...silver,
      run: () => Promise.resolve({ published: [], counters: {}, rowsRead: 0 }),
    };
    const run = runStage(silent, onContract(), { overwrite: true });
    await expect(run).rejects.toThrow(/publishes all it declares/);
  });
});

describe('an ingest', () => {
  it('is complete only when all its contracts were published', async () => {
    const task = tinyTask(lake);
    expect(stageState(bronze, task)).toMatchObject({ state: 'missing' });
    await runStage(bronze, task);
    expect(stageState(bronze, task).state).toBe('complete');
    expect(ingestedPartitions(task)?.map((p) => p.symbol)).toEqual(['ESH6', 'ESM6']);
  });

  it('that dies half-way is done again, though the first contract is there', async () => {
    takeAll();
    const task = tinyTask(lake);
    appendFileSync(raw, 'bad line\n');
    await expect(runStage(bronze, task)).rejects.toMatchObject({ code: 'DBN_RECORD' });
    // Both contracts now carry the lineage of the new file, yet the ingest has not ended.
    expect(stageState(bronze, task).state).toBe('missing');
    writeTinyRaw(lake, 'future_mbo', 'ES', DT, 'ESH6 7\nESM6 3\nESU6 1\n');
    await runStage(bronze, task);
    expect(ingestedPartitions(task)).toHaveLength(3);
    expect(stageState(bronze, task).state).toBe('complete');
  });
});

describe('the state of an output', () => {
  it('is stale when the raw file changed, and names it', () => {
    takeAll();
    appendFileSync(raw, 'ESU6 1\n');
    const state = stageState(bronze, tinyTask(lake));
    expect(state.state).toBe('stale');
    expect(state.why).toMatch(/input records raw\/.*tiny-20260105\.mbo\.dbn changed/);
  });

  it('is complete when the file was only touched: content counts, not times', () => {
    takeAll();
    utimesSync(raw, 1, 1);
    expect(stageState(bronze, tinyTask(lake)).state).toBe('complete');
  });

  it('is stale when an input was made anew with other content, not with the same', async () => {
    takeAll();
    appendFileSync(raw, '# nothing that matters\n');
    await runStage(bronze, tinyTask(lake));
    expect(stageState(silver, onContract()).state).toBe('complete');
    writeTinyRaw(lake, 'future_mbo', 'ES', DT, 'ESH6 8\nESM6 3\n');
    await runStage(bronze, tinyTask(lake));
    expect(stageState(silver, onContract())).toMatchObject({
      state: 'stale',
      why: expect.stringContaining('input bronze.future_mbo.mbo ESH6 2026-01-05 changed'),
    });
  });

  it('C6: is stale when version, constants, session or product row changed', () => {
    takeAll();
    const stateOf = (stage: Stage, over: Partial<StageTask> = {}) =>
      stageState(stage, onContract(over));
    expect(stateOf(gold).state).toBe('complete');
    expect(stateOf({ ...gold, version: 2 }).why).toMatch(/version 2, it was 1/);
    expect(stateOf({ ...gold, constants: { tau: 3 } }).state).toBe('stale');
    expect(stateOf(gold, { session: 'full' }).state).toBe('stale');
    const wider = { ...product('ES'), gridMaxTicks: 300 };
    expect(stateOf(gold, { product: wider }).state).toBe('stale');
    // Bronze holds the file's records: neither grid nor hours matter to it.
    const task = tinyTask(lake, { session: 'full', product: wider });
    expect(stageState(bronze, task).state).toBe('complete');
  });

  it('is damaged when files do not belong together, missing when they are not there', async () => {
    takeAll();
    const folder = partitionFolder(lake, ref(silver, 'depth_and_flow_1s'));
    appendFileSync(join(folder, 'part-00000.parquet'), 'x');
    expect(stageState(silver, onContract()).state).toBe('damaged');
    await runStage(silver, onContract());
    expect(stageState(silver, onContract()).state).toBe('complete');
    rmSync(folder, { recursive: true });
    expect(stageState(silver, onContract()).state).toBe('missing');
  });

  it('stays complete when an input was removed: there is nothing to compare with', () => {
    takeAll();
    rmSync(partitionFolder(lake, ref(bronze)), { recursive: true });
    expect(stageState(silver, onContract()).state).toBe('complete');
  });
});

describe('the catalogue', () => {
  it('has a nameable place for every stage, and one writer for each table', () => {
    const layers = STAGES.map((s) => `${s.layer} ${s.productType}`);
    expect(new Set(layers).size).toBe(12);
    const places = STAGES.map((s) => `${s.layer} ${s.productType} ${s.part ?? ''}`);
    expect(new Set(places).size).toBe(STAGES.length);
    expect(new Set(STAGES.map((s) => s.name)).size).toBe(STAGES.length);
    const tables = STAGES.flatMap((s) =>
      s.outputs.map((t) => `${t.layer} ${t.productType} ${t.table}`),
    );
    expect(new Set(tables).size).toBe(tables.length);
    for (const { layer, productType, outputs } of STAGES) {
      for (const table of outputs) expect(table).toMatchObject({ layer, productType });
    }
  });
});

describe('volumes of bronze', () => {
  it('count when the ingest has ended, or when nothing else is left', async () => {
    takeAll();
    const volumes = bronzeVolumes(lake);
    // The tiny rows carry action A alone: no trade.
    const known = new Map([
      ['ESH6', 0],
      ['ESM6', 0],
    ]);
    expect(await volumes(product('ES'), DT, true)).toEqual(known);
    rmSync(join(lake, '.runner'), { recursive: true });
    expect(await volumes(product('ES'), DT, true)).toBeNull();
    expect(await volumes(product('ES'), DT, false)).toEqual(known);
    expect(await volumes(product('NQ'), DT, false)).toBeNull();
  });
});
