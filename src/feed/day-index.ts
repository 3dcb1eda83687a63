/**
 * What one pass over a day file learns: which instruments it has, when they were active, how the
 * file ends.
 */
import { FLAG, type MboColumns, type StreamEnd } from '../dbn/index.ts';

/** Width of an activity bar. */
export const ACTIVITY_STEP_SECONDS = 60;
/**
 * Bars kept: two days, for a session may start the evening before; later records count in the last
 * bar.
 */
const MAX_BARS = 2880;
/** Instruments that are kept apart; the records of more are only counted. */
const MAX_INSTRUMENTS = 20_000;
/** A clock beyond it is no time of this day, ns (104 days). */
const MAX_CLOCK_NS = 2 ** 53;

/** One instrument of a day file. Times are ns since the index's origin. */
export interface InstrumentActivity {
  publisherId: number;
  instrumentId: number;
  records: number;
  /** Clock at its first record. */
  firstNs: number;
  /** Clock at its first record that is not of a snapshot; `lastNs` when there is none. */
  liveNs: number;
  /** Clock at its last record. */
  lastNs: number;
  /** Records per minute since the origin, without the zeros behind the last. */
  bars: number[];
  /** Symbol by the mapping records of a live session; absent when there are none of it. */
  symbol?: string;
}

/** The index of a day file; plain data, stored as JSON beside the decoded file. */
export interface DayIndex {
  /** 00:00 UTC that times count from, ns since the epoch. */
  originNs: string;
  /** Bytes of the DBN header: records start here. */
  headerBytes: number;
  /** Decoded size, bytes. */
  bytes: number;
  /** MBO records of all instruments. */
  records: number;
  /** Records of other types, by rtype. */
  passedOver: Record<string, number>;
  end: StreamEnd;
  instruments: InstrumentActivity[];
}

/** Collects the instruments of a day, batch by batch. */
export class ActivityCounter {
  records = 0;
  private readonly byKey = new Map<number, InstrumentActivity>();
  private lastKey = -1;
  private last: InstrumentActivity | null = null;

  /** Counts the rows of a batch; rows come in file order. */
  add(columns: MboColumns): void {
    const { tsRecv, flags, instrumentId, publisherId, length } = columns;
    for (let i = 0; i < length; i++) {
      const key = publisherId[i]! * 4294967296 + instrumentId[i]!;
      const one =
        key === this.lastKey ? this.last : this.find(key, publisherId[i]!, instrumentId[i]!);
      if (one) count(one, tsRecv[i]!, (flags[i]! & FLAG.SNAPSHOT) !== 0);
    }
    this.records += length;
  }

  /**
   * An instrument as it was counted so far, of the first venue that has it; `liveNs` is -1 while
   * all is of a snapshot. Null before its first record.
   */
  counted(instrumentId: number): InstrumentActivity | null {
    for (const one of this.byKey.values()) if (one.instrumentId === instrumentId) return one;
    return null;
  }

  /** The instruments, most records first. */
  instruments(): InstrumentActivity[] {
    const all = [...this.byKey.values()].sort((a, b) => b.records - a.records);
    for (const one of all) {
      if (one.liveNs < 0) one.liveNs = Math.max(0, one.lastNs);
    }
    return all;
  }

  private find(key: number, publisherId: number, instrumentId: number): InstrumentActivity | null {
    let one = this.byKey.get(key) ?? null;
    if (!one && this.byKey.size < MAX_INSTRUMENTS) {
      one = {
        publisherId,
        instrumentId,
        records: 0,
        firstNs: -1,
        liveNs: -1,
        lastNs: -1,
        bars: [],
      };
      this.byKey.set(key, one);
    }
    this.lastKey = key;
    this.last = one;
    return one;
  }
}

function count(one: InstrumentActivity, ts: number, snapshot: boolean): void {
  const clock = ts > one.lastNs && ts < MAX_CLOCK_NS ? ts : Math.max(0, one.lastNs);
  one.lastNs = clock;
  if (one.firstNs < 0) one.firstNs = clock;
  if (one.liveNs < 0 && !snapshot) one.liveNs = clock;
  one.records++;
  const bar = Math.min(MAX_BARS - 1, Math.floor(clock / (ACTIVITY_STEP_SECONDS * 1e9)));
  while (one.bars.length <= bar) one.bars.push(0);
  one.bars[bar]!++;
}
