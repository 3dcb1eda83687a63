/**
 * The binary half of a session: header, answers, replay, snapshots, then the market as it goes.
 */
import {
  type RecordRun,
  runBytes,
  runOf,
  type Schema,
  sliceRun,
  TS_OUT_BYTES,
} from '../../dbn/index.ts';
import { dayOf, indexTimeOf, indexWordOf } from '../data-folder-time.ts';
import type { SessionRequest } from './auth-line.ts';
import type { DatasetMarket } from './dataset-market.ts';
import type { GatewayClock, MarketClock } from './gateway-clock.ts';
import type { ConnectionFaults } from './gateway-faults.ts';
import {
  ERROR_CODE,
  errorRecord,
  liveMetadata,
  mappingRecord,
  type StreamForm,
  SYSTEM_CODE,
  type SymbolAnswer,
  systemRecord,
} from './gateway-messages.ts';
import type { Ending, GatewaySocket } from './gateway-socket.ts';
import { isInterval } from './market-lane.ts';
import { OutgoingRecords } from './outgoing-records.ts';
import { SessionLanes, type Taken } from './session-lanes.ts';
import { SlowReader } from './slow-reader.ts';
import { largestRecord, lengthlessRecord, StreamFaults, unknownRecord } from './stream-faults.ts';
import { resolveSymbols } from './subscribed-symbols.ts';
import type { Subscription } from './subscription-line.ts';

/** Bytes that may lie unsent where the socket sets the pace. */
const SEND_AHEAD_BYTES = 1024 * 1024;
/** Longest and shortest wait for the market to move, ms. */
const TICK_MS = { longest: 1000, shortest: 2 } as const;
/** Takes before other work is let in. */
const TAKES_PER_BREATH = 64;
/** Records are looked for this much before a replay's start: times of venue and capture differ. */
const REPLAY_MARGIN_NS = 1_000_000_000n;
/** Schemas whose replay goes by `ts_recv`. */
const BY_INDEX = /^c?bbo-/;
const TS_EVENT_WORD = 2;

/** What a stream works with. */
export interface StreamContext {
  socket: GatewaySocket;
  market: DatasetMarket;
  request: SessionRequest;
  form: StreamForm;
  faults: ConnectionFaults;
  clock: GatewayClock;
  heartbeatMs: number;
  sendBufferBytes: number;
  /** What is done when the data ends: hang up, or stay with heartbeats. */
  atEnd: 'close' | 'stay';
  /** How far back a replay may begin, ns of the market; null = as far as there is data. */
  replayNs: bigint | null;
}

/** See the file comment. */
export class SessionStream {
  /** Data records sent. */
  records = 0;
  private readonly context: StreamContext;
  private readonly out: OutgoingRecords;
  private readonly faults: StreamFaults;
  private readonly slowReader: SlowReader;
  private readonly lanes: SessionLanes;
  private readonly answered = new Map<string, string>();
  private waiting: Subscription[] = [];
  private invalid: string | null = null;
  private clock!: MarketClock;
  private ending: Ending | null = null;
  private silent = false;
  private leaveOut = 0;
  private takes = 0;
  /** Records are behind the market's clock for a good reason: the socket sets the pace. */
  private catchingUp = true;
  private lastSentMs: number;
  private wake: (() => void) | null = null;

  constructor(context: StreamContext) {
    const { socket, form, request, clock } = context;
    this.context = context;
    this.lastSentMs = clock.nowMs();
    const outgoing = { version: form.version, tsOut: request.tsOut, nowNs: () => this.wireNs() };
    this.out = new OutgoingRecords(outgoing, (piece) => {
      this.lastSentMs = clock.nowMs();
      if (!this.silent) socket.write(piece);
    });
    this.faults = new StreamFaults(context.faults);
    this.slowReader = new SlowReader(request.slowReader, context.sendBufferBytes);
    this.lanes = new SessionLanes(context.market, (answers) => this.answer(answers));
    socket.whenClosed.then(() => this.wakeUp());
  }

  /** Takes a subscription, before the start or during the stream. */
  subscribe(subscription: Subscription): void {
    this.waiting.push(subscription);
    this.wakeUp();
  }

  /** Ends the stream with an error of code 5. */
  refuse(text: string): void {
    this.invalid = text;
    this.wakeUp();
  }

  /** Ends the stream. */
  finish(how: Ending): void {
    this.ending ??= how;
    this.wakeUp();
  }

  /** Streams until the connection ends. */
  async run(): Promise<void> {
    const { socket } = this.context;
    try {
      await this.begin();
      while (!this.over) {
        await this.accept(this.clock.nowNs, false);
        await this.play();
      }
    } finally {
      this.lanes.close();
    }
    this.out.flush();
    if (this.silent) await socket.whenClosed;
    else if (!socket.closed) await socket.end(this.ending ?? 'fin');
  }

  private get over(): boolean {
    return this.ending !== null || this.silent || this.context.socket.closed;
  }

  /** Header, then what was subscribed before the start. */
  private async begin(): Promise<void> {
    const { socket, market, request, form, faults } = this.context;
    this.clock = market.openClock();
    const nowNs = this.clock.nowNs;
    let startNs = nowNs;
    for (const subscription of this.waiting) {
      if (subscription.start === null) continue;
      const fromNs = this.replayFrom(subscription);
      if (fromNs < startNs) startNs = fromNs;
    }
    const header = liveMetadata(
      request.dataset,
      form.version,
      startNs + market.shiftNs,
      request.tsOut,
    );
    if (request.compression === 'zstd') socket.compress();
    if (faults.has('split-stream')) socket.split(faults.get('split-stream')!);
    if (faults.has('merged-stream')) this.out.appendBytes(header);
    else {
      socket.write(header);
      await socket.room(0);
    }
    await this.accept(nowNs, true);
  }

  /** Answers subscriptions and starts them: from the past where asked, then from `nowNs` on. */
  private async accept(nowNs: bigint, atStart: boolean): Promise<void> {
    if (this.invalid !== null) this.fail(ERROR_CODE.SUBSCRIPTION, this.invalid);
    if (this.over || this.waiting.length === 0) return;
    const subscriptions = this.waiting;
    this.waiting = [];
    for (const subscription of subscriptions) this.acknowledge(subscription, nowNs);
    if (atStart) await this.replay(subscriptions, nowNs);
    for (const subscription of subscriptions) {
      if (this.over) return;
      if (subscription.snapshot) await this.snapshot(subscription, nowNs);
      this.lanes.add(subscription, nowNs);
    }
    this.catchingUp = true;
  }

  private acknowledge(subscription: Subscription, nowNs: bigint): void {
    const { schema, id } = subscription;
    const { answers, unknown } = this.resolve(subscription, nowNs);
    this.say(
      SYSTEM_CODE.SUBSCRIBED,
      `Subscription request ${id ?? 0} for ${schema} data succeeded`,
    );
    for (const [i, symbol] of unknown.entries()) {
      const text = `Failed to resolve symbol ${symbol} of subscription request ${id ?? 0}`;
      this.error(ERROR_CODE.SYMBOL, text, i === unknown.length - 1);
    }
    this.answer(answers);
  }

  private resolve(subscription: Subscription, ns: bigint) {
    return resolveSymbols(this.context.market.symbols, subscription, dayOf(ns));
  }

  /** Tells what symbols stand for, where it was not told before. */
  private answer(answers: readonly SymbolAnswer[]): void {
    for (const answer of answers) {
      const key = `${answer.stypeIn}|${answer.asked}|${answer.instrumentId}`;
      if (this.answered.get(key) === answer.symbol) continue;
      this.answered.set(key, answer.symbol);
      this.out.appendRecord(mappingRecord(this.context.form, this.wireNs(), answer));
    }
  }

  /** Where a replay really begins, Unix ns of the recording. */
  private replayFrom(subscription: Subscription): bigint {
    const { market, faults } = this.context;
    if (subscription.start === 0n) return market.firstNs;
    const early = BigInt(Math.round((faults.get('replay-duplicates') ?? 0) * 1e6));
    const late = BigInt(Math.round((faults.get('replay-short') ?? 0) * 1e6));
    return subscription.start! - market.shiftNs - early + late;
  }

  private async replay(subscriptions: readonly Subscription[], nowNs: bigint): Promise<void> {
    const { market, replayNs } = this.context;
    const past = subscriptions.filter((s) => s.start !== null);
    if (past.length === 0) return;
    const lanes = new SessionLanes(market, (answers) => this.answer(answers));
    try {
      for (const subscription of past) {
        const fromNs = this.replayFrom(subscription);
        if (subscription.start !== 0n && replayNs !== null && fromNs < nowNs - replayNs) {
          const text = `Replay data before the last ${replayNs / 1_000_000_000n} s has aged out`;
          this.fail(ERROR_CODE.REPLAY_AGED_OUT, text);
          return;
        }
        const byIndex = BY_INDEX.test(subscription.schema) || subscription.start === 0n;
        lanes.add(
          subscription,
          byIndex ? fromNs : fromNs - REPLAY_MARGIN_NS,
          byIndex ? 0n : fromNs,
        );
      }
      while (!this.over && this.step(lanes, nowNs)) await this.breathe();
    } finally {
      lanes.close();
    }
    if (this.over) return;
    const schemas = new Set(past.map((subscription) => subscription.schema));
    for (const schema of schemas) {
      this.say(SYSTEM_CODE.REPLAY_COMPLETED, `Finished ${schema} replay`);
    }
  }

  private async snapshot(subscription: Subscription, nowNs: bigint): Promise<void> {
    const { market, form } = this.context;
    const { answers } = this.resolve(subscription, nowNs);
    const ids = subscription.all ? null : new Set(answers.map((a) => a.instrumentId));
    for (const bytes of await market.snapshots(ids, nowNs)) {
      const run = runOf(bytes, { version: form.version });
      this.out.append(run, 0, run.count, market.shiftNs);
      await this.breathe();
      if (this.over) return;
    }
  }

  /** Sends what is due, then waits for more. */
  private async play(): Promise<void> {
    const { atEnd } = this.context;
    const untilNs = this.clock.speed > 0 ? this.clock.nowNs : null;
    while (!this.over && this.step(this.lanes, untilNs)) {
      await this.breathe();
      if (this.waiting.length > 0 || this.invalid !== null) return;
    }
    if (this.over) return;
    this.out.flush();
    const rest = this.faults.due();
    if (rest) this.injectAtRest(rest.name, rest.after);
    const headNs = this.lanes.headNs;
    if (headNs === null && atEnd === 'close' && !this.lanes.empty) this.finish('fin');
    if (this.over) return;
    this.catchingUp = false;
    this.judgeReader(null);
    await this.idle(headNs === null ? null : this.clock.msUntil(headNs));
  }

  /** Sends the next records that are known before `untilNs`; false when there are none. */
  private step(lanes: SessionLanes, untilNs: bigint | null): boolean {
    const taken = lanes.next(untilNs);
    for (const lane of lanes.ended(taken ? taken.headNs : untilNs)) {
      this.say(
        SYSTEM_CODE.END_OF_INTERVAL,
        `End of interval for ${lane.schema}`,
        lane.openInterval!,
      );
      lane.openInterval = null;
    }
    if (!taken) return false;
    const { lane, instruments, minEventNs } = taken.owner;
    if (isInterval(lane.schema)) lane.openInterval = taken.headNs;
    const { run } = taken;
    if (!instruments && !minEventNs) this.send(taken, taken.from, taken.to);
    else {
      const fits = filterOf(run, instruments, minEventNs && minEventNs - lane.lapShiftNs);
      for (let i = taken.from; i < taken.to; ) {
        const from = i;
        while (i < taken.to && fits(i)) i++;
        if (i > from) this.send(taken, from, i);
        while (i < taken.to && !fits(i)) i++;
      }
    }
    const word = indexWordOf(run.rtype, run.version);
    this.clock.reached(indexTimeOf(run, taken.to - 1, word) + lane.lapShiftNs + 1n);
    return true;
  }

  private send(taken: Taken, from: number, to: number): void {
    const { run, owner } = taken;
    const shiftNs = this.context.market.shiftNs + owner.lane.lapShiftNs;
    if (!this.catchingUp && this.slowReader.leavesOut(owner.lane.schema, to - from)) return;
    for (let i = from; i < to && !this.over; ) {
      const fault = this.faults.due();
      if (fault) {
        this.inject(fault.name, fault.after, run, i);
        continue;
      }
      const n = Math.min(to - i, this.leaveOut > 0 ? this.leaveOut : this.faults.room);
      if (this.leaveOut === 0) {
        this.out.append(run, i, i + n, shiftNs);
        this.records += n;
        this.faults.count(n);
      } else {
        this.leaveOut -= n;
        if (this.leaveOut === 0) this.sayLeftOut(owner.lane.schema);
      }
      i += n;
    }
    if (!this.catchingUp && this.clock.speed > 0) this.judgeReader(owner.lane.schema);
  }

  private inject(name: string, after: number, run: RecordRun, i: number): void {
    const { request } = this.context;
    const trailerBytes = request.tsOut ? TS_OUT_BYTES : 0;
    if (name.startsWith('error-')) {
      const code = Number(name.slice('error-'.length));
      if (code === ERROR_CODE.SKIPPED) this.leaveOut = Math.max(1, after);
      else this.fail(code, ERROR_TEXT[code] ?? 'Internal error');
    } else if (name === 'unknown-rtype') this.out.appendRecord(unknownRecord());
    else if (name === 'oversize') this.out.appendRecord(largestRecord(trailerBytes));
    else if (name === 'length-zero') this.out.appendBytes(lengthlessRecord());
    else if (name === 'silence') {
      this.out.flush();
      this.silent = true;
    } else {
      const record = runBytes(sliceRun(run, i, i + 1));
      if (name === 'fin-mid-record') this.out.appendBytes(record.slice(0, record.length / 2));
      this.finish(name === 'rst' ? 'rst' : 'fin');
    }
  }

  /** A fault whose time came with the last record there is: a heartbeat stands for the next one. */
  private injectAtRest(name: string, after: number): void {
    const { form } = this.context;
    const heartbeat = systemRecord(form, this.wireNs(), SYSTEM_CODE.HEARTBEAT, 'Heartbeat');
    this.inject(name, after, runOf(heartbeat, { version: form.version }), 0);
  }

  private sayLeftOut(schema: Schema): void {
    this.error(ERROR_CODE.SKIPPED, `Slow client detected for ${schema}, records were skipped`);
  }

  private judgeReader(schema: Schema | null): void {
    const backlog = this.context.socket.backlog + this.out.pending;
    const step = this.slowReader.judge(backlog, schema);
    if (step === 'warn') {
      this.say(SYSTEM_CODE.SLOW_READER, `Warning: slow reading, ${backlog} bytes are not read`);
    } else if (step === 'disconnect') this.finish('cut');
    else if (step === 'skipped') {
      for (const skipped of this.slowReader.left.keys()) this.sayLeftOut(skipped);
      this.slowReader.left.clear();
    }
  }

  /** Lets the socket keep up where it sets the pace, and others work now and then. */
  private async breathe(): Promise<void> {
    const { socket } = this.context;
    const paced = this.catchingUp || this.clock.speed === 0;
    if (paced && socket.backlog > SEND_AHEAD_BYTES) await socket.room(SEND_AHEAD_BYTES);
    else if (++this.takes % TAKES_PER_BREATH === 0) {
      await new Promise((done) => setImmediate(done));
    }
  }

  /** Waits for the market (null: for no record), for a line of the client, or for a heartbeat. */
  private async idle(marketMs: number | null): Promise<void> {
    const { heartbeatMs, clock } = this.context;
    const quietMs = clock.nowMs() - this.lastSentMs;
    if (quietMs >= heartbeatMs) {
      this.say(SYSTEM_CODE.HEARTBEAT, 'Heartbeat');
      this.out.flush();
    }
    const beatMs = quietMs >= heartbeatMs ? heartbeatMs : heartbeatMs - quietMs;
    const ms = Math.min(beatMs, TICK_MS.longest, marketMs ?? TICK_MS.longest);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(ms, TICK_MS.shortest));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.over || this.waiting.length > 0 || this.invalid !== null) this.wake();
    });
    this.wake = null;
  }

  private say(code: number, text: string, ns = this.clock.nowNs): void {
    const { form, market } = this.context;
    this.out.appendRecord(systemRecord(form, ns + market.shiftNs, code, text));
  }

  private error(code: number, text: string, isLast = true): void {
    this.out.appendRecord(errorRecord(this.context.form, this.wireNs(), code, text, isLast));
  }

  private fail(code: number, text: string): void {
    this.error(code, text);
    this.finish('fin');
  }

  /** The market's time as the client sees it, Unix ns. */
  private wireNs(): bigint {
    return this.clock.nowNs + this.context.market.shiftNs;
  }

  private wakeUp(): void {
    this.wake?.();
  }
}

const ERROR_TEXT: Record<number, string> = {
  [ERROR_CODE.AUTH_FAILED]: 'Authentication failed',
  [ERROR_CODE.KEY_DEACTIVATED]: 'User or API key deactivated',
  [ERROR_CODE.CONNECTION_LIMIT]: 'User has reached their open connection limit',
  [ERROR_CODE.SUBSCRIPTION]: 'Invalid subscription',
  [ERROR_CODE.INTERNAL]: 'Internal error',
  [ERROR_CODE.REPLAY_AGED_OUT]: 'Replay data has aged out',
};

/** Whether record `i` is sent. */
function filterOf(
  run: RecordRun,
  instruments: ReadonlySet<number> | null,
  minEventNs: bigint | null,
): (i: number) => boolean {
  const { words } = run;
  const first = run.start >> 2;
  const step = run.stride >> 2;
  return (i) => {
    const at = first + i * step;
    if (instruments && !instruments.has(words[at + 1]! >>> 0)) return false;
    return !minEventNs || indexTimeOf(run, i, TS_EVENT_WORD) >= minEventNs;
  };
}
