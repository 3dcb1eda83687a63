/**
 * Real files through bronze: every record is there, and comes back as a direct decoding gives it.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  encodeMetadata,
  encodeRecord,
  MboColumns,
  makeMetadata,
  RTYPE,
} from '../../src/dbn/index.ts';
import { openDbn, readDefinitions } from '../../src/feed/index.ts';
import {
  dateToUnixNs,
  loadContract,
  loadProducts,
  openPartition,
  type PartitionRef,
  type ProductType,
  productOf,
  rawDefinitionFolder,
  rawTableFolder,
} from '../../src/lake/index.ts';
import {
  bronzeFutureMbo,
  MBO_REQUEST,
  readBronzeMbo,
  runStage,
  type StageTask,
} from '../../src/pipeline/index.ts';
import { describeConformance } from './data.ts';

const NANO = 1_000_000_000n;
const lakes: string[] = [];
afterAll(() => {
  for (const lake of lakes) rmSync(lake, { recursive: true, force: true });
});

/** A lake whose raw day is this file. */
function taskOf(productType: ProductType, symbol: string, dt: string, file: string): StageTask {
  const lake = mkdtempSync(join(tmpdir(), 'spymaster-bronze-'));
  lakes.push(lake);
  const name = `${dt.replaceAll('-', '')}.mbo.dbn${file.endsWith('.zst') ? '.zst' : ''}`;
  const path = join(rawTableFolder(lake, productType, symbol), name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(file, path);
  const product = productOf(loadProducts(), symbol);
  return { lake, productType, symbol, dt, product, session: 'full' };
}

function* rowsOf(batches: Iterable<MboColumns>): Generator<string> {
  for (const c of batches) {
    for (let i = 0; i < c.length; i++) {
      yield [
        ...[c.tsRecv[i], c.tsEvent[i], c.price[i], c.orderIdLo[i], c.orderIdHi[i], c.size[i]],
        ...[c.sequence[i], c.instrumentId[i], c.tsInDelta[i], c.publisherId[i], c.flags[i]],
        ...[c.action[i], c.side[i], c.channelId[i]],
      ].join(',');
    }
  }
}

/** Rows of a partition and records of the file behind it, as texts. */
async function bothWays(task: StageTask, ref: PartitionRef, file: string) {
  const originNs = dateToUnixNs(task.dt);
  const reader = await openPartition(task.lake, ref, loadContract(ref), MBO_REQUEST);
  const rows = [...rowsOf(readBronzeMbo(reader, new MboColumns(4096, originNs)))];
  reader.close();
  const direct = await openDbn(file);
  const records = [...rowsOf(direct.batches(new MboColumns(4096, originNs)))];
  direct.close();
  return { rows, records };
}

describeConformance('real days through bronze', (pathOf) => {
  it.each([
    ['ESH4', '2023-12-25', 'dbn/esh4-20231225.mbo.v1.dbn.zst', 68_792],
    ['ESH4', '2023-12-24', 'dbn/esh4-20231224-snapshot.mbo.v1.dbn.zst', 8725],
    ['ESM4', '2024-05-08', 'dbn/esm4-20240508-snapshot.mbo.v1.dbn.zst', 13_796],
    ['CLX5', '2025-09-24', 'dbn/clx5-20250924-no-snapshot.mbo.v3.dbn', 38_212],
  ])('%s, %s, %s: %i records', async (contract, dt, name, count) => {
    const file = pathOf(name);
    const task = taskOf('future_mbo', contract.slice(0, 2), dt, file);
    const report = await runStage(bronzeFutureMbo, task);
    const [published, ...others] = report!.published;
    expect(others).toEqual([]);
    expect(published!.ref.symbol).toBe(contract);
    expect(report!.rowsRead).toBe(count);
    expect(published!.rows).toBe(count);
    const { rows, records } = await bothWays(task, published!.ref, file);
    expect(rows).toHaveLength(count);
    expect(rows).toEqual(records);
  });

  it('refuses a day that nothing names, and takes it with definitions', async () => {
    const file = pathOf('dbn/mesh5-20250121.mbo.v2.dbn.zst');
    const task = taskOf('future_mbo', 'MES', '2025-01-21', file);
    await expect(runStage(bronzeFutureMbo, task)).rejects.toMatchObject({ code: 'DEFINITIONS' });
    const first = new MboColumns(1);
    const direct = await openDbn(file);
    direct.fill(first);
    direct.close();
    const instrument_id = first.instrumentId[0]!;
    const record = { rtype: RTYPE.DEFINITION, publisher_id: 1, ts_event: 1n, ts_recv: 1n };
    const definition = { ...record, instrument_id, raw_symbol: 'MESH5', instrument_class: 'F' };
    const metadata = makeMetadata({ dataset: 'GLBX.MDP3', schema: 'definition' });
    const path = join(rawDefinitionFolder(task.lake, 'glbx'), '20250121.definition.dbn');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.concat([encodeMetadata(metadata), encodeRecord(definition)]));
    const report = await runStage(bronzeFutureMbo, task);
    expect(report!.published).toMatchObject([{ ref: { symbol: 'MESH5' }, rows: 4176 }]);
  });

  it('refuses another schema', async () => {
    const file = pathOf('dbn/esm4-20240610-truncated.mbp-1.v3.dbn.zst');
    const task = taskOf('future_mbo', 'ES', '2024-06-10', file);
    await expect(runStage(bronzeFutureMbo, task)).rejects.toMatchObject({ code: 'DBN_SCHEMA' });
  });
});

describeConformance('real definitions', (pathOf) => {
  it('say what options on futures are', async () => {
    const path = pathOf('dbn/es-options-20230730.definition.v1.dbn.zst');
    const all = [...(await readDefinitions([path])).all()];
    expect(all).toMatchObject([
      { symbol: 'ESM4 C4250', instrumentClass: 'C', underlying: 'ESM4', strike: 4250n * NANO },
      { symbol: 'ESM4 C3550', instrumentClass: 'C', underlying: 'ESM4', strike: 3550n * NANO },
    ]);
    const expiration = BigInt(Date.parse('2024-06-21T13:30:00Z')) * 1_000_000n;
    expect(all.map((d) => d.expiration)).toEqual([expiration, expiration]);
  });

  it('say what options on equities are, as their symbols do', async () => {
    const path = pathOf('dbn/opra-spy-20230801.definition.v1.dbn.zst');
    const all = [...(await readDefinitions([path])).all()];
    const expiration = BigInt(Date.parse('2024-01-19')) * 1_000_000n;
    const shared = { underlying: 'SPY', instrumentClass: 'P', expiration };
    expect(all).toMatchObject([
      { symbol: 'SPY   240119P00340000', strike: 340n * NANO, ...shared },
      { symbol: 'SPY   240119P00370000', strike: 370n * NANO, ...shared },
    ]);
  });
});
