/**
 * The sending half of a stream: records and the gateway's own words, with what is made to go wrong
 * between them, to a client that may be slow.
 */
import {
  FLAG,
  type RecordRun,
  runBytes,
  runOf,
  type Schema,
  sliceRun,
  TS_OUT_BYTES,
} from '../../dbn/index.ts';
import type { MarketClock } from './gateway-clock.ts';
import type { GatewayFaultName } from './gateway-fault-names.ts';
import {
  ERROR_CODE,
  ERROR_TEXT,
  errorRecord,
  mappingRecord,
  SYSTEM_CODE,
  type SymbolAnswer,
  systemRecord,
} from './gateway-messages.ts';
import type { Ending } from './gateway-socket.ts';
import type { MarketLane } from './market-lane.ts';
import { OutgoingRecords } from './outgoing-records.ts';
import { clearRecord } from './resting-orders.ts';
import type { Taken } from './session-lanes.ts';
import { SlowReader } from './slow-reader.ts';
import type { StreamContext } from './stream-context.ts';
import { largestRecord, lengthlessRecord, StreamFaults, unknownRecord } from './stream-faults.ts';

/** Bytes that may lie unsent where the socket sets the pace. */
const SEND_AHEAD_BYTES = 1024 * 1024;
const CLEAR_FLAGS = FLAG.LAST | FLAG.BAD_TS_RECV;
/** Parts sent before other work is let in. */
const PARTS_PER_BREATH = 64;

/** See the file comment. */
export class StreamSender {
  /** How the stream is to end; null while it goes on. */
  ending: Ending | null = null;
  /** Nothing is sent any more, and nothing said. */
  silent = false;
  /** Records are behind the market's clock for a good reason: the socket sets the pace. */
  catchingUp = true;
  /** When something was last sent, ms of the clock. */
  lastSentMs: number;
  /** The clock that the session goes by. */
  readonly clock: MarketClock;
  private readonly context: StreamContext;
  private readonly out: OutgoingRecords;
  private readonly faults: StreamFaults;
  private readonly slowReader: SlowReader;
  private readonly answered = new Map<string, string>();
  /** Records yet to be left out by a fault, and those that were. */
  private leaveOut = 0;
  private leftOut = 0;
  private parts = 0;

  constructor(context: StreamContext, clock: MarketClock) {
    const { socket, form, request } = context;
    this.context = context;
    this.clock = clock;
    this.lastSentMs = context.clock.nowMs();
    const outgoing = { version: form.version, tsOut: request.tsOut, nowNs: () => this.nowNs() };
    this.out = new OutgoingRecords(outgoing, (piece) => {
      this.lastSentMs = context.clock.nowMs();
      if (!this.silent) socket.write(piece);
    });
    this.faults = new StreamFaults(context.faults);
    this.slowReader = new SlowReader(request.slowReader, context.sendBufferBytes);
  }

  /** Nothing more is to be sent. */
  get over(): boolean {
    return this.ending !== null || this.silent || this.context.socket.closed;
  }

  /** Sends bytes in front of what comes next, in one piece with it. */
  begin(bytes: Uint8Array): void {
    this.out.prepend(bytes);
  }

  /** Sends what is gathered. */
  flush(): void {
    this.out.flush();
  }

  /** Ends the stream; the first ending holds. */
  finish(how: Ending): void {
    this.ending ??= how;
  }

  /** A system record, of the market's time unless another is given (Unix ns of the recording). */
  say(code: number, text: string, ns = this.clock.nowNs): void {
    const { form, market } = this.context;
    this.out.appendRecord(systemRecord(form, ns + market.shiftNs, code, text));
  }

  /** An error record. */
  error(code: number, text: string, isLast = true): void {
    this.out.appendRecord(errorRecord(this.context.form, this.nowNs(), code, text, isLast));
  }

  /** An error record that ends the stream. */
  fail(code: number, text: string): void {
    this.error(code, text);
    this.finish('fin');
  }

  /** Tells what symbols stand for, where it was not told before. */
  answer(answers: readonly SymbolAnswer[]): void {
    for (const answer of answers) {
      const key = `${answer.stypeIn}|${answer.asked}|${answer.instrumentId}`;
      if (this.answered.get(key) === answer.symbol) continue;
      this.answered.set(key, answer.symbol);
      this.out.appendRecord(mappingRecord(this.context.form, this.nowNs(), answer));
    }
  }

  /** Records of a snapshot: not counted, and out of reach of faults. */
  snapshot(bytes: Uint8Array): void {
    const run = runOf(bytes, { version: this.context.form.version });
    this.out.append(run, 0, run.count, this.context.market.shiftNs);
  }

  /** The start of a new session of the market: a clear of every book, as the venue's. */
  clearBooks({ run, from, owner, headNs }: Taken): void {
    const publisher = run.words[(run.start + from * run.stride) >> 2]! >>> 16;
    for (const id of owner.instruments ?? this.context.market.instruments('mbo')) {
      this.snapshot(clearRecord(publisher, id, headNs, CLEAR_FLAGS));
    }
  }

  /**
   * Records `[from, to)` of a lane.
   * @returns how far it came: less than `to` where the stream ended between them.
   */
  send(run: RecordRun, from: number, to: number, lane: MarketLane): number {
    const shiftNs = this.context.market.shiftNs + lane.lapShiftNs;
    const { schema } = lane;
    if (!this.catchingUp && this.slowReader.leavesOut(schema, to - from)) return to;
    let i = from;
    while (i < to && !this.over) {
      const fault = this.faults.due();
      if (fault) {
        this.inject(fault.name, fault.after, run, i);
        continue;
      }
      if (this.leaveOut > 0) {
        i += this.leave(to - i, schema);
        continue;
      }
      const n = Math.min(to - i, this.faults.room);
      this.out.append(run, i, i + n, shiftNs);
      this.context.report.records += n;
      this.faults.count(n);
      i += n;
    }
    if (!this.catchingUp && this.clock.speed > 0) this.judgeReader(schema);
    return i;
  }

  /** A pause of the market: faults whose records are sent, and how the reader does. */
  rest(): void {
    const fault = this.faults.due();
    if (fault) {
      const { form } = this.context;
      const heartbeat = systemRecord(form, this.nowNs(), SYSTEM_CODE.HEARTBEAT, 'Heartbeat');
      this.inject(fault.name, fault.after, runOf(heartbeat, { version: form.version }), 0);
    }
    this.flush();
    this.catchingUp = false;
    this.judgeReader(null);
  }

  /** Lets the socket keep up where it sets the pace, and others work now and then. */
  async breathe(): Promise<void> {
    const { socket } = this.context;
    const paced = this.catchingUp || this.clock.speed === 0;
    if (paced && socket.backlog > SEND_AHEAD_BYTES) await socket.room(SEND_AHEAD_BYTES);
    else if (++this.parts % PARTS_PER_BREATH === 0) {
      await new Promise((done) => setImmediate(done));
    }
  }

  private leave(most: number, schema: Schema): number {
    const n = Math.min(most, this.leaveOut);
    this.leaveOut -= n;
    this.leftOut += n;
    if (this.leaveOut === 0) {
      this.sayLeftOut(schema, this.leftOut);
      this.leftOut = 0;
    }
    return n;
  }

  private inject(name: GatewayFaultName, after: number, run: RecordRun, i: number): void {
    const trailerBytes = this.context.request.tsOut ? TS_OUT_BYTES : 0;
    if (name.startsWith('error-')) {
      const code = Number(name.slice('error-'.length));
      if (code === ERROR_CODE.SKIPPED) this.leaveOut = Math.max(1, after);
      else this.fail(code, ERROR_TEXT[code]!);
    } else if (name === 'unknown-rtype') this.out.appendRecord(unknownRecord());
    else if (name === 'oversize') this.out.appendRecord(largestRecord(trailerBytes));
    else if (name === 'length-zero') this.out.appendBytes(lengthlessRecord());
    else if (name === 'silence') {
      this.flush();
      this.silent = true;
    } else {
      const record = runBytes(sliceRun(run, i, i + 1));
      if (name === 'fin-mid-record') this.out.appendBytes(record.slice(0, record.length / 2));
      this.finish(name === 'rst' ? 'rst' : 'fin');
    }
  }

  private sayLeftOut(schema: Schema, records: number): void {
    const text = `Slow client detected for ${schema}, ${records} records were skipped`;
    this.error(ERROR_CODE.SKIPPED, text);
  }

  private judgeReader(schema: Schema | null): void {
    const backlog = this.context.socket.backlog + this.out.pending;
    const step = this.slowReader.judge(backlog, schema);
    if (step === 'warn') {
      this.say(SYSTEM_CODE.SLOW_READER, `Warning: slow reading, ${backlog} bytes are not read`);
    } else if (step === 'disconnect') this.finish('cut');
    else if (step === 'skipped') {
      for (const [skipped, n] of this.slowReader.left) this.sayLeftOut(skipped, n);
      this.slowReader.left.clear();
      this.flush();
    }
  }

  /** The market's time as the client sees it, Unix ns. */
  private nowNs(): bigint {
    return this.clock.nowNs + this.context.market.shiftNs;
  }
}
