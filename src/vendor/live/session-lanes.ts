/**
 * The lanes of a session, merged: which records come next, and whose they are.
 */
import { dayOf, startOfDay } from '../data-folder-time.ts';
import type { DatasetMarket } from './dataset-market.ts';
import type { SymbolAnswer } from './gateway-messages.ts';
import { isInterval, type LanePart, type MarketLane } from './market-lane.ts';
import { resolveSymbols } from './subscribed-symbols.ts';
import type { Subscription } from './subscription-line.ts';

/** A schema's lane and what of it was subscribed. */
export interface SessionLane {
  readonly lane: MarketLane;
  /** Where it began, Unix ns of the recording. */
  readonly fromNs: bigint;
  readonly subscriptions: Subscription[];
  /** Instruments that are sent; null = all. Of the day `day` only. */
  instruments: ReadonlySet<number> | null;
  /** Days since 1970-01-01; -1 before the first record. */
  day: number;
  /** Earlier `ts_event` are left out, Unix ns of the recording; null = none are. */
  minEventNs: bigint | null;
}

/** Records to be sent, valid until the next call. */
export interface Taken extends LanePart {
  from: number;
  to: number;
  owner: SessionLane;
  /** When the first of them became known, Unix ns. */
  headNs: bigint;
}

/** Told what symbols stand for when a lane comes to a new day. */
export type AnswerTaker = (answers: readonly SymbolAnswer[]) => void;

/** See the file comment. */
export class SessionLanes {
  private readonly market: DatasetMarket;
  private readonly tell: AnswerTaker;
  private readonly lanes: SessionLane[] = [];

  constructor(market: DatasetMarket, tell: AnswerTaker) {
    this.market = market;
    this.tell = tell;
  }

  /**
   * Adds a subscription from a moment on: to the lane of its schema where there is one, for a
   * replay to one with the same start, so that what they have in common is sent once.
   */
  add(subscription: Subscription, fromNs: bigint, minEventNs: bigint | null = null): void {
    const known = this.lanes.find(
      (each) =>
        each.lane.schema === subscription.schema &&
        (minEventNs === null || (each.fromNs === fromNs && each.minEventNs === minEventNs)),
    );
    if (known) {
      known.subscriptions.push(subscription);
      if (known.day >= 0) this.resolve(known, known.day);
      return;
    }
    const lane = this.market.lane(subscription.schema, fromNs);
    const subscriptions = [subscription];
    this.lanes.push({ lane, fromNs, subscriptions, instruments: null, day: -1, minEventNs });
  }

  /** Nothing was subscribed. */
  get empty(): boolean {
    return this.lanes.length === 0;
  }

  /** When the next record becomes known, Unix ns; null when there is none. */
  get headNs(): bigint | null {
    let least: bigint | null = null;
    for (const { lane } of this.lanes) {
      lane.advance();
      const head = lane.headNs;
      if (head !== null && (least === null || head < least)) least = head;
    }
    return least;
  }

  /** The next records that are known before `untilNs` (null: whenever); null when there is none. */
  next(untilNs: bigint | null): Taken | null {
    let best: SessionLane | null = null;
    let bestHead = 0n;
    let bound: bigint | null = null;
    for (const each of this.lanes) {
      each.lane.advance();
      const head = each.lane.headNs;
      if (head === null) continue;
      if (best === null || head < bestHead) {
        if (best !== null) bound = bestHead;
        best = each;
        bestHead = head;
      } else if (bound === null || head < bound) bound = head === bestHead ? head + 1n : head;
    }
    if (!best || (untilNs !== null && bestHead >= untilNs)) return null;
    const { lane } = best;
    const day = dayOf(bestHead - lane.lapShiftNs);
    if (day !== best.day) this.resolve(best, day);
    bound = least(bound, untilNs);
    bound = least(bound, startOfDay(day + 1) + lane.lapShiftNs);
    if (isInterval(lane.schema)) bound = least(bound, bestHead + 1n);
    const part = lane.take(bound);
    return part && { ...part, owner: best, headNs: bestHead };
  }

  /** Lanes whose interval ended before `ns` (null: all), in order of its end. */
  ended(ns: bigint | null): MarketLane[] {
    const open = this.lanes.map((each) => each.lane).filter((lane) => lane.openInterval !== null);
    const over = open.filter((lane) => ns === null || lane.openInterval! < ns);
    return over.sort((a, b) => Number(a.openInterval! - b.openInterval!));
  }

  /** Gives files back. */
  close(): void {
    for (const { lane } of this.lanes) lane.close();
    this.lanes.length = 0;
  }

  private resolve(owner: SessionLane, day: number): void {
    owner.day = day;
    const ids = new Set<number>();
    for (const subscription of owner.subscriptions) {
      const { answers } = resolveSymbols(this.market.symbols, subscription, day);
      this.tell(answers);
      for (const { instrumentId } of answers) ids.add(instrumentId);
    }
    const all = owner.subscriptions.some((subscription) => subscription.all);
    const needed = this.market.instruments(owner.lane.schema);
    owner.instruments = all || [...needed].every((id) => ids.has(id)) ? null : ids;
  }
}

function least(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
