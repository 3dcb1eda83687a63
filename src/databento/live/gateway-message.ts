import {
  convertRecord,
  type DbnRecord,
  type DbnVersion,
  decodeRecord,
  encodeRecord,
  RTYPE,
  runOf,
  UNDEF_TIMESTAMP,
} from '../../dbn/index.ts';

/** Codes of error records. Source: Databento docs, Live API; databento/dbn `enums.rs`. */
export const ERROR_CODE = {
  AUTH_FAILED: 1,
  KEY_DEACTIVATED: 2,
  CONNECTION_LIMIT: 3,
  SYMBOL_RESOLUTION: 4,
  INVALID_SUBSCRIPTION: 5,
  INTERNAL: 6,
  SKIPPED_AFTER_SLOW_READING: 7,
  REPLAY_AGED_OUT: 8,
} as const;

/** Codes of system records. */
export const SYSTEM_CODE = {
  HEARTBEAT: 0,
  SUBSCRIPTION_ACK: 1,
  SLOW_READER: 2,
  REPLAY_COMPLETED: 3,
  END_OF_INTERVAL: 4,
} as const;

/** Code of a message of a gateway that sets none. */
const UNSET_CODE = 255;
/** Most of a text that a message of version 1 has room for, and a NUL behind it. */
const MAX_TEXT_BYTES_V1 = 63;

/** Where a record of the gateway's own is in a batch. */
export interface ControlRecord {
  rtype: number;
  /** Byte of the batch. */
  at: number;
  /** Byte behind it. */
  end: number;
  /** Records of the batch up to it and with it. */
  records: number;
}

/** An error or a system message; `eventNs` is the gateway's clock, Unix ns, 0 when undefined. */
export interface GatewayWords {
  type: 'error' | 'system';
  code: number;
  text: string;
  eventNs: bigint;
}

/** What such a record says. */
export type GatewayMessage =
  | GatewayWords
  | { type: 'mapping'; instrumentId: number; stypeInSymbol: string; symbol: string };

/** Finds the gateway's own records among whole records. */
export function controlRecords(bytes: Uint8Array): ControlRecord[] {
  const found: ControlRecord[] = [];
  let records = 0;
  for (let at = 0; at < bytes.length; ) {
    const size = bytes[at]! * 4;
    const rtype = bytes[at + 1]!;
    records++;
    if (rtype >= RTYPE.ERROR && rtype <= RTYPE.SYSTEM) {
      found.push({ rtype, at, end: at + size, records });
    }
    at += size;
  }
  return found;
}

/**
 * Reads one of them, of any version; codes that are not there come from the texts. Where the
 * mapped symbol is a number, what was subscribed is the symbol, as the vendor's client has it.
 */
export function gatewayMessage(
  record: Uint8Array,
  format: { version: DbnVersion; tsOut: boolean },
): GatewayMessage {
  const bytes = convertRecord(runOf(record, format), 0, 3);
  const fields = decodeRecord(runOf(bytes, { version: 3, tsOut: format.tsOut }), 0);
  if (fields.rtype === RTYPE.SYMBOL_MAPPING) {
    const stypeInSymbol = String(fields['stype_in_symbol']);
    const out = String(fields['stype_out_symbol']);
    const symbol = /^\d+$/.test(out) ? stypeInSymbol : out;
    return { type: 'mapping', instrumentId: fields.instrument_id, stypeInSymbol, symbol };
  }
  const error = fields.rtype === RTYPE.ERROR;
  return {
    type: error ? 'error' : 'system',
    code: fields['code'] === UNSET_CODE ? deducedCode(fields) : Number(fields['code']),
    text: String(error ? fields['err'] : fields['msg']),
    eventNs: fields.ts_event === UNDEF_TIMESTAMP ? 0n : fields.ts_event,
  };
}

/** The code that a text tells, as it does in version 1. */
function deducedCode({ rtype, err, msg }: DbnRecord): number {
  const words = String(rtype === RTYPE.ERROR ? err : msg).slice(0, MAX_TEXT_BYTES_V1);
  const header = { rtype, publisher_id: 0, instrument_id: 0, ts_event: 0n };
  const record = encodeRecord({ ...header, [rtype === RTYPE.ERROR ? 'err' : 'msg']: words }, 1);
  const told = convertRecord(runOf(record, { version: 1, tsOut: false }), 0, 3);
  return Number(decodeRecord(runOf(told, { version: 3, tsOut: false }), 0)['code']);
}
