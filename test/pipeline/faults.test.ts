/**
 * What goes wrong in days and in lakes, through the real stages from raw file to gold: counted,
 * refused by name, or without effect; never half-published.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compressZstdFrame, initZstd, UNDEF_PRICE } from '../../src/dbn/index.ts';
import {
  dateToUnixNs,
  loadProducts,
  type ProductType,
  productOf,
  readManifest,
} from '../../src/lake/index.ts';
import { bronzeFutureMbo, runStage, type StageTask } from '../../src/pipeline/index.ts';
import {
  dayBytes,
  futureRef,
  MID,
  makeAll,
  OPEN,
  order,
  quietMarket,
  runLayer,
  shortTask,
  silverRows,
  TICK,
  writeDay,
} from './faults-day.ts';

const DT = '2026-01-05';
const HOUR = 3600;
const CLOSE = OPEN + 60;

function temporaryLake(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spymaster-faults-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Holds every row of a valid window to what came in and what went out. */
async function expectConserved(lake: string): Promise<void> {
  const rows = await silverRows(lake, 'depth_and_flow_1s', DT);
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows.filter((r) => r['window_valid'] === 1)) {
    const n = (name: string) => Number(row[name]);
    const left = n('pull_qty_total') + n('fill_qty');
    expect(n('depth_qty_end')).toBe(n('depth_qty_start') + n('add_qty') - left);
  }
}

describe('records that no market should have', () => {
  it('are counted by name, and the day is made to its end', async () => {
    const lake = temporaryLake();
    const at = OPEN + 5;
    const far = { price: MID - 4n * TICK };
    const strange = { rtype: 0x7f, publisher_id: 1, instrument_id: 1, ts_event: 0n };
    const [bid, ask, end] = quietMarket(DT, OPEN - 10, CLOSE + 1);
    writeDay(
      lake,
      DT,
      dayBytes(DT, [
        bid!,
        ask!,
        order(DT, at, { ...far, size: 0, order_id: 11n }),
        order(DT, at + 1, { ...far, size: 0xffff_ffff, order_id: 12n }),
        order(DT, at + 2, { price: UNDEF_PRICE, order_id: 13n }),
        order(DT, at + 3, { price: MID - 1n, order_id: 14n }),
        order(DT, at + 4, { ...far, action: 'C', order_id: 999n }),
        order(DT, at + 5, { ...far, order_id: 1n }),
        order(DT, at + 4.5, { ...far, order_id: 15n }),
        { ...strange, unknown: new Uint8Array(8) },
        order(DT, at + 6, { instrument_id: 2, order_id: 1n }),
        order(DT, at + 7, { ...far, action: 'X', order_id: 16n }),
        end!,
      ]),
    );
    const { silver, gold } = await makeAll(lake, DT);
    expect(readManifest(lake, futureRef('bronze', 'mbo', DT)).counters).toMatchObject({
      other_rtype_records: 1,
      clock_steps: 1,
      unknown_actions: 1,
    });
    expect(readManifest(lake, futureRef('bronze', 'mbo', DT, 'ESM6')).rows).toBe(1);
    expect(silver.counters).toMatchObject({
      zero_sizes: 1,
      undefined_sizes: 1,
      undefined_prices: 1,
      off_grid_prices: 1,
      unknown_cancels: 1,
      duplicate_adds: 1,
      clock_steps: 1,
    });
    expect(gold.counters['seconds']).toBe(60);
    await expectConserved(lake);
  });

  it('a clear in the middle: its own second is not valid, the rest of the day is', async () => {
    const lake = temporaryLake();
    const [bid, ask, end] = quietMarket(DT, OPEN - 10, CLOSE + 1);
    const clear = { action: 'R', side: 'N', price: UNDEF_PRICE, size: 0, order_id: 0n } as const;
    const again = order(DT, OPEN + 30.6, { order_id: 3n, size: 4, side: 'A', price: MID + TICK });
    const bidAgain = order(DT, OPEN + 30.6, { order_id: 4n, size: 7 });
    const records = [bid!, ask!, order(DT, OPEN + 30.5, clear), again, bidAgain, end!];
    writeDay(lake, DT, dayBytes(DT, records));
    const { gold } = await makeAll(lake, DT);
    const seconds = await silverRows(lake, 'book_snapshot_1s', DT);
    expect(seconds).toHaveLength(60);
    expect(seconds.map((s) => s['best_bid_qty'])).toEqual([
      ...Array(30).fill(10),
      ...Array(30).fill(7),
    ]);
    const depth = await silverRows(lake, 'depth_and_flow_1s', DT);
    const broken = depth.filter((r) => r['window_valid'] === 0);
    expect(new Set(broken.map((r) => Number(r['window_end_ts_ns']) / 1e9))).toEqual(
      new Set([OPEN + 31]),
    );
    expect(gold.counters['seconds']).toBe(60);
    await expectConserved(lake);
  });
});

describe('several files of a day, to gold', () => {
  const records = [
    ...quietMarket(DT, OPEN - 10, OPEN - 5).slice(0, 2),
    ...Array.from({ length: 40 }, (_, i) => order(DT, OPEN + i)),
    order(DT, CLOSE + 1, { action: 'N' }),
  ];
  const bytes = dayBytes(DT, records);
  const NAME = 'glbx-mdp3-20260105.mbo.dbn';

  /** Hashes of the three layers' data. */
  async function hashes(write: (lake: string) => void): Promise<string[]> {
    const lake = temporaryLake();
    write(lake);
    const { bronze, silver, gold } = await makeAll(lake, DT);
    return [bronze, silver, gold].flatMap((r) => r.published.map((p) => p.sha256));
  }

  it('C2: the same as .dbn and .dbn.zst, and by two jobs, gives the bytes of one', async () => {
    await initZstd();
    const zst = await compressZstdFrame(bytes);
    const one = await hashes((lake) => writeDay(lake, DT, bytes));
    expect(one).toHaveLength(4);
    const twice = await hashes((lake) => {
      writeDay(lake, DT, bytes);
      writeDay(lake, DT, zst, { name: `${NAME}.zst` });
    });
    expect(twice).toEqual(one);
    const jobs = await hashes((lake) => {
      writeDay(lake, DT, bytes, { name: `GLBX-A/${NAME}` });
      writeDay(lake, DT, zst, { name: `GLBX-B/${NAME}.zst` });
    });
    expect(jobs).toEqual(one);
  });
});

describe('a raw file', () => {
  it('that disappears while it is read: refused, nothing published, and made when it is back', async () => {
    const lake = temporaryLake();
    const bytes = dayBytes(DT, quietMarket(DT, OPEN, CLOSE));
    const path = writeDay(lake, DT, bytes);
    const gone = () => {
      if (existsSync(path)) unlinkSync(path);
      return false;
    };
    const run = runStage(bronzeFutureMbo, shortTask(lake, DT), { stopped: gone });
    await expect(run).rejects.toMatchObject({ code: expect.stringMatching(/^FILE_/) });
    expect(existsSync(join(lake, 'bronze'))).toBe(false);
    writeDay(lake, DT, bytes);
    await runLayer('bronze', shortTask(lake, DT));
    expect(readManifest(lake, futureRef('bronze', 'mbo', DT)).rows).toBe(3);
  });
});

/** Opening and close in hours UTC on the first days of summer time and of winter time. */
const DAYS: [dt: string, open: number, close: number][] = [
  ['2026-03-09', 13.5, 20],
  ['2026-11-02', 14.5, 21],
];
const MARKETS: [productType: ProductType, root: string, contract: string, dataset: string][] = [
  ['future_mbo', 'ES', 'ESZ6', 'GLBX.MDP3'],
  ['equity_mbo', 'QQQ', 'QQQ', 'XNAS.ITCH'],
];

describe.each(MARKETS)('B11: daylight saving in %s', (productType, root, contract, dataset) => {
  /** First and last window's end in hours UTC, and the number of windows. */
  async function windowsOf(dt: string, from: number, to: number, session: 'regular' | 'full') {
    const lake = temporaryLake();
    const records = quietMarket(dt, from * HOUR + 5, Math.min(to * HOUR + 5, 24 * HOUR - 0.001));
    const publisher_id = root === 'QQQ' ? 2 : 1;
    const own = records.map((r) => ({ ...r, publisher_id }));
    const bytes = dayBytes(dt, own, { [contract]: 1 }, dataset);
    writeDay(lake, dt, bytes, { productType, symbol: root });
    const product = productOf(loadProducts(), root);
    const task: StageTask = { lake, productType, symbol: root, dt, product, session };
    await runLayer('bronze', task);
    await runLayer('silver', { ...task, symbol: contract });
    const table = { layer: 'silver', productType, table: 'book_snapshot_1s' } as const;
    const { rows, keyMin, keyMax } = readManifest(lake, { ...table, symbol: contract, dt });
    const hours = (key: string | null) => (Number(BigInt(key!) - dateToUnixNs(dt)) - 1e9) / 3.6e12;
    return { first: hours(keyMin), last: hours(keyMax) + 1 / HOUR, rows };
  }

  it.each(DAYS)('%s: regular hours are %f to %f UTC', async (dt, open, close) => {
    const want = { first: open, last: close, rows: 6.5 * HOUR };
    expect(await windowsOf(dt, open, close, 'regular')).toEqual(want);
  });

  // On the Sundays themselves the exchange opens in the evening, at 18:00 by the new clock.
  const evenings: typeof DAYS = [
    ['2026-03-08', 22, 24],
    ['2026-11-01', 23, 24],
  ];
  const opens = productType === 'future_mbo' ? evenings : [];
  for (const [dt, open, close] of opens) {
    it(`${dt}: the evening begins at ${open} UTC`, async () => {
      const want = { first: open, last: close, rows: (close - open) * HOUR };
      expect(await windowsOf(dt, open, close, 'full')).toEqual(want);
    });
  }
});

describe('a lake', () => {
  it('in which a stage fails has no trace of it', async () => {
    const lake = temporaryLake();
    writeDay(lake, DT, Buffer.from('no DBN at all'));
    await expect(makeAll(lake, DT)).rejects.toMatchObject({ code: 'DBN_MAGIC' });
    expect(readdirSync(lake).filter((name) => !name.startsWith('.'))).toEqual(['raw']);
  });
});
