import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  loadProducts,
  type PartitionRef,
  type ProductType,
  partitionFolder,
  productOf,
} from '../../src/lake/index.ts';
import {
  runStage,
  type Stage,
  type StageTask,
  silverEquityOptionCmbp1,
  silverFutureOptionMbo,
} from '../../src/pipeline/index.ts';
import { generateRows } from '../book/generate-rows.ts';
import { type QuoteRow, quote, trade } from '../book/quote-records.ts';
import { LAST } from '../book/records.ts';
import { DOLLAR, type Listed, SECOND } from './option-fixture.ts';
import { orderCells, publishRows, quoteCells, readRows, spotCells } from './option-lake.ts';
import { slowOptions } from './slow-options.ts';

const HOUR = 3600;
/** 09:30 New York in seconds UTC: in winter, and when summer time has begun. */
const OPEN = { '2026-01-05': 14.5 * HOUR, '2026-03-09': 13.5 * HOUR } as const;
type Dt = keyof typeof OPEN;
const DAYS = Object.keys(OPEN) as Dt[];
const REGULAR = 6.5 * HOUR;
const LISTED: Listed[] = [
  { right: 'C', strike: 500 },
  { right: 'P', strike: 500 },
  { right: 'C', strike: 505 },
];

let lake = '';
beforeAll(() => {
  lake = mkdtempSync(join(tmpdir(), 'spymaster-options-'));
});
afterAll(() => rmSync(lake, { recursive: true, force: true }));

function refOf(productType: ProductType, table: string, symbol: string, dt: Dt): PartitionRef {
  const layer = table.endsWith('_1s') ? 'silver' : 'bronze';
  return { layer, productType, table, symbol, dt };
}

function taskOf(stage: Stage, symbol: string, dt: Dt): StageTask {
  const product = productOf(loadProducts(), symbol);
  return { lake, productType: stage.productType, symbol, dt, product, session: 'regular' };
}

function quotesFrom(open: number): QuoteRow[] {
  const at = (seconds: number) => (open + seconds) * SECOND;
  return [
    { ...quote(at(-60), [2 * DOLLAR, 10, 20], [2.1 * DOLLAR, 5]), id: 0 },
    { ...quote(at(0.1), [3 * DOLLAR, 4], null), id: 1 },
    { ...trade(at(1.2), 'B', 2.1 * DOLLAR, 3, [2 * DOLLAR, 10], [2.1 * DOLLAR, 5]), id: 0 },
    { ...quote(at(1.3), [2 * DOLLAR, 10], [2.1 * DOLLAR, 2]), id: 0 },
    { ...quote(at(5), [1 * DOLLAR, 1], [1.05 * DOLLAR, 1]), id: 2 },
  ];
}

/** Seconds of the regular session that the underlying's silver has. */
const SECONDS = 30;

describe.each(DAYS)('silver of options on equities in a lake, %s', (dt) => {
  const open = OPEN[dt];
  const rows = quotesFrom(open);
  const spot = (end: number) => (end < open + 3 ? null : (500 + (end % 3)) * DOLLAR);

  it('B5, B11: makes both tables, as the slow tables are, from 09:30 New York on', async () => {
    await publishRows(
      lake,
      refOf('equity_option_cmbp_1', 'cmbp_1', 'QQQ', dt),
      quoteCells(rows, LISTED, dt),
    );
    await publishRows(
      lake,
      refOf('equity_mbo', 'book_snapshot_1s', 'QQQ', dt),
      spotCells(open, open + SECONDS, spot, dt),
    );
    const task = taskOf(silverEquityOptionCmbp1, 'QQQ', dt);
    const report = await runStage(silverEquityOptionCmbp1, task);
    expect(report?.rowsRead).toBe(rows.length);
    expect(report?.counters).toMatchObject({
      instruments: 3,
      windows_without_spot: REGULAR - SECONDS + 2,
      hidden_fill_lots: 0,
    });
    const want = slowOptions({
      rows,
      listed: LISTED,
      spans: [{ fromNs: open * SECOND, toNs: (open + REGULAR) * SECOND }],
      spot: (end) => (end <= open + SECONDS ? spot(end) : null),
      tickSize: DOLLAR / 100,
      radiusTicks: 2500,
    });
    const asStored = (row: object) =>
      Object.fromEntries(
        Object.entries(row).map(([k, v]) => [k, typeof v === 'boolean' ? Number(v) : v]),
      );
    const table = (name: string) => refOf('equity_option_cmbp_1', name, 'QQQ', dt);
    expect(await readRows(lake, table('depth_and_flow_1s'))).toEqual(want.depth.map(asStored));
    expect(await readRows(lake, table('book_snapshot_1s'))).toEqual(want.snapshots.map(asStored));
    expect(want.depth[0]!['window_end_ts_ns']).toBe((open + 3) * SECOND);
  });
});

describe('silver of options on a day that was cut short', () => {
  const dt = '2026-01-05';
  const open = OPEN[dt];

  it('ends with the data of any option, whatever stands in the quotes', async () => {
    const quotes = quoteCells(quotesFrom(open), LISTED, dt);
    const bronze = refOf('equity_option_cmbp_1', 'cmbp_1', 'QQQ', dt);
    await publishRows(lake, bronze, quotes, { covered_seconds: open + 8 });
    const spots = spotCells(open, open + SECONDS, () => 500 * DOLLAR, dt);
    await publishRows(lake, refOf('equity_mbo', 'book_snapshot_1s', 'QQQ', dt), spots);
    const task = taskOf(silverEquityOptionCmbp1, 'QQQ', dt);
    const report = await runStage(silverEquityOptionCmbp1, task, { overwrite: true });
    expect(report?.counters).toMatchObject({
      seconds_after_data: REGULAR - 8,
      windows_without_spot: 0,
    });
    for (const table of ['depth_and_flow_1s', 'book_snapshot_1s']) {
      const rows = await readRows(lake, refOf('equity_option_cmbp_1', table, 'QQQ', dt));
      expect(rows.at(-1)?.['window_end_ts_ns']).toBe((open + 8) * SECOND);
    }
  });
});

describe('silver of options on futures in a lake', () => {
  const dt = '2026-01-05';
  const open = OPEN[dt];

  async function publishInputs(): Promise<StageTask> {
    const rows = generateRows({ seed: 5, count: 4000, nasty: 0, tickSize: 50_000_000 });
    const shift = (open + 1) * SECOND - rows[0]!.ts;
    for (const [i, one] of rows.entries()) {
      one.ts += shift;
      one.instrument = Number(one.id) % 3;
      if (i % 2 === 0) one.flags |= LAST;
    }
    const listed: Listed[] = [
      { right: 'C', strike: 6000 },
      { right: 'P', strike: 6000 },
      { right: 'P', strike: 6005 },
    ];
    await publishRows(
      lake,
      refOf('future_option_mbo', 'mbo', 'ESH6', dt),
      orderCells(rows, listed, dt),
    );
    await publishRows(
      lake,
      refOf('future_mbo', 'book_snapshot_1s', 'ESH6', dt),
      spotCells(open, open + SECONDS, () => 6002.5 * DOLLAR, dt),
    );
    return taskOf(silverFutureOptionMbo, 'ESH6', dt);
  }

  it('conserves every lot from second to second, and gives the same bytes twice', async () => {
    const task = await publishInputs();
    const report = await runStage(silverFutureOptionMbo, task);
    const depthRef = refOf('future_option_mbo', 'depth_and_flow_1s', 'ESH6', dt);
    const depth = await readRows(lake, depthRef);
    expect(depth.length).toBeGreaterThan(50);
    const ends = new Map<string, number>();
    for (const row of depth) {
      const cell = `${row['right']} ${row['side']} ${row['strike_price_int']}`;
      const n = (name: string) => Number(row[name]);
      expect(n('depth_qty_start')).toBe(ends.get(cell) ?? 0);
      expect(n('depth_qty_end')).toBe(
        n('depth_qty_start') + n('add_qty') - n('pull_qty_total') - n('fill_qty'),
      );
      expect(n('depth_qty_rest')).toBeLessThanOrEqual(n('depth_qty_end'));
      expect(n('pull_qty_rest')).toBeLessThanOrEqual(n('pull_qty_total'));
      ends.set(cell, n('depth_qty_end'));
    }
    expect(depth.some((row) => Number(row['fill_qty']) > 0)).toBe(true);
    const bytes = () => readFileSync(join(partitionFolder(lake, depthRef), 'part-00000.parquet'));
    const first = bytes();
    await runStage(silverFutureOptionMbo, task, { overwrite: true });
    expect(bytes().equals(first)).toBe(true);
    expect(Object.values(report!.counters).every((n) => n >= 0)).toBe(true);
  });

  it('says what makes an input that is not there', async () => {
    const task = { ...taskOf(silverFutureOptionMbo, 'ESM6', '2026-01-05') };
    await expect(runStage(silverFutureOptionMbo, task)).rejects.toMatchObject({
      code: 'PARTITION_MISSING',
      message: expect.stringContaining('pipeline run --layer'),
    });
  });
});
