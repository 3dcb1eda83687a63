import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { BookSet, COUNTER_NAMES } from '../../src/book/index.ts';
import { ASK, BID } from '../../src/core/index.ts';
import { ACTION, FLAG, MboColumns } from '../../src/dbn/index.ts';
import {
  FUTURES_DATASET,
  FutureOptionDay,
  listedFutureOptions,
  type OrderDayOptions,
  PathCursor,
  PricePath,
  synthesizeDefinitions,
  synthesizeOptionStatistics,
  synthesizePath,
} from '../../src/synth/index.ts';
import { objectsOf } from './dbn-objects.ts';
import { DT, hours } from './tape.ts';

const TICK = 50_000_000;
const EXPIRY_NS = 21 * 3600e9;

function optionDay(options: OrderDayOptions): FutureOptionDay {
  return new FutureOptionDay('ES', synthesizePath('ES', options), options);
}

/** Black's value with the smile, written again from the formula; time to 16:00 New York. */
function slowValue(right: string, strike: number, forward: number, ns: number): number {
  const years = Math.max(0, EXPIRY_NS - ns) / (365 * 86_400e9);
  const m = strike / forward - 1;
  const sd = 0.13 * (1 - 26 * m + 900 * m * m) * Math.sqrt(years);
  // The integral of the payoff under the lognormal density, by the midpoint rule.
  let value = 0;
  const steps = 400;
  for (let i = 0; i < steps; i++) {
    const z = -8 + (16 * (i + 0.5)) / steps;
    const price = forward * Math.exp(sd * z - (sd * sd) / 2);
    const payoff = right === 'C' ? Math.max(0, price - strike) : Math.max(0, strike - price);
    value += (payoff * Math.exp((-z * z) / 2) * 16) / steps / Math.sqrt(2 * Math.PI);
  }
  return value;
}

describe('options on the synthetic future', () => {
  const options = hours(15, 15.15, { rate: 400, seed: 11 });
  let day: FutureOptionDay;
  let books: BookSet;
  const wrong = { unlikeFills: 0, clock: 0, openEvents: 0, offGrid: 0 };
  const counts: Record<string, number> = {};

  beforeAll(() => {
    day = optionDay(options);
    books = new BookSet({ tickSizeOf: () => TICK });
    const columns = new MboColumns(4096);
    let last = 0;
    let traded = 0;
    let filled = 0;
    let open = -1;
    while (day.fill(columns) > 0) {
      books.applyBatch(columns);
      for (let i = 0; i < columns.length; i++) {
        const name = String.fromCharCode(columns.action[i]!);
        counts[name] = (counts[name] ?? 0) + 1;
        if (columns.tsRecv[i]! < last) wrong.clock++;
        last = columns.tsRecv[i]!;
        if (columns.action[i] !== ACTION.CLEAR && columns.price[i]! % TICK !== 0) wrong.offGrid++;
        if (columns.action[i] === ACTION.TRADE) traded += columns.size[i]!;
        if (columns.action[i] === ACTION.FILL) filled += columns.size[i]!;
        if (open >= 0 && open !== columns.instrumentId[i]) wrong.openEvents++;
        const ends = (columns.flags[i]! & FLAG.LAST) !== 0;
        open = ends ? -1 : columns.instrumentId[i]!;
        if (ends && traded !== filled) wrong.unlikeFills++;
      }
    }
  });

  const book = (id: number) => books.book(1, id)!;

  it('keep the rules of the venue in every book, and no book ever crosses or locks', () => {
    expect(wrong).toEqual({ unlikeFills: 0, clock: 0, openEvents: 0, offGrid: 0 });
    expect(Object.keys(counts).sort()).toEqual(['A', 'C', 'F', 'M', 'R', 'T']);
    expect(counts['T']).toBeGreaterThan(1000);
    const orders = /^(unknown|over|duplicate|offGrid|zero|sideM|sidel|refused)/;
    const states = /^(backward|crossed|locked|forced)/;
    const bad = COUNTER_NAMES.filter((name) => orders.test(name) || states.test(name));
    expect(bad.length).toBeGreaterThan(10);
    for (const { instrumentId } of day.quoted) {
      const { counters } = book(instrumentId);
      for (const name of bad) expect([name, counters[name]]).toEqual([name, 0]);
    }
  });

  it('are quoted about what they are worth, and calls fall with the strike', () => {
    const ns = options.endNs!;
    const forward = new PathCursor(synthesizePath('ES', options)).priceAt(ns);
    let lastCall = Number.POSITIVE_INFINITY;
    const today = listedFutureOptions('ES', DT)!.today.contracts;
    expect(today).toHaveLength(50);
    for (const { instrumentId, right, strike } of today) {
      const { bestBidTick, bestAskTick } = book(instrumentId);
      const ask = bestAskTick * TICK;
      const bid = book(instrumentId).levelCounts.bid > 0 ? bestBidTick * TICK : 0;
      const value = slowValue(right, strike, forward, ns);
      expect(ask).toBeGreaterThan(bid);
      expect(Math.abs((bid + ask) / 2 - value)).toBeLessThan(0.03 * value + 8 * TICK);
      if (right === 'P') continue;
      expect(ask).toBeLessThanOrEqual(lastCall);
      lastCall = ask;
    }
  });

  it('hold what the definitions say: what expires today, and others to leave out', () => {
    const definitions = objectsOf(synthesizeDefinitions('ES', DT)).records;
    const known = new Map(definitions.map((r) => [r.instrument_id, r]));
    const expiring = day.quoted.filter(({ instrumentId, symbol }) => {
      const record = known.get(instrumentId)!;
      expect(record['raw_symbol']).toBe(symbol);
      const isOption = /^[CP]$/.test(record['instrument_class'] as string);
      return isOption && record['expiration'] === 1767646800000000000n;
    });
    expect(expiring).toHaveLength(50);
    expect(expiring.every(({ symbol }) => /^E1AF6 [CP]\d+$/.test(symbol))).toBe(true);
    expect(day.quoted.some(({ symbol }) => symbol.startsWith('UD:'))).toBe(true);
    expect(day.quoted.some(({ symbol }) => symbol.startsWith('ESH6 '))).toBe(true);
    for (const { instrumentId, right, strike } of expiring) {
      expect(known.get(instrumentId)).toMatchObject({
        instrument_class: right,
        strike_price: BigInt(strike),
        underlying: 'ESH6',
        underlying_id: known.get(definitions[0]!.instrument_id)!.instrument_id,
        asset: 'E1A',
        min_price_increment: BigInt(TICK),
      });
    }
  });

  it('begin with a snapshot of each, and are taken out when they expire', () => {
    const columns = new MboColumns(400_000);
    const evening = optionDay(hours(20.995, 22, { rate: 50, seed: 1 }));
    evening.fill(columns);
    const before = columns.tsRecv.findIndex((ns) => ns > 20.995 * 3600e9);
    const clears = columns.action.subarray(0, before).filter((a) => a === ACTION.CLEAR).length;
    expect(clears).toBe(evening.quoted.length);
    expect(columns.flags.subarray(0, before).every((f) => (f & FLAG.SNAPSHOT) !== 0)).toBe(true);
    const set = new BookSet({ tickSizeOf: () => TICK });
    set.applyBatch(columns);
    for (const [i, { instrumentId }] of evening.quoted.entries()) {
      const left = set.book(1, instrumentId)!;
      expect(left.orderCount > 0).toBe(i >= 50);
      expect([left.depthAt(BID, 0), left.depthAt(ASK, 0)]).toEqual([0, 0]);
    }
    const last = columns.tsEvent[columns.length - 1]!;
    expect(last).toBeGreaterThanOrEqual(EXPIRY_NS);
    expect(last).toBeLessThan(EXPIRY_NS + 1e9);
  });

  it('come out the same for the same seed, whatever the batches', () => {
    const short = hours(15, 15.01, { rate: 300, seed: 2 });
    const rows = (capacity: number, seed = 2) => {
      const drawn = optionDay({ ...short, seed });
      const columns = new MboColumns(capacity);
      const hash = createHash('sha256');
      let length = 0;
      while (drawn.fill(columns) > 0) {
        const { tsRecv, price, size, sequence } = columns;
        const all = Array.from({ length: columns.length }, (_, i) => [
          tsRecv[i]!,
          price[i]!,
          size[i]!,
          sequence[i]!,
        ]);
        hash.update(Float64Array.from(all.flat()));
        length += columns.length;
      }
      return [length, hash.digest('hex')];
    };
    expect(rows(64)).toEqual(rows(50_000));
    expect(rows(64)).not.toEqual(rows(64, 3));
    expect(rows(64)[0]).toBeGreaterThan(5000);
  });

  it('have open interest and settlements', () => {
    const pieces = synthesizeOptionStatistics(
      FUTURES_DATASET,
      day.quoted,
      { dt: DT, seed: 1 },
      undefined,
      day.settlement,
    );
    const { metadata, records } = objectsOf(pieces);
    expect(metadata).toMatchObject({ schema: 'statistics', dataset: 'GLBX.MDP3' });
    expect(records).toHaveLength(2 * day.quoted.length);
    const first = records.filter((r) => r.instrument_id === day.quoted[0]!.instrumentId);
    expect(first.map((r) => r['stat_type'])).toEqual([9, 3]);
    expect(first[0]!['quantity']).toBeGreaterThan(0n);
    expect((first[1]!['price'] as bigint) % BigInt(TICK)).toBe(0n);
  });

  it('are not to be had on another root', () => {
    expect(() => new FutureOptionDay('MNQ', new PricePath(), options)).toThrow(/no options on MNQ/);
  });
});

describe('the calendar of index options', () => {
  const codeOn = (dt: string) => listedFutureOptions('ES', dt)!.today.asset;

  it('names weekdays, Fridays and the end of a month', () => {
    // New Year's Day was the first Thursday.
    expect(['2026-01-05', '2026-01-06', '2026-01-07', '2026-01-08'].map(codeOn)).toEqual([
      'E1A',
      'E1B',
      'E1C',
      'E2D',
    ]);
    expect(codeOn('2026-01-09')).toBe('EW2');
    expect(codeOn('2026-01-13')).toBe('E2B');
    expect(codeOn('2026-01-29')).toBe('E5D');
    expect(codeOn('2026-01-30')).toBe('EW');
    expect(codeOn('2026-03-31')).toBe('EW');
    expect(codeOn('2026-03-20')).toBe('EW3');
  });

  it('changes the underlying a day after most trading went to the next contract', () => {
    const underlyings = ['2026-03-13', '2026-03-16', '2026-03-17'].map((dt) => {
      const { today, quarterly } = listedFutureOptions('ES', dt)!;
      expect(quarterly.contracts[0]!.symbol.startsWith(today.underlying)).toBe(true);
      return today.underlying;
    });
    expect(underlyings).toEqual(['ESH6', 'ESH6', 'ESM6']);
    const options = hours(15, 15.01, { dt: '2026-03-16', rate: 300, seed: 2 });
    const path = synthesizePath('ES', options);
    const { settlement, quoted } = new FutureOptionDay('ES', path, options);
    expect(path.priceAt(0) - settlement.forward).toBe(55e9);
    const strikes = quoted.slice(0, 50).map(({ strike }) => strike);
    expect(Math.abs(strikes[25]! - settlement.forward)).toBeLessThan(5e9);
  });

  it('takes the front contract as underlying, and the next Monday as the day after Friday', () => {
    const { today, tomorrow, quarterly } = listedFutureOptions('ES', '2026-03-20')!;
    expect(today.underlying).toBe('ESM6');
    expect(tomorrow.contracts[0]!.symbol).toMatch(/^E4AH6 C\d+$/);
    expect(quarterly.contracts[0]!.symbol).toMatch(/^ESM6 C\d+$/);
  });
});
