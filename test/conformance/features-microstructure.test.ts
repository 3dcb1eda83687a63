/**
 * Order flow and queues of a real hour of ES, from its file to gold: what order flow explains of
 * the same window, that it explains nothing of the next, and what the queues say about the next
 * move.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OrderBook, RankedLevels } from '../../src/book/index.ts';
import { NS_PER_SECOND } from '../../src/core/index.ts';
import { FLAG } from '../../src/dbn/index.ts';
import { queueImbalance, upProbability } from '../../src/features/index.ts';
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
import { readMboFile } from './book-files.ts';
import { describeConformance } from './data.ts';
import { aucOf, brierOf, fitLine, fitLogistic, logLossOf, rSquared } from './plain-statistics.ts';

const DT = '2023-12-25';
const SYMBOL = 'ESH4';
const FILE = 'dbn/esh4-20231225.mbo.v1.dbn.zst';
const OPEN_NS = 82_800e9;
const SECONDS = 3600;
const TICK = 250_000_000;
const STAGE_NAMES = [
  'bronze_ingest_future_mbo',
  'silver_compute_book_states_1s',
  'gold_compute_microstructure_1s',
];

const lake = mkdtempSync(join(tmpdir(), 'spymaster-microstructure-'));
afterAll(() => rmSync(lake, { recursive: true, force: true }));

/** Columns of a table, NaN where absent; times count from the day's start. */
async function columnsOf(
  layer: 'silver' | 'gold',
  table: string,
): Promise<Record<string, number[]>> {
  const ref: PartitionRef = { layer, productType: 'future_mbo', table, symbol: SYMBOL, dt: DT };
  const contract = loadContract(ref);
  const columns = contract.fields.map(({ name }) =>
    name.endsWith('_ts_ns') ? { name, origin: dateToUnixNs(DT) } : { name },
  );
  const found = Object.fromEntries(columns.map(({ name }) => [name, [] as number[]]));
  const reader = await openPartition(lake, ref, contract, columns);
  for (let batch = reader.next(); batch !== null; batch = reader.next()) {
    columns.forEach(({ name }, k) => {
      const absent = batch.nulls[k];
      for (let i = 0; i < batch.rows; i++) {
        found[name]!.push(absent?.[i] ? Number.NaN : batch.columns[k]![i]!);
      }
    });
  }
  reader.close();
  return found;
}

/** The touch after an event that changed it: ticks, lots. */
interface Touch {
  /** Seconds since the open. */
  second: number;
  bid: number;
  ask: number;
  bids: number;
  asks: number;
}

/** Every touch after the open that is not crossed, in order. */
async function touchesOf(path: string): Promise<Touch[]> {
  const c = await readMboFile(path, DT);
  const book = new OrderBook({ tickSize: TICK, originNs: c.originNs });
  const levels = new RankedLevels(book, 1);
  const touches: Touch[] = [];
  for (let i = 0; i < c.length; i++) {
    book.applyBatch(c, i, i + 1);
    if ((c.flags[i]! & FLAG.LAST) === 0 || !levels.look() || c.tsRecv[i]! < OPEN_NS) continue;
    const touch = {
      second: Math.floor((c.tsRecv[i]! - OPEN_NS) / NS_PER_SECOND),
      bid: levels.touchTick(0),
      ask: levels.touchTick(1),
      bids: levels.touchLots(0),
      asks: levels.touchLots(1),
    };
    const { second, ...state } = touch;
    const same = Object.entries(state).every(([k, v]) => touches.at(-1)?.[k as 'bid'] === v);
    if (!same && touch.ask > touch.bid) touches.push(touch);
  }
  return touches;
}

/** Order-flow imbalance of each second, as it is printed. */
function plainFlows(touches: readonly Touch[]): number[] {
  const flows: number[] = new Array(SECONDS).fill(0);
  touches.forEach((now, i) => {
    const old = touches[i - 1];
    if (!old) return;
    let e = 0;
    if (now.bid >= old.bid) e += now.bids;
    if (now.bid <= old.bid) e -= old.bids;
    if (now.ask <= old.ask) e -= now.asks;
    if (now.ask >= old.ask) e += old.asks;
    flows[now.second]! += e;
  });
  return flows;
}

/** The way the mid goes next after each touch: 1 up, 0 down; NaN: it stays. */
function nextMoves(touches: readonly Touch[]): number[] {
  const ups: number[] = new Array(touches.length).fill(Number.NaN);
  for (let i = touches.length - 2; i >= 0; i--) {
    const moved = touches[i + 1]!.bid + touches[i + 1]!.ask - touches[i]!.bid - touches[i]!.ask;
    ups[i] = moved === 0 ? ups[i + 1]! : moved > 0 ? 1 : 0;
  }
  return ups;
}

describeConformance('microstructure of a real hour', (pathOf) => {
  let gold: Record<string, number[]>;
  let touches: Touch[];
  /** Mid at the open and at the end of each second, ticks. */
  let mids: number[];

  beforeAll(async () => {
    const folder = rawTableFolder(lake, 'future_mbo', 'ES');
    const path = join(folder, '20231225.mbo.dbn.zst');
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(pathOf(FILE), path);
    const product = productOf(loadProducts(), 'ES');
    for (const name of STAGE_NAMES) {
      const stage = STAGES.find((s) => s.name === name)!;
      const symbol = stage.layer === 'bronze' ? 'ES' : SYMBOL;
      const task = { lake, productType: 'future_mbo', symbol, dt: DT, product } as const;
      await runStage(stage, { ...task, session: 'full' });
    }
    gold = await columnsOf('gold', 'microstructure_1s');
    const silver = await columnsOf('silver', 'book_snapshot_1s');
    expect(gold['window_end_ts_ns']).toEqual(silver['window_end_ts_ns']);
    touches = await touchesOf(pathOf(FILE));
    const first = touches[0]!;
    const ends = silver['best_bid_price_int']!.map((bid, i) => {
      return (bid + silver['best_ask_price_int']![i]!) / 2 / TICK;
    });
    mids = [(first.bid + first.ask) / 2, ...ends];
  });

  /** Changes of the mid, and sums of what flowed, over windows of so many seconds. */
  function windowsOf(flows: readonly number[], seconds: number) {
    const y: number[] = [];
    const x: number[] = [];
    for (let end = seconds; end < mids.length; end += seconds) {
      y.push(mids[end]! - mids[end - seconds]!);
      x.push(flows.slice(end - seconds, end).reduce((a, b) => a + b, 0));
    }
    return { x, y };
  }

  it('has order flow as it is printed', () => {
    const flows = plainFlows(touches);
    expect(gold['ofi']).toHaveLength(SECONDS);
    // The first second also has the flow that made the crossed book of the pre-open whole.
    expect(gold['ofi']!.slice(1)).toEqual(flows.slice(1));
    expect(gold['ofi_01']).toEqual(gold['ofi']);
  });

  it.each([
    [1, 0.348, 0.289],
    [10, 0.402, 0.348],
    [60, 0.581, 0.287],
  ])('explains the move of the same %d s', (seconds, ofi, trades) => {
    const flow = windowsOf(plainFlows(touches), seconds);
    expect(rSquared(flow.x, flow.y, fitLine(flow.x, flow.y), null)).toBeCloseTo(ofi, 2);
    const goldFlow = windowsOf(gold['ofi']!, seconds);
    const goldR2 = rSquared(goldFlow.x, goldFlow.y, fitLine(goldFlow.x, goldFlow.y), null);
    expect(Math.abs(goldR2 - ofi)).toBeLessThan(0.015);
    const traded = windowsOf(gold['trade_imbalance']!, seconds);
    expect(rSquared(traded.x, traded.y, fitLine(traded.x, traded.y), null)).toBeCloseTo(trades, 2);
  });

  // Bounds: about two standard errors of a share of squares over so many windows.
  it.each([
    [1, 0.02],
    [10, 0.06],
  ])('says nothing of the next %d s', (seconds, bound) => {
    for (const column of ['ofi', 'trade_imbalance', 'ofi_10_normalised']) {
      const { x, y } = windowsOf(gold[column]!, seconds);
      const last = x.length - 1;
      const cut = Math.floor(last * 0.6);
      const line = fitLine(x.slice(0, cut), y.slice(1, cut + 1));
      const before = y.slice(1, cut + 1);
      const skill = rSquared(x.slice(cut, last), y.slice(cut + 1), line, before);
      expect(Math.abs(skill), column).toBeLessThan(bound);
    }
  });

  it('ten levels of it are the move itself, and are no forecast either', () => {
    const { x, y } = windowsOf(gold['ofi_10_normalised']!, 1);
    expect(rSquared(x, y, fitLine(x, y), null)).toBeGreaterThan(0.95);
  });

  it.each([10, 20])(
    'the micro-price is nearer to the mid in %d s than mid and weighted mid',
    (h) => {
      const skillOf = (column: string) => {
        let missed = 0;
        let moved = 0;
        gold['micro_price_edge']!.forEach((known, i) => {
          // mids[i + 1] is that of the row's own second.
          if (Number.isNaN(known) || i + 1 + h >= mids.length) return;
          const move = mids[i + 1 + h]! - mids[i + 1]!;
          missed += (move - gold[column]![i]!) ** 2;
          moved += move ** 2;
        });
        return 1 - missed / moved;
      };
      expect(skillOf('micro_price_edge')).toBeGreaterThan(0);
      expect(skillOf('micro_price_edge')).toBeGreaterThan(skillOf('weighted_mid_edge'));
      expect(skillOf('micro_price_edge')).toBeLessThan(0.05);
    },
  );

  it('queue imbalance predicts the next move, as it was measured', () => {
    const ups = nextMoves(touches);
    const used = touches
      .map((t, i) => ({ ...t, up: ups[i]!, imbalance: queueImbalance(t.bids, t.asks) }))
      .filter((t) => t.ask - t.bid === 1 && !Number.isNaN(t.up));
    expect([touches.length, used.length]).toEqual([25_423, 23_245]);
    const cut = Math.floor(used.length * 0.6);
    const [train, test] = [used.slice(0, cut), used.slice(cut)];
    const all = used.map((t) => t.imbalance);
    const imbalances = (part: typeof used) => part.map((t) => t.imbalance);
    const outcomes = (part: typeof used) => part.map((t) => t.up);
    expect(aucOf(all, outcomes(used))).toBeCloseTo(0.727, 3);
    expect(aucOf(imbalances(test), outcomes(test))).toBeCloseTo(0.697, 3);
    const logit = fitLogistic(imbalances(train), outcomes(train));
    const rate = outcomes(train).reduce((a, b) => a + b, 0) / cut;
    const forecasts = {
      constant: test.map(() => rate),
      logistic: test.map((t) => 1 / (1 + Math.exp(-logit.at(t.imbalance)))),
      atan: test.map((t) => upProbability(t.bids, t.asks)),
    };
    const scores = Object.values(forecasts).flatMap((p) => [
      brierOf(p, outcomes(test)).toFixed(4),
      logLossOf(p, outcomes(test)).toFixed(4),
    ]);
    expect(scores).toEqual(['0.2599', '0.7132', '0.2376', '0.6729', '0.2356', '0.6933']);
  });
});
