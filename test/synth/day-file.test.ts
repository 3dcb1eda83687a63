import { describe, expect, it } from 'vitest';
import {
  ACTION,
  DbnDecoder,
  type DbnRecord,
  decodeRecord,
  decompressZstd,
  FLAG,
  initZstd,
  MboColumns,
  type Metadata,
  readMbo,
  SIDE,
  UNDEF_PRICE,
  zstdCompressor,
} from '../../src/dbn/index.ts';
import {
  FuturesDay,
  futuresFileName,
  futuresSpecs,
  synthesizeDefinitions,
  synthesizeFuturesDay,
  synthesizeStatistics,
} from '../../src/synth/index.ts';
import { DT, hours } from './tape.ts';

const ORIGIN = 1767571200000000000n;
const ZSTD_MAGIC = 0xfd2fb528;
const MAX_FRAME_BYTES = 8 * 1024 * 1024;

/** Decodes a whole stream to objects. */
function decode(bytes: Uint8Array): { metadata: Metadata; records: DbnRecord[] } {
  const decoder = new DbnDecoder();
  decoder.write(bytes);
  const records: DbnRecord[] = [];
  for (let run = decoder.next(); run; run = decoder.next()) {
    for (let i = 0; i < run.count; i++) records.push(decodeRecord(run, i));
  }
  expect(decoder.end().truncated).toBe(false);
  return { metadata: decoder.metadata!, records };
}

const joined = (pieces: Iterable<Uint8Array>) => new Uint8Array(Buffer.concat([...pieces]));

describe('a day file', () => {
  const options = hours(14.5, 14.51, { rate: 300, seed: 9 });
  const specs = futuresSpecs('ES', DT);

  it('says what it holds, in version 3', () => {
    const { metadata } = decode(joined(synthesizeFuturesDay(specs, options)));
    expect(metadata).toMatchObject({
      version: 3,
      dataset: 'GLBX.MDP3',
      schema: 'mbo',
      stypeIn: 'raw_symbol',
      stypeOut: 'instrument_id',
      tsOut: false,
      symbols: ['ESH6', 'ESM6', 'ESH6-ESM6'],
      start: ORIGIN + BigInt(14.5 * 3600) * 1_000_000_000n,
    });
    expect(metadata.mappings.map((m) => m.rawSymbol)).toEqual(metadata.symbols);
    for (const [i, mapping] of metadata.mappings.entries()) {
      expect(mapping.intervals).toEqual([
        { startDate: 20260105, endDate: 20260106, symbol: String(specs[i]!.instrumentId) },
      ]);
    }
  });

  it('begins with a snapshot of each instrument at the start of the window', () => {
    const { records } = decode(joined(synthesizeFuturesDay(specs, options)));
    const startNs = ORIGIN + BigInt(14.5 * 3600) * 1_000_000_000n;
    for (const spec of specs) {
      const mine = records.filter((r) => r.instrument_id === spec.instrumentId);
      const end = mine.findIndex((r) => ((r['flags'] as number) & FLAG.SNAPSHOT) === 0);
      const snapshot = mine.slice(0, end);
      expect(snapshot.length).toBeGreaterThan(200);
      expect(snapshot[0]).toMatchObject({
        action: 'R',
        side: 'N',
        flags: 40,
        price: UNDEF_PRICE,
        size: 0,
        order_id: 0n,
        ts_event: startNs,
      });
      expect(snapshot.every((r) => r['ts_recv'] === startNs && r['ts_in_delta'] === 0)).toBe(true);
      expect(snapshot.slice(1).every((r) => r['action'] === 'A' && r.ts_event < startNs)).toBe(
        true,
      );
      expect(snapshot.slice(0, -1).every((r) => r['flags'] === 40)).toBe(true);
      expect(snapshot.at(-1)!['flags']).toBe(168);
      expect(mine.slice(end).some((r) => ((r['flags'] as number) & FLAG.SNAPSHOT) !== 0)).toBe(
        false,
      );
    }
  });

  it('starts a full day with a snapshot at midnight UTC', () => {
    const day = new FuturesDay(specs.slice(0, 1), { seed: 1, dt: DT, rate: 20, signal: 0 });
    const columns = new MboColumns(1024);
    day.fill(columns);
    expect(columns.originNs).toBe(ORIGIN);
    expect(columns.tsRecv[0]).toBe(0);
    expect(columns.action[0]).toBe(ACTION.CLEAR);
    expect(columns.side[0]).toBe(SIDE.NONE);
  });

  it('is the same stream in bounded zstd frames, the header in one of its own', async () => {
    await initZstd();
    const compress = await zstdCompressor(1);
    let largest = 0;
    const pieces = [
      ...synthesizeFuturesDay(specs, {
        ...options,
        compress: (bytes) => {
          largest = Math.max(largest, bytes.length);
          return compress(bytes);
        },
      }),
    ];
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) {
      expect(new DataView(piece.buffer, piece.byteOffset).getUint32(0, true)).toBe(ZSTD_MAGIC);
    }
    expect(largest).toBeLessThanOrEqual(MAX_FRAME_BYTES);
    const raw = joined(synthesizeFuturesDay(specs, options));
    expect(Buffer.compare(joined(decompressZstd(pieces)), raw)).toBe(0);
  });

  it('has prices on the tick and the columns that its bytes decode to', () => {
    const decoder = new DbnDecoder();
    decoder.write(joined(synthesizeFuturesDay(specs, options)));
    const day = new FuturesDay(specs, options);
    const written = new MboColumns(1_000_000);
    day.fill(written);
    const read = new MboColumns(written.capacity, written.originNs);
    for (let run = decoder.next(); run; run = decoder.next()) {
      readMbo(run, 0, run.count, read, read.length);
    }
    expect(read.length).toBe(written.length);
    for (const name of ['tsRecv', 'tsEvent', 'price', 'orderIdLo', 'orderIdHi', 'size'] as const) {
      let differing = 0;
      for (let i = 0; i < read.length; i++) if (read[name][i] !== written[name][i]) differing++;
      expect(differing).toBe(0);
    }
    const ticks = new Map(specs.map((spec) => [spec.instrumentId, spec.tickSize]));
    let offGrid = 0;
    for (let i = 1; i < read.length; i++) {
      if (read.action[i] === ACTION.CLEAR || read.action[i] === ACTION.NONE) continue;
      if (read.price[i]! % ticks.get(read.instrumentId[i]!)! !== 0) offGrid++;
    }
    expect(offGrid).toBe(0);
  });

  it('refuses a weekend and text that is no date', () => {
    const at = (dt: string) => () => new FuturesDay(specs, { seed: 1, dt, rate: 10, signal: 0 });
    expect(at('2026-01-04')).toThrow(/weekdays/);
    expect(at('2026-02-30')).toThrow(/calendar date/);
    expect(at('today')).toThrow(/YYYY-MM-DD/);
  });

  it('is named as the vendor names it', () => {
    expect(futuresFileName(DT, 'mbo')).toBe('glbx-mdp3-20260105.mbo.dbn.zst');
    expect(futuresFileName(DT, 'definition', true)).toBe('glbx-mdp3-20260105.definition.dbn');
  });
});

describe('the files beside it', () => {
  it('define the contracts and both legs of the spread', () => {
    const { metadata, records } = decode(joined(synthesizeDefinitions('ES', DT)));
    expect(metadata.schema).toBe('definition');
    const names = records.map((r) => r['raw_symbol']);
    expect(names.slice(0, 4)).toEqual(['ESH6', 'ESM6', 'ESH6-ESM6', 'ESH6-ESM6']);
    expect(records[0]).toMatchObject({
      instrument_class: 'F',
      min_price_increment: 250_000_000n,
      unit_of_measure_qty: 50_000_000_000n,
      asset: 'ES',
      // 2026-03-20 09:30 New York, daylight saving time.
      expiration: 1774013400000000000n,
      ts_recv: ORIGIN,
    });
    const [near, far] = records.slice(2, 4);
    expect(near).toMatchObject({ instrument_class: 'S', leg_index: 0, leg_raw_symbol: 'ESH6' });
    expect(far).toMatchObject({ instrument_class: 'S', leg_index: 1, leg_raw_symbol: 'ESM6' });
  });

  it('give the tick value of the micro contract', () => {
    const { records } = decode(joined(synthesizeDefinitions('MNQ', DT)));
    const { min_price_increment: tick, unit_of_measure_qty: multiplier } = records[0]!;
    expect(((tick as bigint) * (multiplier as bigint)) / 1_000_000_000n).toBe(500_000_000n);
  });

  it('state settlement, open interest, volume and the range of the trades of the day', () => {
    const options = hours(14.5, 14.7, { rate: 300, seed: 2 });
    const specs = futuresSpecs('ES', DT);
    const day = new FuturesDay(specs, options);
    const columns = new MboColumns(8192);
    let high = 0;
    let low = Number.POSITIVE_INFINITY;
    let first = 0;
    while (day.fill(columns) > 0) {
      for (let i = 0; i < columns.length; i++) {
        if (columns.instrumentId[i] !== specs[0]!.instrumentId) continue;
        if (columns.action[i] !== ACTION.TRADE) continue;
        if (first === 0) first = columns.price[i]!;
        high = Math.max(high, columns.price[i]!);
        low = Math.min(low, columns.price[i]!);
      }
    }
    const file = synthesizeStatistics(day.markets, { root: 'ES', dt: DT, seed: 2 });
    const { metadata, records } = decode(joined(file));
    expect(metadata.schema).toBe('statistics');
    const front = records.filter((r) => r.instrument_id === specs[0]!.instrumentId);
    const price = (type: number) => front.find((r) => r['stat_type'] === type)!['price'];
    const quantity = (type: number) => front.find((r) => r['stat_type'] === type)!['quantity'];
    expect(price(3)).toBe(BigInt(specs[0]!.startPrice));
    expect(price(1)).toBe(BigInt(first));
    expect(price(4)).toBe(BigInt(low));
    expect(price(5)).toBe(BigInt(high));
    expect(quantity(9)).toBeGreaterThan(1_000_000n);
    expect(quantity(6)).toBeGreaterThan(1_000_000n);
    const times = records.map((r) => r['ts_recv'] as bigint);
    expect([...times].sort((a, b) => Number(a - b))).toEqual(times);
  });
});
