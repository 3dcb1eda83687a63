/**
 * A vacuum-pressure frame as docs/formulas.md states it: every rate is a sum over all flows so far.
 * The flows come from the slow book, so nothing here is shared with the engine.
 */
import type { FrameColumnName } from '../../src/wire/index.ts';
import type { Row } from '../book/records.ts';
import { SlowBook, type SlowFlow } from '../book/slow-book.ts';

const KINDS = ['add', 'pull', 'fill'] as const;
type Kind = (typeof KINDS)[number];

/**
 * Rate of flows with time constant tau (s) at `t` (ns), lots/s. What came after `t` counts as of
 * `t`.
 */
export function rate(flows: readonly { ts: number; qty: number }[], t: number, tau: number) {
  let sum = 0;
  for (const f of flows) sum += f.qty * Math.exp(-Math.max(0, t - f.ts) / 1e9 / tau);
  return sum / tau;
}

function sideOf(flows: readonly SlowFlow[], t: number) {
  const of = (kind: Kind) => {
    const some = flows.filter((f) => f.kind === kind);
    const [r2, r5, r10, r30] = [2, 5, 10, 30].map((tau) => rate(some, t, tau));
    const a = (r2 - r5) / 3;
    return { mass: 30 * r30, v: r2, a, j: (a - (r5 - r10) / 5) / 8 };
  };
  const [add, pull, fill] = KINDS.map(of);
  const rest = add.v - pull.v - fill.v;
  const pressure = add.v + 0.5 * Math.max(rest, 0) + 0.3 * Math.max(add.a, 0);
  const vacuum = pull.v + 1.5 * fill.v + 0.5 * Math.max(-rest, 0) + 0.3 * Math.max(pull.a, 0);
  return { add, pull, fill, pressure, vacuum };
}

export type SlowRow = Record<FrameColumnName, number>;

/** Lots and orders in each bucket of each side. */
function restingOf(book: SlowBook, bucket: (tick: number) => number) {
  const resting = { B: new Map<number, number[]>(), A: new Map<number, number[]>() };
  for (const side of ['B', 'A'] as const) {
    for (const { tick, qty, queue } of book.levels(side)) {
      const [lots, orders] = resting[side].get(bucket(tick)) ?? [0, 0];
      resting[side].set(bucket(tick), [lots + qty, orders + queue.length]);
    }
  }
  return resting;
}

/** All rows of the book's frame at `t`; null before a first spot. */
export function slowFrame(
  book: SlowBook,
  spotTick: number | null,
  t: number,
  bucketTicks = 1,
): SlowRow[] | null {
  if (spotTick === null) return null;
  const bucket = (tick: number) => Math.floor(tick / bucketTicks);
  const near = new Map<string, SlowFlow[]>();
  for (const f of book.flows) {
    const key = `${f.side}${bucket(f.tick)}`;
    near.set(key, [...(near.get(key) ?? []), f]);
  }
  const resting = restingOf(book, bucket);
  return Array.from({ length: 101 }, (_, r) => {
    const b = bucket(spotTick) + r - 50;
    const flows = (['B', 'A'] as const).map((s) => near.get(`${s}${b}`) ?? []);
    const [bid, ask] = flows.map((f) => sideOf(f, t));
    const [bids, asks] = (['B', 'A'] as const).map((side) => {
      const [lots, orders] = resting[side].get(b) ?? [0, 0];
      return { lots, orders };
    });
    const P = bid.pressure + ask.pressure;
    const V = bid.vacuum + ask.vacuum;
    const composite = (P - V) / (P + V + 1);
    const size = Math.abs(composite);
    const both = (of: (s: ReturnType<typeof sideOf>) => number) => of(bid) + of(ask);
    const rest = (q: 'v' | 'a' | 'j') => both((s) => s.add[q] - s.pull[q] - s.fill[q]);
    return {
      k: r - 50,
      pressure_variant: P,
      vacuum_variant: V,
      resistance_variant: Math.log(1 + bids.lots + asks.lots),
      composite,
      state5: (size > 0.5 ? 2 : size > 0.15 ? 1 : 0) * Math.sign(composite),
      add_mass: both((s) => s.add.mass),
      pull_mass: both((s) => s.pull.mass),
      fill_mass: both((s) => s.fill.mass),
      rest_depth: bids.lots + asks.lots,
      v_add: both((s) => s.add.v),
      v_pull: both((s) => s.pull.v),
      v_fill: both((s) => s.fill.v),
      v_rest_depth: rest('v'),
      a_add: both((s) => s.add.a),
      a_pull: both((s) => s.pull.a),
      a_fill: both((s) => s.fill.a),
      a_rest_depth: rest('a'),
      j_add: both((s) => s.add.j),
      j_pull: both((s) => s.pull.j),
      j_fill: both((s) => s.fill.j),
      j_rest_depth: rest('j'),
      last_event_id: Math.max(
        0,
        ...flows.flat().flatMap((f) => (f.kind === 'hidden' ? [] : [f.event])),
      ),
      bid_depth: bids.lots,
      ask_depth: asks.lots,
      bid_pressure: bid.pressure,
      ask_pressure: ask.pressure,
      bid_vacuum: bid.vacuum,
      ask_vacuum: ask.vacuum,
      bid_orders: bids.orders,
      ask_orders: asks.orders,
    };
  });
}

/** A frame of the slow engine: rows at grid time `t`. */
export interface SlowEmission {
  t: number;
  rows: SlowRow[] | null;
  spotTick: number | null;
  events: number;
}

/**
 * Every frame of a stream by the rule: at t, before the first row whose clock reaches it, with no
 * event open.
 */
export function slowFrames(
  stream: readonly Row[],
  tickSize: number,
  stepNs: number,
  bucketTicks = 1,
): SlowEmission[] {
  const book = new SlowBook(tickSize);
  const frames: SlowEmission[] = [];
  let spotTick: number | null = null;
  let seen = 0;
  let next = Number.NaN;
  const look = () => {
    if (book.eventOpen || book.events === seen) return;
    seen = book.events;
    const [bid, ask] = [book.levels('B')[0], book.levels('A')[0]];
    if (bid && ask) spotTick = Math.floor((bid.tick + ask.tick + 1) / 2);
  };
  const emit = () => {
    const rows = slowFrame(book, spotTick, next, bucketTicks);
    frames.push({ t: next, rows, spotTick, events: book.events });
    next += stepNs;
  };
  for (const row of stream) {
    const valid = row.ts <= 2 ** 53;
    const clock = valid ? Math.max(book.now, row.ts) : book.now;
    if (book.eventOpen && clock - book.openedAt > 1e9) {
      book.close();
      look();
    }
    if (Number.isNaN(next) && clock > -Infinity) next = (Math.floor(clock / stepNs) + 1) * stepNs;
    while (!book.eventOpen && clock >= next) emit();
    book.apply(row);
    look();
  }
  if (book.eventOpen) book.close();
  look();
  while (next - stepNs <= book.now) emit();
  return frames;
}
