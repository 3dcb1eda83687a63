import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DbnRecord, MboColumns, UNDEF_PRICE, UNDEF_TIMESTAMP } from '../../src/dbn/index.ts';
import { openDbn } from '../../src/feed/index.ts';
import { bronzeFutureMbo, MBO_REQUEST, readBronzeMbo } from '../../src/pipeline/index.ts';
import {
  ES_DAY,
  ES_IDS,
  mbo,
  ORIGIN_NS,
  taskOf,
  temporaryLake,
  writeRaw,
} from './bronze-fixture.ts';
import { MemoryIo, readerOf, type Value } from './bronze-io.ts';

async function ingest(records: readonly DbnRecord[], symbols: Record<string, number> = ES_IDS) {
  const lake = temporaryLake();
  const path = await writeRaw(lake, ES_DAY, { schema: 'mbo', records, symbols });
  const io = new MemoryIo();
  const report = await bronzeFutureMbo.run(taskOf(lake, 'future_mbo', 'ES'), io);
  return { io, report, path };
}

/** What a row must say of a record, written out. */
function expectedRow(r: DbnRecord, symbol: string): Record<string, Value> {
  return {
    ts_recv: BigInt.asIntN(64, r['ts_recv'] as bigint),
    size: r['size'] as number,
    ts_event: BigInt.asIntN(64, r.ts_event),
    channel_id: r['channel_id'] as number,
    rtype: 160,
    order_id: r['order_id'] as bigint,
    publisher_id: r.publisher_id,
    flags: r['flags'] as number,
    instrument_id: r.instrument_id,
    ts_in_delta: r['ts_in_delta'] as number,
    action: r['action'] as string,
    sequence: r['sequence'] as number,
    side: r['side'] as string,
    symbol,
    price: r['price'] === UNDEF_PRICE ? null : (r['price'] as bigint),
  };
}

const anyTime = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  fc.bigInt({ min: ORIGIN_NS, max: ORIGIN_NS + 86_400_000_000_000n }),
  fc.constant(UNDEF_TIMESTAMP),
);
const anyPrice = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constant(UNDEF_PRICE),
  fc.constant(0n),
);
const anyRecord = fc.record({
  instrument_id: fc.constantFrom(1, 1, 1, 2, 4),
  publisher_id: fc.nat(65_535),
  ts_event: anyTime,
  ts_recv: anyTime,
  order_id: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  price: anyPrice,
  size: fc.nat({ max: 0xffffffff }),
  flags: fc.nat(255),
  channel_id: fc.nat(255),
  action: fc.constantFrom(...'ACMRTFN'),
  side: fc.constantFrom(...'ABN'),
  ts_in_delta: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  sequence: fc.nat({ max: 0xffffffff }),
});

describe('bronze_ingest_future_mbo', () => {
  it('writes a partition a contract and counts what it leaves out', async () => {
    const ids = [1, 1, 2, 3, 1, 4, 5, 2, 9, 1];
    const records = ids.map((id, i) => mbo(id, i * 10, { sequence: i }));
    const { io, report, path } = await ingest(records);
    expect(io.partitions.map((p) => p.ref.symbol)).toEqual(['ESH6', 'ESM6']);
    expect(io.of('ESH6').rows.map((r) => r['sequence'])).toEqual([0, 1, 4, 9]);
    expect(io.of('ESM6').rows.map((r) => r['sequence'])).toEqual([2, 7]);
    expect(io.raw).toEqual([{ path, role: 'records' }]);
    expect(report.rowsRead).toBe(10);
    const counters = {
      spread_records: 1,
      user_defined_records: 1,
      other_product_records: 1,
      unmapped_records: 1,
      not_0dte_records: 0,
    };
    expect(report.counters).toMatchObject(counters);
    for (const { counters: told } of io.partitions) expect(told).toMatchObject(counters);
    expect(io.progressed.at(-1)).toBe(1);
  });

  it('says of every record what the record says, in the order of the file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord, { minLength: 1, maxLength: 60 }), async (drawn) => {
        const records = [mbo(1, 0), ...drawn.map((d) => mbo(d.instrument_id, 0, d))];
        const { io } = await ingest(records);
        for (const [symbol, id] of [
          ['ESH6', 1],
          ['ESM6', 2],
        ] as const) {
          const expected = records
            .filter((r) => r.instrument_id === id)
            .map((r) => expectedRow(r, symbol));
          const found = io.partitions.find((p) => p.ref.symbol === symbol)?.rows ?? [];
          expect(found).toEqual(expected);
        }
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  it.each([1, 7, 1000])('gives back what a direct decoding gives, in batches of %i', async (n) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord, { minLength: 1, maxLength: 40 }), async (drawn) => {
        const records = drawn.map((d) => mbo(1, 0, { ...d, instrument_id: 1 }));
        const { io, path } = await ingest(records);
        const read = new MboColumns(13, ORIGIN_NS);
        const rows = [...rowsOf(readBronzeMbo(readerOf(io.of('ESH6'), MBO_REQUEST, n), read))];
        const direct = await openDbn(path);
        const decoded = [...rowsOf(direct.batches(new MboColumns(64, ORIGIN_NS)))];
        direct.close();
        expect(rows).toEqual(decoded);
      }),
      { seed: 5, numRuns: 20 },
    );
  });

  it('keeps the order of the file when the clock steps back, and counts the steps', async () => {
    const records = [30, 10, 20, -5].map((at, i) => mbo(1, at, { sequence: i }));
    const { io } = await ingest(records);
    expect(io.of('ESH6').rows.map((r) => r['sequence'])).toEqual([0, 1, 2, 3]);
    expect(io.of('ESH6').counters).toMatchObject({ clock_steps: 2, outside_day: 1 });
  });

  it('keeps a clear in the middle and what follows it', async () => {
    const clear = mbo(1, 20, { action: 'R', side: 'N', price: UNDEF_PRICE, order_id: 0n });
    const { io } = await ingest([mbo(1, 10), clear, mbo(1, 30)]);
    const { rows } = io.of('ESH6');
    expect(rows.map((r) => [r['action'], r['price']])).toEqual([
      ['A', 6_000_250_000_000n],
      ['R', null],
      ['A', 6_000_250_000_000n],
    ]);
  });

  it('writes letters that mean nothing as N, and counts them', async () => {
    const { io } = await ingest([mbo(1, 10, { action: 'X', side: '?' }), mbo(1, 11)]);
    expect(io.of('ESH6').rows.map((r) => [r['action'], r['side']])).toEqual([
      ['N', 'N'],
      ['A', 'B'],
    ]);
    expect(io.of('ESH6').counters).toMatchObject({ unknown_actions: 1, unknown_sides: 1 });
  });

  it('streams more rows than a batch and more partitions than one', async () => {
    const columns = 40_000;
    const records = Array.from({ length: columns }, (_, i) =>
      mbo(i % 5 === 4 ? 2 : 1, i, { sequence: i }),
    );
    const { io } = await ingest(records);
    const sequences = (symbol: string) => io.of(symbol).rows.map((r) => r['sequence']);
    const all = Array.from({ length: columns }, (_, i) => i);
    expect(sequences('ESH6')).toEqual(all.filter((i) => i % 5 !== 4));
    expect(sequences('ESM6')).toEqual(all.filter((i) => i % 5 === 4));
    expect(io.of('ESH6').batches).toBe(2);
  });
});

function* rowsOf(batches: Iterable<MboColumns>): Generator<number[]> {
  for (const c of batches) {
    for (let i = 0; i < c.length; i++) {
      yield [
        ...[c.tsRecv[i]!, c.tsEvent[i]!, c.price[i]!, c.orderIdLo[i]!, c.orderIdHi[i]!],
        ...[c.size[i]!, c.sequence[i]!, c.instrumentId[i]!, c.tsInDelta[i]!, c.publisherId[i]!],
        ...[c.flags[i]!, c.action[i]!, c.side[i]!, c.channelId[i]!],
      ];
    }
  }
}
