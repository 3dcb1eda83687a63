/** A raw day that ends before the session does: tables end with the data, not with the session. */
import { describe, expect, it } from 'vitest';
import type { DbnRecord } from '../../src/dbn/index.ts';
import { type Layer, type PartitionRef, readManifest } from '../../src/lake/index.ts';
import { goldFutureMbo } from '../../src/pipeline/gold/price-surface.ts';
import { bronzeFutureMbo, runStage, silverFutureMbo } from '../../src/pipeline/index.ts';
import {
  DT,
  ES_DAY,
  ES_IDS,
  mbo,
  ORIGIN_NS,
  taskOf,
  temporaryLake,
  writeRaw,
} from './bronze-fixture.ts';
import { readRows } from './option-lake.ts';

/** 09:30 New York in winter, seconds UTC; the data goes on for three minutes. */
const OPEN = 14.5 * 3600;
const CUT = OPEN + 180;
const CLOSE = 21 * 3600;

function refOf(layer: Layer, table: string): PartitionRef {
  return { layer, productType: 'future_mbo', table, symbol: 'ESH6', dt: DT };
}

/** A bid and an ask that stand from the open on, and some that come and go until shortly before. */
function market(): DbnRecord[] {
  const at = (seconds: number) => Math.round(seconds * 1e9);
  const ask = { side: 'A', price: 6_000_500_000_000n, order_id: 2n };
  const records = [mbo(1, at(OPEN + 1), { order_id: 1n }), mbo(1, at(OPEN + 1.5), ask)];
  for (let second = OPEN + 2; second < CUT - 5; second += 60) {
    const id = BigInt(second * 10);
    records.push(mbo(1, at(second), { order_id: id, size: 5 }));
    records.push(mbo(1, at(second + 10), { order_id: id, action: 'C', size: 2 }));
  }
  return records;
}

/** Makes bronze and silver. */
async function makeDay(records: DbnRecord[], cut = 0) {
  const lake = temporaryLake();
  await writeRaw(lake, ES_DAY, { schema: 'mbo', records, symbols: ES_IDS, cut });
  await runStage(bronzeFutureMbo, taskOf(lake, 'future_mbo', 'ES'));
  const task = { ...taskOf(lake, 'future_mbo', 'ES'), symbol: 'ESH6' };
  const silver = await runStage(silverFutureMbo, task);
  const { counters } = readManifest(lake, refOf('bronze', 'mbo'));
  return { lake, task, silver: silver!.counters, bronze: counters };
}

/** Ends of the first and last second of a table. */
async function endsOf(lake: string, layer: Layer, table: string) {
  const ends = (await readRows(lake, refOf(layer, table))).map((r) =>
    Number(r['window_end_ts_ns']),
  );
  return [ends[0]! / 1e9, ends.at(-1)! / 1e9, new Set(ends).size];
}

describe('a day cut short at 09:33', () => {
  const last = mbo(2, (CUT - 0.25) * 1e9);

  it('has rows to 09:33 in silver and gold, told by a record of any instrument', async () => {
    const { lake, task, silver, bronze } = await makeDay([...market(), last]);
    await runStage(goldFutureMbo, task);
    expect(bronze).toMatchObject({ covered_seconds: CUT });
    expect(silver).toMatchObject({ seconds_after_data: CLOSE - CUT });
    expect(readManifest(lake, refOf('silver', 'depth_and_flow_1s')).counters).toEqual(silver);
    expect(await endsOf(lake, 'silver', 'book_snapshot_1s')).toEqual([OPEN + 1, CUT, 180]);
    expect(await endsOf(lake, 'silver', 'depth_and_flow_1s')).toEqual([OPEN + 2, CUT, 179]);
    expect(await endsOf(lake, 'gold', 'physics_surface_1s')).toEqual([OPEN + 2, CUT, 179]);
  });

  it('conserves every lot up to its last second', async () => {
    const { lake } = await makeDay([...market(), last]);
    const rows = await readRows(lake, refOf('silver', 'depth_and_flow_1s'));
    const stood = new Map<string, number>();
    for (const row of rows) {
      const n = (name: string) => Number(row[name]);
      const cell = `${row['side']} ${row['price_int']}`;
      expect(n('depth_qty_start')).toBe(stood.get(cell) ?? 0);
      const flow = n('add_qty') - n('pull_qty_total') - n('fill_qty');
      expect(n('depth_qty_end')).toBe(n('depth_qty_start') + flow);
      stood.set(cell, n('depth_qty_end'));
    }
    expect(stood.get('B 6000250000000')).toBe(3 + 3 * 3);
  });

  it('counts the second of a record at its first instant, and not that of one cut off', async () => {
    const records = [...market(), mbo(1, CUT * 1e9), mbo(1, (CUT + 60) * 1e9)];
    const { lake, bronze } = await makeDay(records, 1);
    expect(bronze).toMatchObject({ covered_seconds: CUT + 1, truncated_files: 1 });
    expect(await endsOf(lake, 'silver', 'book_snapshot_1s')).toEqual([OPEN + 1, CUT + 1, 181]);
  });

  it('is not made longer by a clock that is of another day or of none', async () => {
    const odd = [ORIGIN_NS + 90_000_000_000_000n, ORIGIN_NS - 1n, 2n ** 64n - 1n];
    const records = [...market(), last, ...odd.map((ts_recv) => mbo(2, 5, { ts_recv }))];
    const { bronze } = await makeDay(records);
    expect(bronze).toMatchObject({ covered_seconds: CUT });
  });

  it('has no second at all when it ends before the session begins', async () => {
    const { lake, task, silver } = await makeDay([mbo(1, 3600 * 1e9)]);
    await runStage(goldFutureMbo, task);
    expect(silver).toMatchObject({ seconds_after_data: CLOSE - OPEN, windows_without_spot: 0 });
    expect(readManifest(lake, refOf('silver', 'book_snapshot_1s')).rows).toBe(0);
    expect(readManifest(lake, refOf('gold', 'physics_surface_1s')).rows).toBe(0);
  });
});
