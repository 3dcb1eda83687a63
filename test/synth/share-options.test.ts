import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DbnRecord, type LevelObject, UNDEF_PRICE } from '../../src/dbn/index.ts';
import {
  listedShareOptions,
  OPRA_DATASET,
  type OrderDayOptions,
  ShareOptionDay,
  synthesizeOptionStatistics,
  synthesizePath,
  synthesizeShareDefinitions,
  synthesizeShareOptionDefinitions,
} from '../../src/synth/index.ts';
import { objectsOf } from './dbn-objects.ts';
import { DT, hours } from './tape.ts';

const ORIGIN = 1767571200000000000n;
const CENT = 10_000_000n;

function shareOptions(options: OrderDayOptions): ShareOptionDay {
  return new ShareOptionDay('QQQ', synthesizePath('ES', options), options);
}

const levelOf = (record: DbnRecord) => record.levels![0] as LevelObject & Record<string, bigint>;

/** Reads an OSI symbol field by field. */
function parseOsi(symbol: string) {
  const m = /^(.{6})(\d{2})(\d{2})(\d{2})([CP])(\d{8})$/.exec(symbol)!;
  return {
    root: m[1]!.trimEnd(),
    expiry: `20${m[2]}-${m[3]}-${m[4]}`,
    right: m[5],
    strike: BigInt(m[6]!) * 1_000_000n,
  };
}

describe('options on the synthetic share', () => {
  const options = hours(15, 15.06, { rate: 400, seed: 5 });
  let day: ShareOptionDay;
  let records: DbnRecord[];

  beforeAll(() => {
    day = shareOptions(options);
    const file = objectsOf(day.pieces());
    expect(file.metadata).toMatchObject({ dataset: 'OPRA.PILLAR', schema: 'cmbp-1', version: 3 });
    expect(file.metadata.symbols).toEqual(day.quoted.map(({ symbol }) => symbol));
    records = file.records;
  });

  it('are consolidated quotes and trades in order, never crossed, on the cent', () => {
    const wrong = { header: 0, clock: 0, crossed: 0, price: 0, venue: 0 };
    let last = 0n;
    for (const record of records) {
      const { rtype, publisher_id, ts_event } = record;
      if (rtype !== 177 || publisher_id !== 30 || record['flags'] !== 194) wrong.header++;
      const recv = record['ts_recv'] as bigint;
      if (recv < last || recv <= ts_event) wrong.clock++;
      last = recv;
      const { bid_px, ask_px, bid_sz, ask_sz, bid_pb, ask_pb } = levelOf(record);
      if (Number(ask_sz) > 0 && Number(bid_sz) > 0 && ask_px! <= bid_px!) wrong.crossed++;
      for (const [price, size, venue] of [
        [bid_px!, Number(bid_sz), Number(bid_pb)],
        [ask_px!, Number(ask_sz), Number(ask_pb)],
      ] as const) {
        if (size === 0 ? price !== UNDEF_PRICE : price % CENT !== 0n) wrong.price++;
        if (size === 0 ? venue !== 0 : venue < 20 || venue > 38) wrong.venue++;
      }
    }
    expect(wrong).toEqual({ header: 0, clock: 0, crossed: 0, price: 0, venue: 0 });
    expect(records[0]!['ts_recv']).toBeGreaterThan(ORIGIN + 15n * 3_600_000_000_000n);
    expect(records.length).toBeGreaterThan(20_000);
  });

  it('trade at the bid, the ask or between, and what was hit shrinks or goes', () => {
    const quote = new Map<number, LevelObject>();
    const wrong = { beside: 0, outside: 0, notFollowed: 0, notShrunk: 0, quotePrice: 0 };
    let inside = 0;
    let trades = 0;
    for (const [i, record] of records.entries()) {
      const level = levelOf(record);
      const before = quote.get(record.instrument_id);
      quote.set(record.instrument_id, level);
      const price = record['price'] as bigint;
      if (record['action'] !== 'T') {
        if (record['action'] !== 'A' || price !== UNDEF_PRICE) wrong.quotePrice++;
        continue;
      }
      trades++;
      const same = before && Object.keys(level).every((key) => level[key] === before[key]);
      if (!same) wrong.beside++;
      if (price !== level['bid_px'] && price !== level['ask_px']) {
        inside++;
        if (price < level['bid_px']! || price > level['ask_px']!) wrong.outside++;
        continue;
      }
      const after = records[i + 1];
      if (after?.instrument_id !== record.instrument_id) {
        wrong.notFollowed++;
        continue;
      }
      const side = price === level['bid_px'] ? 'bid' : 'ask';
      const left = Number(level[`${side}_sz`]) - Number(record['size']);
      const now = levelOf(after);
      const ok = left > 0 ? Number(now[`${side}_sz`]) === left : now[`${side}_px`] !== price;
      if (!ok) wrong.notShrunk++;
    }
    expect(wrong).toEqual({ beside: 0, outside: 0, notFollowed: 0, notShrunk: 0, quotePrice: 0 });
    expect(trades).toBeGreaterThan(200);
    expect(inside).toBeGreaterThan(10);
  });

  it('are worth less the higher the strike of a call, more the higher that of a put', () => {
    const last = new Map(records.map((r) => [r.instrument_id, levelOf(r)]));
    const today = listedShareOptions('QQQ', DT).today.contracts;
    expect(today).toHaveLength(122);
    for (const right of ['C', 'P']) {
      const asks = today
        .filter((option) => option.right === right)
        .map(({ instrumentId }) => Number(last.get(instrumentId)!['ask_px']) / 1e7);
      const steps = asks
        .slice(1)
        .map((ask, i) => (right === 'C' ? asks[i]! - ask : ask - asks[i]!));
      expect(Math.min(...steps)).toBeGreaterThan(-4);
      expect(asks[right === 'C' ? 0 : 60]!).toBeGreaterThan(2000);
      expect(asks[right === 'C' ? 60 : 0]!).toBeLessThan(5);
    }
  });

  it('are named as OSI says and defined as OPRA defines them', () => {
    const { records: definitions, metadata } = objectsOf(
      synthesizeShareOptionDefinitions('QQQ', DT),
    );
    expect(metadata.schema).toBe('definition');
    const known = new Map(definitions.map((r) => [r.instrument_id, r]));
    for (const { instrumentId, symbol, right, strike } of day.quoted) {
      const record = known.get(instrumentId)!;
      const { root, expiry, ...parsed } = parseOsi(symbol);
      expect(root).toBe('QQQ');
      expect(parsed).toEqual({ right, strike: BigInt(strike) });
      expect(record).toMatchObject({
        raw_symbol: symbol,
        instrument_class: right,
        strike_price: BigInt(strike),
        expiration: BigInt(Date.parse(`${expiry}T00:00:00Z`)) * 1_000_000n,
        underlying: 'QQQ',
        asset: 'QQQ',
        publisher_id: 30,
      });
    }
    const today = day.quoted.filter(({ symbol }) => symbol.startsWith('QQQ   260105'));
    expect(today).toHaveLength(122);
    expect(day.quoted.length).toBeGreaterThan(122);
  });

  it('are quoted from 09:30 to 16:00 New York, and then no more', () => {
    const late = shareOptions(hours(20.99, 24, { rate: 50, seed: 1 }));
    const file = objectsOf(late.pieces()).records;
    const last = new Map(file.map((r) => [r.instrument_id, levelOf(r)]));
    expect(last.size).toBe(late.quoted.length);
    for (const level of last.values()) expect([level['bid_sz'], level['ask_sz']]).toEqual([0, 0]);
    const end = Number((file.at(-1)!.ts_event as bigint) - ORIGIN);
    expect(end).toBeGreaterThanOrEqual(21 * 3600e9);
    expect(end).toBeLessThan(21 * 3600e9 + 1e9);
    const early = objectsOf(
      shareOptions(hours(14.4, 14.51, { rate: 50, seed: 1 })).pieces(),
    ).records;
    expect(Number(early[0]!.ts_event - ORIGIN)).toBe(14.5 * 3600e9);
  });

  it('come out the same for the same seed', () => {
    const short = hours(15, 15.01, { rate: 300, seed: 2 });
    const hashOf = (seed: number) => {
      const hash = createHash('sha256');
      for (const piece of shareOptions({ ...short, seed }).pieces()) hash.update(piece);
      return hash.digest('hex');
    };
    expect(hashOf(2)).toBe(hashOf(2));
    expect(hashOf(2)).not.toBe(hashOf(3));
  });

  it('have open interest; the share has a definition', () => {
    const statistics = synthesizeOptionStatistics(OPRA_DATASET, day.quoted, { dt: DT, seed: 1 });
    const { records: known } = objectsOf(statistics);
    expect(known).toHaveLength(day.quoted.length);
    expect(known.every((r) => r['stat_type'] === 9 && (r['quantity'] as bigint) > 0n)).toBe(true);
    expect(objectsOf(synthesizeShareDefinitions('QQQ', DT)).records).toMatchObject([
      { raw_symbol: 'QQQ', instrument_class: 'K', publisher_id: 2, instrument_id: 13_340 },
    ]);
  });
});
