import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { MboColumns } from '../../src/dbn/index.ts';
import { LiveSpool, SpoolReader } from '../../src/intake/index.ts';
import {
  connected,
  gap,
  HOUR_NS,
  heartbeat,
  IDS,
  mapping,
  ORIGIN_NS,
  orders,
  ordersItem,
  records,
} from './live-items.ts';

const folder = mkdtempSync(join(tmpdir(), 'spymaster-spool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let spools = 0;

function newSpool(): LiveSpool {
  return new LiveSpool(join(folder, 'deep', `${spools++}.dbn`));
}

const keyOf = (symbol: keyof typeof IDS) => ({ publisherId: null, instrumentId: IDS[symbol] });
const namesOf = [mapping('ESH6', 'ES.v.0'), mapping('NQH6')];

/** Order ids that a reader finds until it is dry or at the end. */
function read(reader: SpoolReader, columns: MboColumns, into: number[]): number {
  for (;;) {
    const rows = reader.fill(columns);
    if (rows < 0 || (rows === 0 && reader.dry)) return rows;
    into.push(...columns.orderIdLo.subarray(0, rows));
  }
}

describe('a spool', () => {
  it('is read while it grows, whatever pieces it comes in and wherever reading stops', () => {
    const piece = fc.record({
      symbol: fc.constantFrom('ESH6' as const, 'NQH6' as const),
      count: fc.integer({ min: 1, max: 40 }),
      reads: fc.boolean(),
    });
    const property = fc.property(
      fc.array(piece, { maxLength: 30 }),
      fc.integer({ min: 1, max: 64 }),
      (pieces, capacity) => {
        const spool = newSpool();
        spool.take(connected(1));
        spool.take(records(namesOf, 2));
        const reader = new SpoolReader(spool, keyOf('ESH6'));
        const columns = new MboColumns(capacity, ORIGIN_NS);
        const found: number[] = [];
        const sent: number[] = [];
        for (const [i, { symbol, count, reads }] of pieces.entries()) {
          const atNs = 14 * HOUR_NS + i * 1e9;
          const bytes = orders({ symbol, atNs, count });
          const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
          for (let k = 0; symbol === 'ESH6' && k < count; k++) {
            sent.push(view.getUint32(k * 56 + 16, true));
          }
          spool.take(records([heartbeat(atNs), bytes], count + 1));
          if (reads) expect(read(reader, columns, found)).toBe(0);
        }
        spool.ended = null;
        expect(read(reader, columns, found)).toBe(-1);
        expect(found).toEqual(sent);
        reader.close();
        spool.close();
      },
    );
    fc.assert(property, { seed: 20260105, numRuns: 60 });
  });

  it('knows its instruments by what was asked and what it resolved to', () => {
    const spool = newSpool();
    spool.take(connected(1));
    spool.take(records(namesOf, 2));
    expect(spool.find('ES.v.0')).toBeNull();
    spool.take(ordersItem({ symbol: 'ESH6', atNs: 14 * HOUR_NS, count: 5, snapshot: true }));
    const activity = { records: 5, firstNs: 14 * HOUR_NS, liveNs: -1 };
    for (const symbol of ['ES.v.0', 'ESH6']) {
      expect(spool.find(symbol)).toMatchObject({ symbol: 'ESH6', activity });
    }
    expect(spool.find('NQH6')).toBeNull();
    spool.take(ordersItem({ symbol: 'ESH6', atNs: 14.5 * HOUR_NS, count: 2 }));
    expect(spool.find('ESH6')?.activity.liveNs).toBe(14.5 * HOUR_NS);
    spool.close();
  });

  it('keeps its own version when the gateway comes back with another', () => {
    const spool = newSpool();
    spool.take(connected(1));
    spool.take(records([...namesOf, orders({ symbol: 'ESH6', atNs: 14 * HOUR_NS, count: 3 })], 5));
    spool.take(connected(2, 1));
    spool.take(gap());
    const old = [mapping('ESH6', 'ESH6', 1), heartbeat(15 * HOUR_NS, 1)];
    spool.take(records([...old, orders({ symbol: 'ESH6', atNs: 15 * HOUR_NS, count: 4 })], 6, 1));
    const reader = new SpoolReader(spool, keyOf('ESH6'));
    const found: number[] = [];
    expect(read(reader, new MboColumns(100, ORIGIN_NS), found)).toBe(0);
    expect(found).toHaveLength(7);
    const span = { fromNs: 14 * HOUR_NS + 2e6, toNs: 15 * HOUR_NS };
    expect(spool.gaps).toMatchObject([
      { fromNs: ORIGIN_NS + BigInt(span.fromNs), toNs: ORIGIN_NS + BigInt(span.toNs) },
    ]);
    reader.close();
    spool.close();
  });

  it('gives what ended it to its readers, behind the last record, and then is gone', () => {
    const spool = newSpool();
    spool.take(connected(1));
    spool.take(records([...namesOf, orders({ symbol: 'ESH6', atNs: 14 * HOUR_NS, count: 3 })], 5));
    const reader = new SpoolReader(spool, keyOf('ESH6'));
    spool.ended = new Error('the session broke');
    spool.close();
    expect(existsSync(spool.path)).toBe(false);
    const columns = new MboColumns(100, ORIGIN_NS);
    expect(reader.fill(columns)).toBe(3);
    expect(() => reader.fill(columns)).toThrow('the session broke');
    reader.close();
  });

  it('does not take a time that is none for its day', () => {
    const spool = newSpool();
    spool.take(connected(1));
    const timeless = orders({ symbol: 'ESH6', atNs: 14 * HOUR_NS, count: 2 });
    timeless.fill(0xff, 40, 48);
    timeless.fill(0, 96, 104);
    spool.take(records([...namesOf, timeless], 4));
    expect(spool.originNs).toBe(0n);
    spool.take(ordersItem({ symbol: 'ESH6', atNs: 14 * HOUR_NS, count: 3 }));
    expect(spool.originNs).toBe(ORIGIN_NS);
    expect(spool.lastNs).toBe(14 * HOUR_NS + 2e6);
    spool.close();
  });
});
