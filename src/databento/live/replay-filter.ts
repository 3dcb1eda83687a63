import { ACTION, FLAG, MBO_BYTES, RTYPE, UNDEF_TIMESTAMP } from '../../dbn/index.ts';
import type { DeliveredWindow } from './delivered-window.ts';
import { isControl, REPLAY_TIME_WORD, replayMarginNs, replayTimeOf } from './event-marks.ts';
import { leaveOut, pickRecords } from './leave-out.ts';
import { RecordSet } from './record-set.ts';
import type { RecordBatch } from './record-stream.ts';

/** Byte of an order event where its flags and its action are. */
const MBO_FLAGS_AT = 36;
const MBO_ACTION_AT = 38;
/** In the place of a time: it has been passed. */
const OVERTAKEN = -Infinity;

/** What a replay of one record type was asked for. */
export interface ReplayRequest {
  /** From here on, Unix ns. */
  startNs: bigint;
  /** Every record of the type comes by the replay until it has caught up. */
  alone: boolean;
}

/** What is known of it. */
interface Replay extends ReplayRequest {
  /** Latest time of the records that were delivered before; null when there was none. */
  newestNs: bigint | null;
  /** Earliest time that came, rounded to a float64; infinite before. */
  first: number;
  /** Records later than this, ns, are beyond what is replayed: the replay has come or will not. */
  overtaken: number;
  over: boolean;
}

/** A replay that did not bring what had been delivered before: others may be missing too. */
export interface ReplayShortfall {
  rtype: number;
  /** Records that were delivered before the connection broke and were not sent again. */
  missing: number;
  /** Unix ns. */
  fromNs: bigint;
  toNs: bigint;
}

/**
 * Leaves out of a replay the records that were delivered before the connection broke, exactly
 * those: byte for byte, and each as often as it was delivered. They also prove the replay: one of
 * them that does not come means that the gateway did not send all it was asked for, whatever it
 * says.
 */
export class ReplayFilter {
  /** Records left out so far. */
  dropped = 0;
  private readonly set: RecordSet;
  private readonly replays = new Map<number, Replay>();

  /** @param requests of every record type that is asked for again. */
  constructor(
    window: DeliveredWindow,
    requests: ReadonlyMap<number, ReplayRequest>,
    tsOut: boolean,
  ) {
    for (const [rtype, request] of requests) {
      const unknown = { newestNs: null, first: Infinity, overtaken: Infinity, over: false };
      this.replays.set(rtype, { ...request, ...unknown });
    }
    const bytes = pickRecords(window.pieces(), (words, at) => this.mayComeAgain(words, at));
    this.set = new RecordSet(bytes, tsOut);
    for (const [rtype, replay] of this.replays) {
      if (!replay.alone) continue;
      replay.overtaken = Number((replay.newestNs ?? replay.startNs) + replayMarginNs(rtype));
    }
  }

  /** True when every replay is over and settled: the filter has no more to do. */
  get over(): boolean {
    return this.replays.size === 0;
  }

  /** Takes the batch's duplicates out of it, in place; what is left is in order. */
  apply(batch: RecordBatch): RecordBatch {
    const kept = leaveOut(batch, (words, at) => this.isDuplicate(words, at));
    this.dropped += batch.count - kept.count;
    return kept;
  }

  /** The gateway says that it has replayed these types. */
  completed(rtypes: readonly number[]): void {
    for (const rtype of rtypes) {
      const replay = this.replays.get(rtype);
      if (replay) replay.over = true;
    }
  }

  /**
   * What the replays lacked that are over, or that later records have overtaken: each is told once.
   * @param nowNs the newest time that the gateway has named, Unix ns.
   */
  settle(nowNs: bigint): ReplayShortfall[] {
    const due = [...this.replays].filter(([, r]) => r.over || r.overtaken === OVERTAKEN);
    if (due.length === 0) return [];
    const missing = new Map(due.map(([rtype]) => [rtype, 0]));
    this.set.eachLeft((words, at, times) => {
      const rtype = (words[at]! >>> 8) & 0xff;
      const count = missing.get(rtype);
      if (count === undefined || !this.lacks(this.replays.get(rtype)!, words, at)) return;
      missing.set(rtype, count + times);
    });
    const short = due.filter(([rtype]) => missing.get(rtype)! > 0);
    const told = short.map(([rtype, replay]) => {
      const { first, newestNs, startNs } = replay;
      const brokeNs = newestNs ?? startNs;
      // It began behind the break, or it lacks records anywhere.
      const hole = first > Number(brokeNs);
      const fromNs = hole ? brokeNs : startNs;
      const toNs = hole && Number.isFinite(first) ? BigInt(first) : nowNs;
      const later = toNs > fromNs ? toNs : fromNs;
      return { rtype, missing: missing.get(rtype)!, fromNs, toNs: later };
    });
    for (const [rtype, replay] of due) {
      replay.overtaken = Infinity;
      if (replay.over) this.replays.delete(rtype);
    }
    return told;
  }

  /** True for a delivered record whose absence shows that others may be absent. */
  private lacks(replay: Replay, words: Uint32Array, at: number): boolean {
    if (!replay.alone || !mustComeAgain(words, at)) return false;
    // A replay that begins later than asked, but before the break, lacks nothing that matters.
    const { first, newestNs, startNs } = replay;
    if (replayTimeOf(words, at) < startNs) return false;
    return timeOf(words, at) >= first || first > Number(newestNs);
  }

  /** True for the delivered records that a replay may bring again. */
  private mayComeAgain(words: Uint32Array, at: number): boolean {
    const replay = this.replays.get((words[at]! >>> 8) & 0xff);
    if (!replay) return false;
    const ns = replayTimeOf(words, at);
    if (ns !== UNDEF_TIMESTAMP && ns > (replay.newestNs ?? 0n)) replay.newestNs = ns;
    return true;
  }

  private isDuplicate(words: Uint32Array, at: number): boolean {
    const rtype = (words[at]! >>> 8) & 0xff;
    if (isControl(rtype)) return false;
    const replay = this.replays.get(rtype);
    if (!replay || replay.over) return false;
    const time = timeOf(words, at);
    if (time < replay.first) replay.first = time;
    if (time > replay.overtaken) replay.overtaken = OVERTAKEN;
    return this.set.take(words, at);
  }
}

/** Snapshots and the clearing before them are made anew by each session: nothing follows. */
function mustComeAgain(words: Uint32Array, at: number): boolean {
  if (((words[at]! >>> 8) & 0xff) !== RTYPE.MBO || (words[at]! & 0xff) * 4 < MBO_BYTES) return true;
  const byte = (offset: number) => (words[at + (offset >> 2)]! >>> ((offset & 3) * 8)) & 0xff;
  return (byte(MBO_FLAGS_AT) & FLAG.SNAPSHOT) === 0 && byte(MBO_ACTION_AT) !== ACTION.CLEAR;
}

/** Ns as a float64, to 256 ns; an undefined one as 0. */
function timeOf(words: Uint32Array, at: number): number {
  const word = at + REPLAY_TIME_WORD[(words[at]! >>> 8) & 0xff]!;
  if (word + 1 >= words.length || words[word + 1] === 0xffffffff) return 0;
  return words[word + 1]! * 2 ** 32 + words[word]!;
}
