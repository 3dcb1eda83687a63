/** `microstructure_1s` row by row, as obviously as it can be written. */
import { OrderBook } from '../../src/book/index.ts';
import { LAST, type Row, toColumns } from '../book/records.ts';
import { slowMicroPrice, type Transition } from '../features/slow-micro-price.ts';
import { ES, type MicroRow, type MicroRun, QUICK, secondsOf } from './microstructure-run.ts';

type Level = [tick: number, lots: number];

/** The book at the end of an event. */
interface State {
  at: number;
  /** How often it had been emptied or was begun anew. */
  restarts: number;
  bids: Level[];
  asks: Level[];
}

function statesOf(rows: Row[], tickSize: number): State[] {
  const book = new OrderBook({ tickSize });
  const columns = toColumns(rows);
  const states: State[] = [];
  const best = (side: 0 | 1): Level[] => {
    const { tick, qty } = book.levels(side);
    return Array.from(tick.slice(0, 10), (t, m): Level => [t, qty[m]!]);
  };
  rows.forEach((row, i) => {
    book.applyBatch(columns, i, i + 1);
    if ((row.flags & LAST) === 0) return;
    const { clears, snapshots } = book.counters;
    states.push({ at: book.now, restarts: clears + snapshots, bids: best(0), asks: best(1) });
  });
  return states;
}

const same = (a: State, b: State) =>
  JSON.stringify([a.bids, a.asks]) === JSON.stringify([b.bids, b.asks]);
const sameTouch = (a: State, b: State) =>
  JSON.stringify([a.bids[0], a.asks[0]]) === JSON.stringify([b.bids[0], b.asks[0]]);

function flowAt(m: number, old: State, now: State): number {
  const [pb0, qb0] = old.bids[m] ?? [-Infinity, 0];
  const [pb, qb] = now.bids[m] ?? [-Infinity, 0];
  const [pa0, qa0] = old.asks[m] ?? [Infinity, 0];
  const [pa, qa] = now.asks[m] ?? [Infinity, 0];
  let e = (pb >= pb0 ? qb : 0) - (pb <= pb0 ? qb0 : 0);
  e -= (pa <= pa0 ? qa : 0) - (pa >= pa0 ? qa0 : 0);
  return e;
}

const RANKS = Array.from({ length: 10 }, (_, m) => m);
const sumOf = (values: number[]) => values.reduce((a, b) => a + b, 0);

/** Flow and mean depth of a window; null where the book was not whole all the time. */
function flowOf(states: State[], fromNs: number, endNs: number) {
  const inside = states.filter((s) => s.at >= fromNs && s.at < endNs);
  const before = states.filter((s) => s.at < fromNs).at(-1);
  const broken = inside.some((s) => s.restarts !== before?.restarts);
  if (!before || broken) return null;
  const path = [before, ...inside];
  const changes = path.filter((s, i) => i === 0 || !same(path[i - 1]!, s));
  const depths = changes.map((s) => sumOf([...s.bids, ...s.asks].map(([, lots]) => lots)));
  const touches = changes.map((s) => (s.bids[0]?.[1] ?? 0) + (s.asks[0]?.[1] ?? 0));
  return {
    flows: RANKS.map((m) => sumOf(path.slice(1).map((s, i) => flowAt(m, path[i]!, s)))),
    meanDepth: sumOf(depths) / depths.length / 20,
    meanTouch: sumOf(touches) / touches.length / 2,
  };
}

/** Transitions of the touch that ended before `endNs`. */
function transitionsOf(states: State[], endNs: number): Transition[] {
  const found: Transition[] = [];
  const known = states.filter((s) => s.at < endNs);
  const touchOf = ({ bids, asks }: State) => {
    if (bids.length === 0 || asks.length === 0) return null;
    const [[bid, b], [ask, a]] = [bids[0]!, asks[0]!];
    const spread = ask - bid;
    if (spread < 1 || spread > 4) return null;
    return { mid: bid + ask, state: { imbalance: (b - a) / (b + a), spread } };
  };
  let last: ReturnType<typeof touchOf> = null;
  known.forEach((now, i) => {
    const old = known[i - 1];
    const fresh = old?.restarts !== now.restarts;
    if (!fresh && sameTouch(old!, now)) return;
    const touch = touchOf(now);
    if (touch && last && !fresh && Math.abs(touch.mid - last.mid) <= 2) {
      found.push({ from: last.state, to: touch.state, moved: touch.mid - last.mid });
    }
    last = touch;
  });
  return found;
}

/** First principal component by repeated squaring of the covariance. */
function principal(rows: number[][]): number[] {
  const means = RANKS.map((m) => sumOf(rows.map((r) => r[m]!)) / rows.length);
  let c = RANKS.map((i) =>
    RANKS.map((j) => sumOf(rows.map((r) => (r[i]! - means[i]!) * (r[j]! - means[j]!)))),
  );
  for (let k = 0; k < 40; k++) {
    const largest = Math.max(...c.flat().map(Math.abs));
    const unit = c.map((row) => row.map((v) => v / largest));
    c = unit.map((row) => RANKS.map((j) => sumOf(RANKS.map((i) => row[i]! * unit[i]![j]!))));
  }
  const column = RANKS.map((j) => Math.hypot(...RANKS.map((i) => c[i]![j]!)));
  const v = c.map((row) => row[column.indexOf(Math.max(...column))]!);
  const size = sumOf(v.map(Math.abs)) * Math.sign(sumOf(v));
  return v.map((w) => w / size);
}

/** The rows, less the net edge. */
export function slowMicrostructure(rows: Row[], run: MicroRun): MicroRow[] {
  const { product = ES, constants = QUICK } = run;
  const states = statesOf(rows, product.tickSizeInt);
  const refitNs = constants.refit_seconds * 1e9;
  const vectors: number[][] = [];
  let weights: number[] | null = null;
  let price: ReturnType<typeof slowMicroPrice> | null = null;
  const refit = (endNs: number) => {
    const seen = transitionsOf(states, endNs);
    const moves = seen.filter((t) => t.moved !== 0).length;
    const enough = seen.length >= constants.micro_price_transitions;
    if (enough && moves >= constants.micro_price_moves) {
      price = slowMicroPrice(seen, constants.micro_price_visits);
    }
    if (vectors.length >= constants.integrated_windows) weights = principal(vectors);
  };
  let before = Number.NaN;
  return secondsOf(rows, run).map((second) => {
    const { end, bid, ask, valid, bidQty, askQty, buy, sell } = second;
    if (end - 1e9 !== before) refit(end - 1e9);
    before = end;
    const tick = product.tickSizeInt;
    const spread = bid === null || ask === null || !valid ? null : (ask - bid) / tick;
    const imbalance = spread === null || spread <= 0 ? null : (bidQty - askQty) / (bidQty + askQty);
    const flow = flowOf(states, end - 1e9, end);
    const vector = flow && flow.meanDepth > 0 ? flow.flows.map((e) => e / flow.meanDepth) : null;
    const integrated = weights && vector ? sumOf(vector.map((e, m) => e * weights![m]!)) : null;
    const told = (m: number) => (flow ? flow.flows[m]! + 0 : null);
    const row: MicroRow = {
      window_end_ts_ns: end,
      spread_ticks: spread,
      queue_imbalance: imbalance,
      weighted_mid_edge: imbalance === null ? null : (spread! / 2) * imbalance,
      micro_price_edge: imbalance === null || !price ? null : price(imbalance, spread!),
      ofi: told(0),
      ...Object.fromEntries(RANKS.map((m) => [`ofi_${String(m + 1).padStart(2, '0')}`, told(m)])),
      ofi_10_normalised: vector && sumOf(vector),
      ofi_integrated: integrated,
      touch_depth_mean: flow?.meanTouch ?? null,
      trade_imbalance: buy - sell,
      trade_imbalance_share: buy + sell > 0 ? (buy - sell) / (buy + sell) : null,
    };
    if (vector) vectors.push(vector);
    if (end % refitNs === 0) refit(end);
    return row;
  });
}
