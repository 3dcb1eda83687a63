/**
 * The gateway's own records and header. Source: Databento docs, Live API, system and error
 * messages; texts as the vendor's clients know them (databento/dbn `v2.rs`).
 */
import {
  type DbnVersion,
  encodeMetadata,
  encodeRecord,
  layoutOf,
  makeMetadata,
  RTYPE,
  STYPES,
  type SType,
  UNDEF_TIMESTAMP,
} from '../../dbn/index.ts';

/** Codes of error records. */
export const ERROR_CODE = {
  AUTH_FAILED: 1,
  KEY_DEACTIVATED: 2,
  CONNECTION_LIMIT: 3,
  SYMBOL: 4,
  SUBSCRIPTION: 5,
  INTERNAL: 6,
  SKIPPED: 7,
  REPLAY_AGED_OUT: 8,
} as const;

/** What errors of these codes say that need no more words. */
export const ERROR_TEXT: Readonly<Record<number, string>> = {
  [ERROR_CODE.AUTH_FAILED]: 'Authentication failed',
  [ERROR_CODE.KEY_DEACTIVATED]: 'User or API key deactivated',
  [ERROR_CODE.CONNECTION_LIMIT]: 'User has reached their open connection limit',
  [ERROR_CODE.SUBSCRIPTION]: 'Invalid subscription',
  [ERROR_CODE.INTERNAL]: 'Internal error',
  [ERROR_CODE.REPLAY_AGED_OUT]: 'Replay data has aged out',
};

/** Codes of system records. */
export const SYSTEM_CODE = {
  HEARTBEAT: 0,
  SUBSCRIBED: 1,
  SLOW_READER: 2,
  REPLAY_COMPLETED: 3,
  END_OF_INTERVAL: 4,
} as const;

/** How records of a session are laid out. */
export interface StreamForm {
  version: DbnVersion;
  /** Leave codes of system and error records unset, as early gateways did. */
  withoutCodes: boolean;
}

const UNSET = 255;

/** An error record; without the `ts_out` trailer, as all of these. */
export function errorRecord(
  form: StreamForm,
  ns: bigint,
  code: number,
  text: string,
  isLast = true,
): Uint8Array {
  const record = { rtype: RTYPE.ERROR, publisher_id: 0, instrument_id: 0, ts_event: ns };
  const codes = form.withoutCodes
    ? { code: UNSET, is_last: UNSET }
    : { code, is_last: isLast ? 1 : 0 };
  const err = fitted(text, RTYPE.ERROR, 'err', form.version);
  return encodeRecord({ ...record, err, ...(form.version > 1 && codes) }, form.version);
}

/** A system record. */
export function systemRecord(form: StreamForm, ns: bigint, code: number, text: string): Uint8Array {
  const record = { rtype: RTYPE.SYSTEM, publisher_id: 0, instrument_id: 0, ts_event: ns };
  const codes = { code: form.withoutCodes ? UNSET : code };
  const msg = fitted(text, RTYPE.SYSTEM, 'msg', form.version);
  return encodeRecord({ ...record, msg, ...(form.version > 1 && codes) }, form.version);
}

/** What an instrument is called: told before its first record. */
export interface SymbolAnswer {
  instrumentId: number;
  /** As it was subscribed. */
  asked: string;
  stypeIn: SType;
  /** The venue's own symbol; the id in decimals where nothing tells it. */
  symbol: string;
}

/** A symbol mapping record. */
export function mappingRecord(form: StreamForm, ns: bigint, answer: SymbolAnswer): Uint8Array {
  const { version } = form;
  const rtype = RTYPE.SYMBOL_MAPPING;
  const record = { rtype, publisher_id: 0, instrument_id: answer.instrumentId, ts_event: ns };
  const stypes = {
    stype_in: STYPES.indexOf(answer.stypeIn),
    stype_out: STYPES.indexOf('raw_symbol'),
  };
  const symbols = {
    stype_in_symbol: fitted(answer.asked, rtype, 'stype_in_symbol', version),
    stype_out_symbol: fitted(answer.symbol, rtype, 'stype_out_symbol', version),
  };
  const span = { start_ts: UNDEF_TIMESTAMP, end_ts: UNDEF_TIMESTAMP };
  return encodeRecord({ ...record, ...symbols, ...span, ...(version > 1 && stypes) }, version);
}

/** The header of a live stream: no schema, no symbols, no end. */
export function liveMetadata(
  dataset: string,
  version: DbnVersion,
  start: bigint,
  tsOut: boolean,
): Uint8Array {
  const what = { dataset, version, start, tsOut, schema: null, stypeIn: null };
  return encodeMetadata(makeMetadata({ ...what, stypeOut: 'instrument_id' }));
}

/** The text, ASCII and cut to what the field holds. */
function fitted(text: string, rtype: number, name: string, version: DbnVersion): string {
  const field = layoutOf(rtype, version)!.fields.find((f) => f.name === name)!;
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, field.size! - 1);
}
