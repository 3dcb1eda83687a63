import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ColumnRequest,
  dateToUnixNs,
  loadContract,
  loadProducts,
  type PartitionRef,
  productOf,
  type TableBatch,
  type TableReader,
} from '../../src/lake/index.ts';
import { goldFutureOptionMicrostructure } from '../../src/pipeline/gold/microstructure-options.ts';
import type { Counters, StageIo } from '../../src/pipeline/index.ts';

const DT = '2026-01-05';
const ES = productOf(loadProducts(), 'ES');
const GOLD = {
  layer: 'gold',
  productType: 'future_option_mbo',
  table: 'microstructure_1s',
} as const;

/** A row of silver: prices in ticks, null where there is no quote. */
interface Quote {
  end: number;
  id: number;
  right: 0 | 1;
  bid: number | null;
  bidLots: number;
  ask: number | null;
  askLots: number;
  valid: boolean;
  buy: number;
  sell: number;
}

type Named = Record<string, number | null>;

const silverRow = (q: Quote): Named => ({
  window_end_ts_ns: q.end * 1e9,
  instrument_id: q.id,
  right: q.right,
  bid_price_int: q.bid === null ? null : q.bid * 1e7,
  bid_qty: q.bid === null ? 0 : q.bidLots,
  ask_price_int: q.ask === null ? null : q.ask * 1e7,
  ask_qty: q.ask === null ? 0 : q.askLots,
  book_valid: q.valid ? 1 : 0,
  crossed: q.bid !== null && q.ask !== null && q.bid >= q.ask ? 1 : 0,
  buy_volume: q.buy,
  sell_volume: q.sell,
});

function readerOf(rows: Named[], requests: readonly ColumnRequest[], size: number): TableReader {
  let at = 0;
  const next = () => {
    const part = rows.slice(at, at + size);
    at += part.length;
    if (part.length === 0) return null;
    const cells = requests.map(({ name }) => part.map((row) => row[name]!));
    return {
      rows: part.length,
      columns: cells.map((values) => Float64Array.from(values, (v) => v ?? 0)),
      high: requests.map(() => null),
      nulls: cells.map((values) => Uint8Array.from(values, (v) => (v === null ? 1 : 0))),
      texts: requests.map(() => null),
    };
  };
  return { totalRows: rows.length, counters: {}, next, close: () => {} };
}

/** The table of these quotes, absent values as null; times are seconds of the day. */
async function run(quotes: Quote[], batch = 1000) {
  const { fields } = loadContract(GOLD);
  const out: Named[] = [];
  const rows = quotes.map(silverRow);
  const io: StageIo = {
    open: async (_ref, columns) => {
      expect(columns[0]?.origin).toBe(dateToUnixNs(DT));
      return readerOf(rows, columns, batch);
    },
    noteRaw: async () => {},
    publish: async (ref: PartitionRef, batches: Iterable<TableBatch>, counters: () => Counters) => {
      for (const { rows: count, columns, nulls, bias } of batches) {
        expect(columns).toHaveLength(fields.length);
        expect(bias?.[0]).toBe(dateToUnixNs(DT));
        for (let i = 0; i < count; i++) {
          const cells = fields.map(({ name, nullable }, k) => {
            const absent = nulls?.[k]?.[i] === 1;
            expect(absent && !nullable, name).toBe(false);
            return [name, absent ? null : (columns[k] as Float64Array)[i]!];
          });
          out.push(Object.fromEntries(cells) as Named);
        }
      }
      expect(Object.values(counters()).every((n) => n >= 0)).toBe(true);
      return { ref, rows: out.length, bytes: 0, sha256: '' };
    },
    progress: () => {},
  };
  const task = { lake: '', productType: GOLD.productType, symbol: 'ESH6', dt: DT, product: ES };
  const report = await goldFutureOptionMicrostructure.run({ ...task, session: 'regular' }, io);
  expect(report.rowsRead).toBe(quotes.length);
  return { rows: out, counters: report.counters };
}

function slowRows(quotes: Quote[]): Named[] {
  const sum = (list: Quote[], of: (q: Quote) => number) => list.reduce((n, q) => n + of(q), 0);
  const ratio = (a: number, b: number) => (a + b > 0 ? (a - b) / (a + b) : null);
  return [...new Set(quotes.map((q) => q.end))].flatMap((end) =>
    ([0, 1] as const).flatMap((right): Named[] => {
      const all = quotes.filter((q) => q.end === end && q.right === right);
      if (all.length === 0) return [];
      const before = (q: Quote) => quotes.find((o) => o.id === q.id && o.end === end - 1);
      const compared = all.filter((q) => q.valid && before(q)?.valid);
      const quoted = all.filter(
        (q) => q.valid && q.bid !== null && q.ask !== null && q.bid < q.ask,
      );
      const flow = sum(compared, (q) => {
        const o = before(q)!;
        const [b0, b] = [o.bid ?? -Infinity, q.bid ?? -Infinity];
        const [a0, a] = [o.ask ?? Infinity, q.ask ?? Infinity];
        const lots = (price: number, n: number) => (Number.isFinite(price) ? n : 0);
        let e = (b >= b0 ? lots(b, q.bidLots) : 0) - (b <= b0 ? lots(b0, o.bidLots) : 0);
        e -= (a <= a0 ? lots(a, q.askLots) : 0) - (a >= a0 ? lots(a0, o.askLots) : 0);
        return e;
      });
      const [buy, sell] = [sum(all, (q) => q.buy), sum(all, (q) => q.sell)];
      const queues = ratio(
        sum(quoted, (q) => q.bidLots),
        sum(quoted, (q) => q.askLots),
      );
      return [
        {
          window_end_ts_ns: end * 1e9,
          right,
          instruments_quoted: quoted.length,
          queue_imbalance: quoted.length > 0 ? queues : null,
          instruments_compared: compared.length,
          ofi_sampled: compared.length > 0 ? flow : null,
          trade_imbalance: buy - sell,
          trade_imbalance_share: ratio(buy, sell),
        },
      ];
    }),
  );
}

const quote = fc.record({
  id: fc.integer({ min: 1, max: 6 }),
  bid: fc.option(fc.integer({ min: 5, max: 9 })),
  bidLots: fc.integer({ min: 1, max: 30 }),
  ask: fc.option(fc.integer({ min: 8, max: 12 })),
  askLots: fc.integer({ min: 1, max: 30 }),
  valid: fc.integer({ min: 0, max: 5 }).map((n) => n > 0),
  buy: fc.integer({ min: 0, max: 4 }),
  sell: fc.integer({ min: 0, max: 4 }),
});
const seconds = fc
  .array(fc.tuple(fc.constantFrom(1, 1, 1, 5), fc.uniqueArray(quote, { selector: (q) => q.id })), {
    maxLength: 12,
  })
  .map((list) => {
    let end = 100;
    return list.flatMap(([wait, quotes]) => {
      end += wait;
      const right = (id: number) => (id % 2) as 0 | 1;
      return quotes
        .sort((a, b) => a.id - b.id)
        .map((q): Quote => ({ ...q, end, right: right(q.id) }));
    });
  });

describe('microstructure of options', () => {
  it('equals the slow model, whatever the batches', async () => {
    const property = fc.asyncProperty(seconds, fc.integer({ min: 1, max: 9 }), async (list, n) => {
      const { rows, counters } = await run(list, n);
      expect(rows).toEqual(slowRows(list));
      expect(counters['rows_without_flow']).toBe(
        rows.filter((r) => r['ofi_sampled'] === null).length,
      );
      expect(counters['rows_without_quote']).toBe(
        rows.filter((r) => r['queue_imbalance'] === null).length,
      );
    });
    await fc.assert(property, { seed: 51, numRuns: 150 });
  });

  it('of the mirrored market is the opposite', async () => {
    const flip = (q: Quote): Quote => ({
      ...q,
      bid: q.ask === null ? null : 20 - q.ask,
      ask: q.bid === null ? null : 20 - q.bid,
      bidLots: q.askLots,
      askLots: q.bidLots,
      buy: q.sell,
      sell: q.buy,
    });
    const signed = ['queue_imbalance', 'ofi_sampled', 'trade_imbalance', 'trade_imbalance_share'];
    const property = fc.asyncProperty(seconds, async (list) => {
      const there = (await run(list)).rows;
      const back = (await run(list.map(flip))).rows;
      const opposite = there.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) =>
            signed.includes(name) && value !== null ? [name, 0 - value] : [name, value],
          ),
        ),
      );
      expect(back).toEqual(opposite);
    });
    await fc.assert(property, { seed: 52, numRuns: 60 });
  });

  it('by hand: an option that leaves the window is not compared when it is back', async () => {
    const base = { id: 7, right: 0, valid: true, buy: 0, sell: 0 } as const;
    const touch = { bid: 9, bidLots: 10, ask: 10, askLots: 4 };
    const list: Quote[] = [
      { ...base, ...touch, end: 1 },
      { ...base, ...touch, bidLots: 16, end: 2, buy: 3, sell: 1 },
      { ...base, ...touch, bid: 8, end: 9 },
    ];
    const { rows } = await run(list);
    expect(rows.map((r) => r['ofi_sampled'])).toEqual([null, 6, null]);
    expect(rows.map((r) => r['queue_imbalance'])).toEqual([6 / 14, 12 / 20, 6 / 14]);
    expect(rows.map((r) => r['trade_imbalance'])).toEqual([0, 2, 0]);
    expect(rows.map((r) => r['trade_imbalance_share'])).toEqual([null, 0.5, null]);
  });
});
