/**
 * Whole records in a row, looked at by their headers only: how the recorder tells what goes where
 * without making anything of each.
 */
import { DataError } from '../../core/index.ts';
import { type DbnVersion, HEADER_BYTES, layoutOf, RTYPE } from '../../dbn/index.ts';

/** Byte of `ts_event`, the index time of records that have no `ts_recv`. */
const TS_EVENT_AT = 8;

/** Types that a gateway says something with: they belong to no schema. */
const CONTROL: ReadonlySet<number> = new Set([RTYPE.ERROR, RTYPE.SYMBOL_MAPPING, RTYPE.SYSTEM]);

/** A record as its header tells it, and where it lies. */
export interface RecordHead {
  /** First byte, and the one behind the last. */
  at: number;
  end: number;
  rtype: number;
  instrumentId: number;
  /** Index time, Unix ns as two halves: exact without a bigint. */
  high: number;
  low: number;
}

/** True for system, error and symbol mapping records. */
export function isControl(rtype: number): boolean {
  return CONTROL.has(rtype);
}

function timeBytes(version: DbnVersion): Uint8Array {
  const table = new Uint8Array(256).fill(TS_EVENT_AT);
  for (let rtype = 0; rtype < 256; rtype++) {
    const field = layoutOf(rtype, version)?.fields.find((f) => f.name === 'ts_recv');
    if (field) table[rtype] = field.at;
  }
  return table;
}

const TIME_AT: readonly Uint8Array[] = ([1, 2, 3] as const).map(timeBytes);

/**
 * Steps through records: `head` is of the record that `next` moved to, and changes with the next
 * one.
 */
export class RecordWalk {
  readonly head: RecordHead = { at: 0, end: 0, rtype: 0, instrumentId: 0, high: 0, low: 0 };
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly timeAt: Uint8Array;

  /** @param bytes whole records, back to back. */
  constructor(bytes: Uint8Array, version: DbnVersion) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.timeAt = TIME_AT[version - 1] as Uint8Array;
  }

  /** Moves to the next record; false behind the last. @throws DataError DBN_RECORD */
  next(): boolean {
    const { head, bytes, view } = this;
    const at = head.end;
    if (at >= bytes.length) return false;
    const size = (bytes[at] as number) * 4;
    if (size < HEADER_BYTES || at + size > bytes.length) throw notWhole(at, size, bytes.length);
    const rtype = bytes[at + 1] as number;
    const time = this.timeAt[rtype] as number;
    head.at = at;
    head.end = at + size;
    head.rtype = rtype;
    head.instrumentId = view.getUint32(at + 4, true);
    const timed = time + 8 <= size ? at + time : at + TS_EVENT_AT;
    head.low = view.getUint32(timed, true);
    head.high = view.getUint32(timed + 4, true);
    return true;
  }
}

/** The index time of a record, Unix ns. */
export function timeOf({ high, low }: Pick<RecordHead, 'high' | 'low'>): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

function notWhole(offset: number, size: number, there: number): DataError {
  return new DataError('DBN_RECORD', 'records of a live session are not whole', {
    offset,
    found: `a record of ${size} bytes, ${there - offset} left`,
    expected: 'whole records',
  });
}
