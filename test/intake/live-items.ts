/**
 * Items of live sessions for tests, made record by record.
 */
import type { LiveConnected, LiveGap, LiveItem, LiveRecords } from '../../src/databento/index.ts';
import {
  ACTION,
  type DbnVersion,
  encodeRecord,
  FLAG,
  MboColumns,
  makeMetadata,
  RTYPE,
  SIDE,
  writeMbo,
} from '../../src/dbn/index.ts';

/** 2026-01-05 00:00 UTC, Unix ns. */
export const ORIGIN_NS = 1_767_571_200_000_000_000n;
/** An hour, ns. */
export const HOUR_NS = 3600e9;
/** Instruments by symbol. */
export const IDS = { ESH6: 101, NQH6: 201 } as const;
/** A symbol of `IDS`. */
export type Symbol = keyof typeof IDS;

const PRICES: Record<Symbol, number> = { ESH6: 6000e9, NQH6: 22000e9 };

/** A stretch of adds of one instrument: `count` from `atNs` on, `everyNs` apart. */
export interface Orders {
  symbol: Symbol;
  /** ns since the origin. */
  atNs: number;
  count: number;
  everyNs?: number;
  snapshot?: boolean;
  /** Instrument; default: that of the symbol. */
  id?: number;
}

/** The connection's first item. */
export function connected(connection: number, version: DbnVersion = 3): LiveConnected {
  const metadata = makeMetadata({
    version,
    dataset: 'GLBX.MDP3',
    stypeIn: null,
    start: ORIGIN_NS + BigInt(14 * HOUR_NS),
  });
  return { type: 'connected', connection, sessionId: `s${connection}`, metadata };
}

/** Records as an item. */
export function records(pieces: readonly Uint8Array[], count: number, version: DbnVersion = 3) {
  const bytes = new Uint8Array(Buffer.concat(pieces));
  return { type: 'records', bytes, version, tsOut: false, count } satisfies LiveRecords;
}

/** The record that names an instrument. */
export function mapping(
  symbol: Symbol,
  asked: string = symbol,
  version: DbnVersion = 3,
  id: number = IDS[symbol],
) {
  return encodeRecord(
    {
      rtype: RTYPE.SYMBOL_MAPPING,
      publisher_id: 0,
      instrument_id: id,
      ts_event: ORIGIN_NS + BigInt(14 * HOUR_NS),
      ...(version === 1 ? {} : { stype_in: 255, stype_out: 255 }),
      stype_in_symbol: asked,
      stype_out_symbol: symbol,
      start_ts: 2n ** 64n - 1n,
      end_ts: 2n ** 64n - 1n,
    },
    version,
  );
}

/** A record of the gateway itself. */
export function heartbeat(atNs: number, version: DbnVersion = 3) {
  return encodeRecord(
    {
      rtype: RTYPE.SYSTEM,
      publisher_id: 0,
      instrument_id: 0,
      ts_event: ORIGIN_NS + BigInt(atNs),
      msg: 'Heartbeat',
      ...(version === 1 ? {} : { code: 0 }),
    },
    version,
  );
}

let nextOrder = 1;

function fill(
  columns: MboColumns,
  { symbol, atNs, everyNs = 1e6, snapshot, id = IDS[symbol] }: Orders,
): void {
  for (let i = 0; i < columns.length; i++) {
    const isClear = snapshot && i === 0;
    const isLast = i === columns.length - 1;
    const bid = i % 2 === 0;
    columns.tsRecv[i] = snapshot ? atNs : atNs + i * everyNs;
    columns.tsEvent[i] = columns.tsRecv[i]! - 1000;
    columns.orderIdLo[i] = isClear ? 0 : nextOrder++;
    const tick = (1 + (i % 9)) * 0.25e9;
    columns.price[i] = isClear ? 2 ** 63 : PRICES[symbol] + (bid ? -tick : tick);
    columns.size[i] = isClear ? 0 : 1 + (i % 5);
    columns.flags[i] = snapshot ? FLAG.SNAPSHOT | 8 | (isLast ? FLAG.LAST : 0) : FLAG.LAST;
    columns.action[i] = isClear ? ACTION.CLEAR : ACTION.ADD;
    columns.side[i] = isClear ? SIDE.NONE : bid ? SIDE.BID : SIDE.ASK;
    columns.instrumentId[i] = id;
    columns.publisherId[i] = 1;
  }
}

/** Order records. */
export function orders(stretch: Orders): Uint8Array {
  const columns = new MboColumns(stretch.count, ORIGIN_NS);
  columns.length = stretch.count;
  fill(columns, stretch);
  return writeMbo(columns, 0, stretch.count).slice();
}

/** Order records as an item. */
export function ordersItem(...stretches: Orders[]): LiveRecords {
  const count = stretches.reduce((sum, { count: n }) => sum + n, 0);
  return records(stretches.map(orders), count);
}

/** A lost connection. */
export function gap(fields: Partial<LiveGap> = {}): LiveGap {
  return {
    type: 'gap',
    cause: 'disconnected',
    fromNs: null,
    toNs: ORIGIN_NS,
    recovery: 'snapshot',
    schemas: ['mbo'],
    text: 'the connection was lost',
    ...fields,
  };
}

/** The items, one after the other. */
export async function* sessionOf(items: readonly LiveItem[]): AsyncGenerator<LiveItem> {
  yield* items;
}
