/**
 * The design that publishes per event: after every record all 101 rows are built as objects of 22
 * fields, each row's rates advanced by the time since its own last event. What the engine is
 * compared with; its numbers are not ours (it divides by gaps and goes stale).
 */
import { type Order, StraightforwardBook } from './straightforward-book.ts';

const K = 50;
const TICK_NANO = 250_000_000;
const FLOWS = ['add', 'pull', 'fill', 'rest'] as const;
const FLAG_LAST = 0x80;

type Flow = (typeof FLOWS)[number];

interface Derivatives {
  value: number;
  v: number;
  a: number;
  j: number;
}

interface Bucket extends Record<Flow, Derivatives> {
  lastTs: number;
  lastEvent: number;
}

/** A published row. */
export type PublishedRow = Record<string, number>;

const zero = (): Derivatives => ({ value: 0, v: 0, a: 0, j: 0 });

function step(d: Derivatives, value: number, dt: number): void {
  const alpha = (tau: number) => 1 - Math.exp(-dt / tau);
  const rate = (value - d.value) / dt;
  const v = alpha(2) * rate + (1 - alpha(2)) * d.v;
  const a = (alpha(5) * (v - d.v)) / dt + (1 - alpha(5)) * d.a;
  d.j = (alpha(10) * (a - d.a)) / dt + (1 - alpha(10)) * d.j;
  d.a = a;
  d.v = v;
}

/** One record in, 101 rows out. */
export class PerEventDesign {
  readonly book = new StraightforwardBook();
  private readonly buckets = new Map<number, Bucket>();
  private events = 0;

  /** Applies a record of time `ts` (s) and builds all rows. */
  apply(action: string, order: Order, ts: number): PublishedRow[] {
    this.events++;
    const before = this.book.orders.get(order.id);
    const touched = action === 'A' ? order.price : before?.price;
    const size = before?.size ?? 0;
    this.book.apply(action, order, FLAG_LAST);
    if (touched !== undefined && 'ACM'.includes(action)) {
      const left = this.book.orders.get(order.id)?.size ?? 0;
      this.touch(touched / TICK_NANO, Math.max(0, left - size), Math.max(0, size - left), ts);
    }
    return this.rows();
  }

  private touch(tick: number, added: number, pulled: number, ts: number): void {
    let bucket = this.buckets.get(tick);
    if (!bucket) {
      bucket = { add: zero(), pull: zero(), fill: zero(), rest: zero(), lastTs: ts, lastEvent: 0 };
      this.buckets.set(tick, bucket);
    }
    const dt = ts - bucket.lastTs;
    const rest = this.depthAt(tick);
    const masses = { add: added, pull: pulled, fill: 0 };
    for (const flow of ['add', 'pull', 'fill'] as const) {
      const d = bucket[flow];
      const mass = d.value * Math.exp(-dt / 30) + masses[flow];
      if (dt > 0) step(d, mass, dt);
      d.value = mass;
    }
    if (dt > 0) step(bucket.rest, rest, dt);
    bucket.rest.value = rest;
    bucket.lastTs = ts;
    bucket.lastEvent = this.events;
  }

  private depthAt(tick: number): number {
    const { levels } = this.book;
    const price = tick * TICK_NANO;
    return (levels['B']!.get(price)?.size ?? 0) + (levels['A']!.get(price)?.size ?? 0);
  }

  private rows(): PublishedRow[] {
    const bid = this.book.prices['B']!.at(-1) ?? 0;
    const ask = this.book.prices['A']!.at(-1) ?? 0;
    const spot = Math.round((bid + ask) / 2 / TICK_NANO);
    const rows: PublishedRow[] = [];
    for (let k = -K; k <= K; k++) rows.push(rowOf(k, this.buckets.get(spot + k)));
    return rows;
  }
}

function rowOf(k: number, b: Bucket | undefined): PublishedRow {
  const row: PublishedRow = { k };
  for (const flow of FLOWS) {
    const d = b?.[flow] ?? zero();
    row[`${flow}_mass`] = d.value;
    row[`v_${flow}`] = d.v;
    row[`a_${flow}`] = d.a;
    row[`j_${flow}`] = d.j;
  }
  row['pressure'] = row['v_add']! + 0.5 * Math.max(0, row['v_rest']!);
  row['vacuum'] = row['v_pull']! + 1.5 * row['v_fill']!;
  row['resistance'] = Math.log(1 + Math.max(0, row['rest_mass']!));
  row['last_event_id'] = b?.lastEvent ?? 0;
  row['cell_valid'] = 1;
  return row;
}
