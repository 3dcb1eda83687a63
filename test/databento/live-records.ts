/** Bytes of a live session, made by hand. */
import {
  type DbnRecord,
  type DbnVersion,
  encodeMetadata,
  encodeRecord,
  makeMetadata,
  RTYPE,
  UNDEF_TIMESTAMP,
} from '../../src/dbn/index.ts';

/** Start of the session's day, Unix ns. */
export const DAY_NS = 1_767_600_000_000_000_000n;

/** Version and trailer of a session. */
export interface SessionFormat {
  version?: DbnVersion;
  tsOut?: boolean;
}

/** A live session's header. */
export function liveHeader(startNs: bigint = DAY_NS, format: SessionFormat = {}): Uint8Array {
  const { version = 3, tsOut = false } = format;
  const start = { start: startNs, stypeIn: null, version, tsOut };
  return encodeMetadata(makeMetadata({ dataset: 'GLBX.MDP3', ...start }), version);
}

function encode(record: DbnRecord, { version = 3, tsOut = false }: SessionFormat): Uint8Array {
  return encodeRecord(tsOut ? { ...record, ts_out: record.ts_event + 5n } : record, version);
}

/** An order event, the `n`-th of the day: one a second unless told otherwise. */
export function order(n: number, more: Partial<DbnRecord> = {}, format: SessionFormat = {}) {
  const ns = DAY_NS + BigInt(n) * 1_000_000_000n;
  const record = {
    rtype: RTYPE.MBO,
    publisher_id: 1,
    instrument_id: 7,
    ts_event: ns,
    order_id: BigInt(n),
    price: 5_000_000_000_000n,
    size: 1,
    flags: 128,
    channel_id: 0,
    action: 'A',
    side: 'B',
    ts_recv: ns + 1000n,
    ts_in_delta: 10,
    sequence: n,
    ...more,
  };
  return encode(record, format);
}

/** A trade, the `n`-th of the day. */
export function trade(n: number, format: SessionFormat = {}): Uint8Array {
  const ns = DAY_NS + BigInt(n) * 1_000_000_000n;
  const record = {
    rtype: RTYPE.TRADES,
    publisher_id: 1,
    instrument_id: 7,
    ts_event: ns,
    price: 5_000_000_000_000n,
    size: 1,
    action: 'T',
    side: 'B',
    flags: 128,
    depth: 0,
    ts_recv: ns + 1000n,
    ts_in_delta: 10,
    sequence: n,
  };
  return encode(record, format);
}

/** A message of the gateway's. Version 1 has no codes. */
export function system(code: number, msg: string, format: SessionFormat = {}): Uint8Array {
  const coded = (format.version ?? 3) === 1 ? {} : { code };
  return encode({ ...gatewayHeader(RTYPE.SYSTEM), msg, ...coded }, format);
}

/** An error of the gateway's. Version 1 has no codes. */
export function failure(code: number, err: string, format: SessionFormat = {}): Uint8Array {
  const coded = (format.version ?? 3) === 1 ? {} : { code, is_last: 1 };
  return encode({ ...gatewayHeader(RTYPE.ERROR), err, ...coded }, format);
}

/** What a symbol means in this session. */
export function mapping(
  instrument: number,
  stypeIn: string,
  symbol: string,
  f: SessionFormat = {},
) {
  const stypes = (f.version ?? 3) === 1 ? {} : { stype_in: 255, stype_out: 255 };
  const record = {
    ...gatewayHeader(RTYPE.SYMBOL_MAPPING),
    instrument_id: instrument,
    stype_in_symbol: stypeIn,
    stype_out_symbol: symbol,
    start_ts: UNDEF_TIMESTAMP,
    end_ts: UNDEF_TIMESTAMP,
    ...stypes,
  };
  return encode(record, f);
}

function gatewayHeader(rtype: number) {
  return { rtype, publisher_id: 0, instrument_id: 0, ts_event: DAY_NS + 3_600_000_000_000n };
}

/** Pieces as one. */
export function joined(...pieces: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}
