/**
 * The binary half of a session: header, answers, replay, snapshots, then the market as it goes.
 */
import { dayOf } from '../data-folder-time.ts';
import type { MarketClock } from './gateway-clock.ts';
import { ERROR_CODE, liveMetadata, SYSTEM_CODE } from './gateway-messages.ts';
import type { Ending } from './gateway-socket.ts';
import { replayOverlap, replayPast, replayStart } from './replay-past.ts';
import { sendNext } from './send-next.ts';
import { SessionLanes } from './session-lanes.ts';
import type { StreamContext } from './stream-context.ts';
import { StreamSender } from './stream-sender.ts';
import { type ResolvedSymbols, resolveSymbols } from './subscribed-symbols.ts';
import type { Subscription } from './subscription-line.ts';

/** Longest and shortest wait for the market to move, ms. */
const TICK_MS = { longest: 1000, shortest: 2 } as const;

/** See the file comment. Made when the client says `start_session`. */
export class SessionStream {
  private readonly context: StreamContext;
  private readonly clock: MarketClock;
  private readonly sender: StreamSender;
  private readonly lanes: SessionLanes;
  private waiting: Subscription[] = [];
  private invalid: string | null = null;
  private wake: (() => void) | null = null;

  constructor(context: StreamContext) {
    this.context = context;
    this.clock = context.market.openClock();
    this.sender = new StreamSender(context, this.clock);
    this.lanes = new SessionLanes(context.market, (answers) => this.sender.answer(answers));
    context.socket.whenClosed.then(() => this.wake?.());
  }

  /** Takes a subscription, before `run` or during it. */
  subscribe(subscription: Subscription): void {
    this.waiting.push(subscription);
    this.wake?.();
  }

  /** Ends the stream with an error of code 5. */
  refuse(text: string): void {
    this.invalid ??= text;
    this.wake?.();
  }

  /** Ends the stream. */
  finish(how: Ending): void {
    this.sender.finish(how);
    this.wake?.();
  }

  /** Streams until the connection ends. */
  async run(): Promise<void> {
    const { sender, lanes } = this;
    const { socket } = this.context;
    try {
      await this.begin();
      await this.accept(true);
      while (!sender.over) {
        await this.play();
        await this.accept(false);
      }
    } finally {
      lanes.close();
    }
    sender.flush();
    if (sender.silent) await socket.whenClosed;
    else if (!socket.closed) await socket.end(sender.ending ?? 'fin');
  }

  private async begin(): Promise<void> {
    const { socket, market, request, form, faults } = this.context;
    let startNs = this.clock.nowNs;
    for (const subscription of this.waiting) {
      if (subscription.start === null) continue;
      const fromNs = replayStart(subscription, this.context);
      if (fromNs < startNs) startNs = fromNs;
    }
    const { dataset, tsOut, compression } = request;
    const header = liveMetadata(dataset, form.version, startNs + market.shiftNs, tsOut);
    if (compression === 'zstd') socket.compress();
    if (faults.has('split-stream')) socket.split(faults.get('split-stream')!);
    if (faults.has('merged-stream')) this.sender.begin(header);
    else {
      socket.write(header);
      await socket.room(0);
    }
  }

  /** Answers subscriptions and starts them: from the past where asked, then from now on. */
  private async accept(atStart: boolean): Promise<void> {
    const { sender, lanes } = this;
    if (this.invalid !== null) sender.fail(ERROR_CODE.SUBSCRIPTION, this.invalid);
    if (sender.over || this.waiting.length === 0) return;
    const subscriptions = this.waiting;
    const nowNs = this.clock.nowNs;
    this.waiting = [];
    for (const subscription of subscriptions) this.acknowledge(subscription, nowNs);
    if (atStart) await replayPast(subscriptions, nowNs, this.context, sender);
    for (const subscription of subscriptions) {
      if (sender.over) return;
      if (subscription.snapshot) await this.snapshot(subscription, nowNs);
      lanes.add(subscription, nowNs - (atStart ? replayOverlap(subscription, this.context) : 0n));
    }
    sender.catchingUp = true;
  }

  private acknowledge(subscription: Subscription, nowNs: bigint): void {
    const { sender } = this;
    const { answers, unknown } = this.resolve(subscription, nowNs);
    const name = `${subscription.id ?? 0} for ${subscription.schema} data`;
    sender.say(SYSTEM_CODE.SUBSCRIBED, `Subscription request ${name} succeeded`);
    for (const [i, symbol] of unknown.entries()) {
      const isLast = i === unknown.length - 1;
      sender.error(ERROR_CODE.SYMBOL, `Failed to resolve symbol ${symbol}`, isLast);
    }
    sender.answer(answers);
  }

  private resolve(subscription: Subscription, ns: bigint): ResolvedSymbols {
    return resolveSymbols(this.context.market.symbols, subscription, dayOf(ns));
  }

  private async snapshot(subscription: Subscription, nowNs: bigint): Promise<void> {
    const { answers } = this.resolve(subscription, nowNs);
    const ids = subscription.all ? null : new Set(answers.map((a) => a.instrumentId));
    for (const bytes of await this.context.market.snapshots(ids, nowNs)) {
      this.sender.snapshot(bytes);
      await this.sender.breathe();
      if (this.sender.over) return;
    }
  }

  /** Sends what is due, then waits for more. */
  private async play(): Promise<void> {
    const { sender, lanes, clock } = this;
    const untilNs = clock.speed > 0 ? clock.nowNs : null;
    while (!sender.over && sendNext(lanes, untilNs, sender)) {
      await sender.breathe();
      if (this.called) return;
    }
    if (sender.over) return;
    sender.rest();
    const headNs = lanes.headNs;
    const ended = headNs === null && !lanes.empty;
    if (ended && this.context.atEnd === 'close') sender.finish('fin');
    if (!sender.over) await this.idle(headNs === null ? null : clock.msUntil(headNs));
  }

  /** The client said something that waits to be looked at. */
  private get called(): boolean {
    return this.waiting.length > 0 || this.invalid !== null;
  }

  /** Waits for the market (null: for no record), for a line of the client, or for a heartbeat. */
  private async idle(marketMs: number | null): Promise<void> {
    const { heartbeatMs, clock } = this.context;
    if (clock.nowMs() - this.sender.lastSentMs >= heartbeatMs) {
      this.sender.say(SYSTEM_CODE.HEARTBEAT, 'Heartbeat');
      this.sender.flush();
    }
    const beatMs = heartbeatMs - (clock.nowMs() - this.sender.lastSentMs);
    const ms = Math.min(beatMs, marketMs ?? TICK_MS.longest, TICK_MS.longest);
    if (this.called || this.sender.over) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(ms, TICK_MS.shortest));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = null;
  }
}
