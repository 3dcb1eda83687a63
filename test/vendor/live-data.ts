/**
 * A folder of DBN that a live gateway plays: half a minute of two futures.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Prng } from '../../src/core/index.ts';
import {
  DbnEncoder,
  type DbnRecord,
  type DbnVersion,
  encodeRecord,
  makeMetadata,
  RTYPE,
  type Schema,
  UNDEF_TIMESTAMP,
} from '../../src/dbn/index.ts';

/** The dataset of the folder. */
export const DATASET = 'GLBX.MDP3';
/** Its instruments, in order of expiry. */
export const FRONT = { symbol: 'ESH6', id: 101 } as const;
export const NEXT = { symbol: 'ESM6', id: 102 } as const;
/** The first record, Unix ns: 2026-01-05T14:30:00Z. */
export const START_NS = BigInt(Date.parse('2026-01-05T14:30:00Z')) * 1_000_000n;
/** MBO records of the folder: one each 10 ms. */
export const MBO_COUNT = 3000;
/** Between MBO records, ns. */
export const STEP_NS = 10_000_000n;

const SECOND_NS = 1_000_000_000n;
const DATE = 20260105;
const PRICE = 6000_000_000_000n;

/** A file's bytes, raw. */
export function dbnFile(
  schema: Schema,
  records: readonly DbnRecord[],
  version: DbnVersion = 3,
): Uint8Array {
  const pieces: Uint8Array[] = [];
  const mappings = [FRONT, NEXT].map(({ symbol, id }) => ({
    rawSymbol: symbol,
    intervals: [{ startDate: DATE, endDate: DATE + 1, symbol: String(id) }],
  }));
  const symbols = mappings.map((m) => m.rawSymbol);
  const what = { version, dataset: DATASET, schema, start: START_NS, symbols, mappings };
  const encoder = new DbnEncoder((piece) => pieces.push(piece), makeMetadata(what));
  for (const record of records) encoder.writeRecord(record);
  encoder.end();
  return Buffer.concat(pieces);
}

/** Orders that come, grow, shrink and go, as a venue would send them; the same for each seed. */
export function mboRecords(count = MBO_COUNT, seed = 1): DbnRecord[] {
  const random = new Prng(seed);
  const resting = new Map([
    [FRONT.id as number, new Map<bigint, Order>()],
    [NEXT.id as number, new Map<bigint, Order>()],
  ]);
  const records: DbnRecord[] = [];
  for (let i = 0; i < count; i++) {
    const { id } = random.int(3) === 0 ? NEXT : FRONT;
    const orders = resting.get(id)!;
    const record = nextOrder(orders, random, BigInt(i + 1));
    const tsRecv = START_NS + BigInt(i) * STEP_NS;
    records.push({
      ...record,
      rtype: RTYPE.MBO,
      publisher_id: 1,
      instrument_id: id,
      // The venue's clock runs a little before, and now and then backwards.
      ts_event: tsRecv - 1000n - BigInt(random.int(3)) * 1000n,
      ts_recv: tsRecv,
      flags: random.int(8) === 0 ? 0 : 128,
      channel_id: 0,
      ts_in_delta: 700,
      sequence: i + 1,
    });
  }
  return records;
}

interface Order {
  order_id: bigint;
  side: string;
  price: bigint;
  size: number;
}

/** What happens next to the orders, which it keeps. */
function nextOrder(
  orders: Map<bigint, Order>,
  random: Prng,
  fresh: bigint,
): Order & { action: string } {
  const kind = orders.size < 5 ? 0 : random.int(10);
  const known = [...orders.values()][random.int(orders.size || 1)];
  if (kind < 4 || !known) {
    const side = random.int(2) === 0 ? 'B' : 'A';
    const price = PRICE + BigInt(random.int(20) - (side === 'B' ? 20 : 0)) * 250_000_000n;
    const order = { order_id: fresh, side, price, size: 1 + random.int(20) };
    orders.set(fresh, order);
    return { ...order, action: 'A' };
  }
  if (kind < 6) {
    const changed = { ...known, size: 1 + random.int(20) };
    orders.set(known.order_id, changed);
    return { ...changed, action: 'M' };
  }
  if (kind === 9) return { ...known, size: 1, action: 'T' };
  const gone = kind === 8 && known.size > 1 ? 1 : known.size;
  if (gone === known.size) orders.delete(known.order_id);
  else orders.set(known.order_id, { ...known, size: known.size - gone });
  return { ...known, size: gone, action: 'C' };
}

/** A trade each 100 ms, the instruments in turn. */
export function tradeRecords(): DbnRecord[] {
  return Array.from({ length: 300 }, (_, i) => {
    const ts = START_NS + BigInt(i) * 100_000_000n + 5000n;
    return {
      rtype: RTYPE.TRADES,
      publisher_id: 1,
      instrument_id: i % 2 === 0 ? FRONT.id : NEXT.id,
      ts_event: ts - 2000n,
      ts_recv: ts,
      price: PRICE,
      size: i + 1,
      action: 'T',
      side: 'B',
      flags: 128,
      depth: 0,
      ts_in_delta: 500,
      sequence: i,
    };
  });
}

/** A bar a second, known when the second is over. */
export function barRecords(): DbnRecord[] {
  return Array.from({ length: 30 }, (_, i) => ({
    rtype: RTYPE.OHLCV_1S,
    publisher_id: 1,
    instrument_id: FRONT.id,
    ts_event: START_NS + BigInt(i) * SECOND_NS,
    open: PRICE,
    high: PRICE,
    low: PRICE,
    close: PRICE,
    volume: BigInt(i),
  }));
}

/** A best bid and offer a second. */
export function quoteRecords(): DbnRecord[] {
  return Array.from({ length: 30 }, (_, i) => ({
    rtype: RTYPE.BBO_1S,
    publisher_id: 1,
    instrument_id: FRONT.id,
    ts_event: i === 0 ? UNDEF_TIMESTAMP : START_NS + BigInt(i) * SECOND_NS - 400_000_000n,
    ts_recv: START_NS + BigInt(i) * SECOND_NS,
    price: PRICE,
    size: 1,
    side: 'B',
    flags: 168,
    sequence: i,
    levels: [{ bid_px: PRICE, ask_px: PRICE + 1n, bid_sz: 1, ask_sz: 2, bid_ct: 1, ask_ct: 1 }],
  }));
}

/** The definitions of both instruments, at midnight. */
export function definitionRecords(): DbnRecord[] {
  const midnight = BigInt(Date.parse('2026-01-05')) * 1_000_000n;
  return [FRONT, NEXT].map(({ symbol, id }, i) => ({
    rtype: RTYPE.DEFINITION,
    publisher_id: 1,
    instrument_id: id,
    ts_event: midnight,
    ts_recv: midnight,
    raw_symbol: symbol,
    asset: 'ES',
    instrument_class: 'F',
    expiration: BigInt(Date.parse(i === 0 ? '2026-03-20' : '2026-06-18')) * 1_000_000n,
    security_update_action: 'A',
  }));
}

/** Records as bytes of a version. */
export function encoded(records: readonly DbnRecord[], version: DbnVersion = 3): Buffer {
  return Buffer.concat(records.map((record) => encodeRecord(record, version)));
}

/** A folder with a file of each kind, or with the given ones; remove it with `remove`. */
export function liveFolder(files?: Readonly<Record<string, Uint8Array>>): {
  path: string;
  remove: () => void;
} {
  const path = mkdtempSync(join(tmpdir(), 'vendor-live-'));
  const written = files ?? {
    'es.mbo.dbn': dbnFile('mbo', mboRecords()),
    'es.trades.dbn': dbnFile('trades', tradeRecords()),
    'es.ohlcv-1s.dbn': dbnFile('ohlcv-1s', barRecords()),
    'es.bbo-1s.dbn': dbnFile('bbo-1s', quoteRecords()),
    'es.definition.dbn': dbnFile('definition', definitionRecords()),
  };
  for (const [name, bytes] of Object.entries(written)) writeFileSync(join(path, name), bytes);
  return { path, remove: () => rmSync(path, { recursive: true }) };
}
