import { RTYPE } from '../../dbn/index.ts';

/** Types whose intraday replay goes by `ts_recv`; all others go by `ts_event`. */
const BY_TS_RECV: readonly number[] = [RTYPE.BBO_1S, RTYPE.BBO_1M, RTYPE.CBBO_1S, RTYPE.CBBO_1M];
/** Types whose `ts_event` may be hours before they are sent. */
const LATE: readonly number[] = [RTYPE.DEFINITION, RTYPE.STATISTICS, RTYPE.STATUS, RTYPE.IMBALANCE];
const LATE_MARGIN_NS = 12n * 3_600_000_000_000n;
const MARGIN_NS = 10_000_000_000n;

/** Word of a record where `ts_event` is, and `ts_recv` of the types above. */
const TS_EVENT_WORD = 2;
const TS_RECV_WORD = 8;

/** Word of a record where its replay time starts, by type. Source: Databento docs, Live API. */
export const REPLAY_TIME_WORD = new Uint8Array(256).fill(TS_EVENT_WORD);
for (const rtype of BY_TS_RECV) REPLAY_TIME_WORD[rtype] = TS_RECV_WORD;

/**
 * How much earlier than the last record of a type its replay is asked for, ns: it goes by
 * `ts_event`, which may run backwards where records follow each other by `ts_recv`.
 */
export function replayMarginNs(rtype: number): bigint {
  return LATE.includes(rtype) ? LATE_MARGIN_NS : MARGIN_NS;
}

/** True for the types that the gateway speaks with itself: errors, mappings, system messages. */
export function isControl(rtype: number): boolean {
  return rtype === RTYPE.ERROR || rtype === RTYPE.SYMBOL_MAPPING || rtype === RTYPE.SYSTEM;
}

/** The replay time of the record that begins at a word, Unix ns; 0 when it has no room for one. */
export function replayTimeOf(words: Uint32Array, at: number): bigint {
  const word = at + REPLAY_TIME_WORD[(words[at]! >>> 8) & 0xff]!;
  if (word + 1 >= words.length) return 0n;
  return (BigInt(words[word + 1]!) << 32n) | BigInt(words[word]!);
}

/** The latest replay time of every record type, Unix ns: kept as two words, for speed. */
export class EventMarks {
  private readonly hi = new Uint32Array(256);
  private readonly lo = new Uint32Array(256);

  /** Raises the mark of a type. */
  note(rtype: number, hi: number, lo: number): void {
    const was = this.hi[rtype]!;
    if (hi < was || (hi === was && lo <= this.lo[rtype]!)) return;
    this.hi[rtype] = hi;
    this.lo[rtype] = lo;
  }

  /** The mark of a type; null when there is none. */
  of(rtype: number): bigint | null {
    const ns = (BigInt(this.hi[rtype]!) << 32n) | BigInt(this.lo[rtype]!);
    return ns === 0n ? null : ns;
  }

  /** The latest mark of all; null when there is none. */
  newest(): bigint | null {
    let best: bigint | null = null;
    for (let rtype = 0; rtype < 256; rtype++) {
      const ns = this.of(rtype);
      if (ns !== null && (best === null || ns > best)) best = ns;
    }
    return best;
  }
}

/**
 * Raises the marks by every record of data in `bytes` (whole records, on four bytes). Undefined
 * times are left out.
 */
export function markRecords(bytes: Uint8Array, marks: EventMarks): void {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  for (let at = 0; at < words.length; at += words[at]! & 0xff) {
    const rtype = (words[at]! >>> 8) & 0xff;
    if (isControl(rtype)) continue;
    const word = at + REPLAY_TIME_WORD[rtype]!;
    if (word + 1 >= words.length) continue;
    const hi = words[word + 1]!;
    if (hi !== 0xffffffff) marks.note(rtype, hi, words[word]!);
  }
}
