/** A day on which no option expires, through the lake: complete without a partition. */
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bronzeFutureOptionMbo,
  ingestedPartitions,
  runStage,
  StageSkipped,
  silverFutureOptionMbo,
  stageState,
} from '../../src/pipeline/index.ts';
import {
  mbo,
  ORIGIN_NS,
  optionDefinition,
  taskOf,
  temporaryLake,
  writeDefinitions,
  writeRaw,
} from './bronze-fixture.ts';

const DAY_NS = 86_400_000_000_000n;
const OPTIONS_DAY = {
  productType: 'future_option_mbo',
  symbol: 'ES',
  name: 'glbx-mdp3-20260105.mbo.dbn',
} as const;

async function emptyDay() {
  const lake = temporaryLake();
  const expiration = ORIGIN_NS + 3n * DAY_NS;
  await writeDefinitions(lake, 'glbx', [optionDefinition(1, 'E1CF6 C6000', { expiration })]);
  const raw = await writeRaw(lake, OPTIONS_DAY, { schema: 'mbo', records: [mbo(1, 5)] });
  const task = taskOf(lake, 'future_option_mbo', 'ES');
  const report = await runStage(bronzeFutureOptionMbo, task);
  return { lake, raw, task, report };
}

describe('a day on which no option expires', () => {
  it('is complete, has no partition, and tells why with its counts', async () => {
    const { lake, task, report } = await emptyDay();
    const why = 'no option of the root expires on the date (1 not 0dte records)';
    expect(report).toMatchObject({ published: [], nothing: why, rowsRead: 1 });
    expect(report?.counters).toMatchObject({ not_0dte_records: 1, covered_seconds: 1 });
    expect(ingestedPartitions(task)).toEqual([]);
    expect(stageState(bronzeFutureOptionMbo, task)).toEqual({
      state: 'complete',
      why,
      empty: true,
    });
    const folder = join(lake, 'bronze', 'product_type=future_option_mbo');
    expect(readdirSync(folder)).toEqual([]);
    expect(await runStage(bronzeFutureOptionMbo, task)).toBeNull();
  });

  it('gives silver nothing to be made of, which is no failure of silver', async () => {
    const { task } = await emptyDay();
    const silver = runStage(silverFutureOptionMbo, { ...task, symbol: 'ESH6' });
    await expect(silver).rejects.toBeInstanceOf(StageSkipped);
    await expect(silver).rejects.toThrow('no option of the root expires on the date');
  });

  it('is looked at again when a file, a definition or the stage changes', async () => {
    const { lake, raw, task } = await emptyDay();
    const newer = { ...bronzeFutureOptionMbo, version: bronzeFutureOptionMbo.version + 1 };
    expect(stageState(newer, task)).toMatchObject({ state: 'stale' });
    const today = [optionDefinition(2, 'E1AF6 C6000')];
    await writeDefinitions(lake, 'glbx', today, 'more/20260105.definition.dbn');
    expect(stageState(bronzeFutureOptionMbo, task).why).toMatch(/definitions .* is new$/);
    await runStage(bronzeFutureOptionMbo, task);
    expect(stageState(bronzeFutureOptionMbo, task).state).toBe('complete');
    appendFileSync(raw, 'x');
    expect(stageState(bronzeFutureOptionMbo, task).why).toMatch(/records .* changed$/);
  });
});
