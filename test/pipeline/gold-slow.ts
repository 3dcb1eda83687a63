/** Gold straight from silver's rows: cells by definition, fields by `SlowSeries`. Slow. */
import { absentValueOf } from '../../src/features/index.ts';
import type { Product } from '../../src/lake/index.ts';
import { type SlowCell, SlowSeries } from '../features/slow-surface.ts';
import type { FlowRow, GoldRow, SilverSecond } from './gold-silver.ts';

const KERNELS = { near: [6, 16] as [number, number], far: [24, 64] as [number, number] };

function sumInto(cells: Map<number, SlowCell>, cell: number, row: FlowRow): void {
  const sum = cells.get(cell) ?? { add: 0, pull: 0, fill: 0, start: 0, end: 0, rest: 0 };
  cells.set(cell, {
    add: sum.add + row.add,
    pull: sum.pull + row.pull,
    fill: sum.fill + row.fill,
    start: sum.start + row.start,
    end: sum.end + row.end,
    rest: sum.rest + row.rest,
  });
}

/**
 * Rows of futures or equities, dense: every cell of every second and side.
 * @param wanted seconds whose rows are given; all when not said.
 */
export function slowPriceGold(
  seconds: readonly SilverSecond[],
  product: Product,
  wanted: (second: SilverSecond) => boolean = () => true,
): GoldRow[] {
  const { tickSizeInt: tick, bucketTicks, gridMaxTicks } = product;
  const sides = [new SlowSeries(KERNELS, false), new SlowSeries(KERNELS, true)];
  const bucketOf = (price: number) => Math.floor(price / (tick * bucketTicks));
  const stored = gridMaxTicks + 64 * bucketTicks;
  return seconds.flatMap((second) => {
    const spot = second.spot ?? 0;
    const centre = bucketOf(spot);
    // Buckets all of whose ticks silver stores.
    const whole = (bucket: number) =>
      Array.from({ length: bucketTicks }, (_, i) => (bucket * bucketTicks + i) * tick - spot).every(
        (distance) => Math.abs(distance) <= stored * tick,
      );
    const reach = Math.ceil(stored / bucketTicks) + 1;
    const buckets = Array.from({ length: 2 * reach + 1 }, (_, i) => centre - reach + i);
    const seen = second.spot === null ? [0, -1] : buckets.filter(whole);
    const emitted = buckets.filter((b) => Math.abs(b - centre) * bucketTicks <= gridMaxTicks);
    return sides.flatMap((series, side) => {
      const cells = new Map<number, SlowCell>();
      for (const row of second.rows) {
        if (row.side === side) sumInto(cells, bucketOf(row.price), row);
      }
      const given = second.spot !== null && wanted(second);
      const [from, to] = given ? [emitted[0]!, emitted.at(-1)!] : [0, -1];
      const state = { low: seen[0]!, high: seen.at(-1)!, cells };
      const best = side === 0 ? second.bestAsk : second.bestBid;
      return [...series.step(state, from, to)].map(([bucket, fields]) => {
        const away = best === null || best === undefined ? 0 : bucket - bucketOf(best);
        return {
          window_end_ts_ns: second.end * 1e9,
          event_ts_ns: second.end * 1e9,
          spot_ref_price_int: spot,
          price_int: bucket * bucketTicks * tick,
          rel_ticks: (bucket - centre) * bucketTicks,
          rel_ticks_side: (side === 0 ? away : -away) * bucketTicks,
          side,
          ...fields,
        };
      });
    });
  });
}

/** The published name of a field of options. */
export function optionName(field: string): string {
  const renamed = field.replace(/^(d2?u)_/, '$1_opt_').replace(/^(u|Omega)_(?!opt)/, '$1_opt_');
  if (renamed !== field) return renamed;
  return /intensity|velocity/.test(field) ? field : `${field}_opt`;
}

/** Rows of options, dense: every listed strike of every second, right and side. */
export function slowStrikeGold(seconds: readonly SilverSecond[], product: Product): GoldRow[] {
  const tick = product.tickSizeInt;
  const step = product.strikeStepInt / (tick * product.bucketTicks);
  const kernel = (sigma: number, half: number): [number, number] => [
    Math.max(1, sigma / step),
    Math.max(1, Math.round(half / step)),
  ];
  const kernels = { near: kernel(6, 16), far: kernel(24, 64) };
  const series = [0, 1, 2, 3].map((s) => new SlowSeries(kernels, s % 2 === 1));
  const all = seconds.flatMap((second) => second.listed!.map(({ strike }) => strike));
  const strikes = [...new Set(all)].sort((a, b) => a - b);
  return seconds.flatMap((second) => {
    const places = second.listed!.map(({ strike }) => strikes.indexOf(strike));
    const [low, high] = [Math.min(...places), Math.max(...places)];
    return series.flatMap((one, s) => {
      const [right, side] = [Math.floor(s / 2), s % 2];
      const cells = new Map<number, SlowCell>();
      for (const row of second.rows) {
        if (row.side !== side || row.right !== right) continue;
        sumInto(cells, strikes.indexOf(row.price), row);
      }
      return [...one.step({ low, high, cells }, low, high)].map(([place, fields]) => ({
        window_end_ts_ns: second.end * 1e9,
        event_ts_ns: second.end * 1e9,
        spot_ref_price_int: second.spot!,
        strike_price_int: strikes[place]!,
        strike_points: strikes[place]! / 1e9,
        rel_ticks: (strikes[place]! - second.spot!) / tick,
        right,
        side,
        ...Object.fromEntries(Object.entries(fields).map(([k, v]) => [optionName(k), v])),
      }));
    });
  });
}

const KEYS = /^(window_end_ts_ns|event_ts_ns|.*price_int|strike_points|rel_ticks.*|right|side)$/;

const keyOf = (row: GoldRow) =>
  [row['window_end_ts_ns'], row['right'], row['side'], row['price_int'] ?? row['strike_price_int']]
    .map(String)
    .join();

/**
 * How published rows differ from dense ones: keys at all, fields by more than 1e-6, rows that are
 * absent though something is in them, rows too many.
 */
export function differences(published: GoldRow[], dense: GoldRow[]): object[] {
  const found: object[] = [];
  const left = new Map(published.map((row) => [keyOf(row), row]));
  if (left.size !== published.length) found.push({ twice: published.length - left.size });
  for (const wanted of dense) {
    const key = keyOf(wanted);
    const row = left.get(key);
    left.delete(key);
    for (const [name, value] of Object.entries(wanted)) {
      const isKey = KEYS.test(name);
      if (isKey && row === undefined) continue;
      const got = row === undefined ? absentValueOf(name) : row[name]!;
      const allowed = isKey ? 0 : 1e-6 * Math.max(1, Math.abs(value));
      if (!(Math.abs(got - value) <= allowed)) found.push({ key, name, got, value });
    }
  }
  return [...found, ...[...left.keys()].map((key) => ({ key, tooMany: true }))];
}
