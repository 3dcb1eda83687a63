/**
 * A real day from its file to gold: seconds of its first quarter of an hour equal the formulas,
 * straight from silver's rows.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  dateToUnixNs,
  loadContract,
  loadProducts,
  openPartition,
  type PartitionRef,
  productOf,
  rawTableFolder,
} from '../../src/lake/index.ts';
import { runStage, STAGES } from '../../src/pipeline/index.ts';
import type { GoldRow, SilverSecond } from '../pipeline/gold-silver.ts';
import { differences, slowPriceGold } from '../pipeline/gold-slow.ts';
import { describeConformance } from './data.ts';

const DT = '2023-12-25';
const SYMBOL = 'ESH4';
/** Seconds that the slow reference goes through, and those between two that are compared. */
const SECONDS = 900;
const EVERY = 29;

const lake = mkdtempSync(join(tmpdir(), 'spymaster-gold-'));
afterAll(() => rmSync(lake, { recursive: true, force: true }));

/** Rows of seconds to `keep` by column name; times count from the day's start. All are finite. */
async function* rowsOf(
  layer: 'silver' | 'gold',
  table: string,
  keep: (endNs: number) => boolean,
): AsyncGenerator<GoldRow> {
  const ref: PartitionRef = { layer, productType: 'future_mbo', table, symbol: SYMBOL, dt: DT };
  const contract = loadContract(ref);
  const columns = contract.fields.map(({ name }) =>
    name.endsWith('_ts_ns') ? { name, origin: dateToUnixNs(DT) } : { name },
  );
  const at = columns.findIndex(({ name }) => name === 'window_end_ts_ns');
  const reader = await openPartition(lake, ref, contract, columns);
  for (let batch = reader.next(); batch !== null; batch = reader.next()) {
    for (let i = 0; i < batch.rows; i++) {
      const finite = batch.columns.every((column) => Number.isFinite(column[i]));
      if (!finite) throw new Error(`${table}, row ${i}`);
      if (!keep(batch.columns[at]![i]!)) continue;
      const values = columns.map(({ name }, k) => {
        return [name, batch.nulls[k]?.[i] ? Number.NaN : batch.columns[k]![i]!];
      });
      yield Object.fromEntries(values) as GoldRow;
    }
  }
  reader.close();
}

/** The first seconds of the day. */
async function readSilver(): Promise<SilverSecond[]> {
  const priceOf = (value: number) => (Number.isNaN(value) ? null : value);
  const seconds: SilverSecond[] = [];
  for await (const row of rowsOf('silver', 'book_snapshot_1s', () => true)) {
    if (seconds.length === SECONDS) continue;
    seconds.push({
      end: row['window_end_ts_ns']! / 1e9,
      spot: priceOf(row['spot_ref_price_int']!),
      bestBid: priceOf(row['best_bid_price_int']!),
      bestAsk: priceOf(row['best_ask_price_int']!),
      rows: [],
    });
  }
  const byEnd = new Map(seconds.map((second) => [second.end, second]));
  const isRead = (endNs: number) => byEnd.has(endNs / 1e9);
  for await (const row of rowsOf('silver', 'depth_and_flow_1s', isRead)) {
    byEnd.get(row['window_end_ts_ns']! / 1e9)!.rows.push({
      side: row['side']!,
      price: row['price_int']!,
      add: row['add_qty']!,
      pull: row['pull_qty_total']!,
      fill: row['fill_qty']!,
      start: row['depth_qty_start']!,
      end: row['depth_qty_end']!,
      rest: row['depth_qty_rest']!,
    });
  }
  return seconds;
}

describeConformance('a real day from its file to gold', (pathOf) => {
  it('equals the formulas to 1e-6, and every value is finite', async () => {
    const folder = rawTableFolder(lake, 'future_mbo', 'ES');
    const path = join(folder, '20231225.mbo.dbn.zst');
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(pathOf('dbn/esh4-20231225.mbo.v1.dbn.zst'), path);
    const product = productOf(loadProducts(), 'ES');
    for (const stage of STAGES.filter((s) => s.productType === 'future_mbo')) {
      const symbol = stage.layer === 'bronze' ? 'ES' : SYMBOL;
      const task = { lake, productType: 'future_mbo', symbol, dt: DT, product } as const;
      await runStage(stage, { ...task, session: 'full' });
    }
    const seconds = await readSilver();
    const wanted = (second: SilverSecond) => seconds.indexOf(second) % EVERY === EVERY - 1;
    const given = new Set(seconds.filter(wanted).map((second) => second.end * 1e9));
    const published: GoldRow[] = [];
    const isGiven = (endNs: number) => given.has(endNs);
    for await (const row of rowsOf('gold', 'physics_surface_1s', isGiven)) published.push(row);
    expect(given.size).toBe(31);
    expect(published.length).toBeGreaterThan(10_000);
    expect(differences(published, slowPriceGold(seconds, product, wanted))).toEqual([]);
  });
});
