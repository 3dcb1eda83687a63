import { rtypeOf, type Schema } from '../../dbn/index.ts';
import { recoveryOf } from './check-options.ts';
import type { DeliveredWindow } from './delivered-window.ts';
import { type EventMarks, replayMarginNs } from './event-marks.ts';
import type { LiveRecovery, LiveSubscription } from './live-types.ts';
import type { ReplayRequest } from './replay-filter.ts';
import { type Beginning, subscriptionLines } from './session-lines.ts';

/**
 * How far before the newest record a quiet schema's replay reaches, ns: the gateway keeps a day,
 * and the break has taken some of it.
 */
const REPLAY_REACH_NS = 12n * 3_600_000_000_000n;

/** What is known of one subscription. */
interface Entry {
  id: number;
  subscription: LiveSubscription;
  recovery: LiveRecovery;
  /** It was sent on an earlier connection that has streamed. */
  streamed: boolean;
  /** Nothing earlier was asked for, Unix ns; null before the stream began. */
  sinceNs: bigint | null;
  /** Where a replay starts that is not complete yet, Unix ns. */
  replayingNs: bigint | null;
  /** The gateway no longer has what a replay would need: not asked for the next time. */
  agedOut: boolean;
}

/** All that is subscribed, and how each begins again on the next connection. */
export class SubscriptionLedger {
  private readonly entries: Entry[] = [];
  private readonly marks: EventMarks;
  private readonly window: DeliveredWindow;

  constructor(marks: EventMarks, window: DeliveredWindow) {
    this.marks = marks;
    this.window = window;
  }

  /** Subscriptions so far. */
  get length(): number {
    return this.entries.length;
  }

  /** True when records must be kept to recognise them. */
  get replays(): boolean {
    return this.entries.some((entry) => entry.recovery === 'replay');
  }

  /**
   * Takes a subscription; the repetition of one with snapshots asks for new ones, and is the same
   * on every later connection.
   * @returns its index.
   */
  add(subscription: LiveSubscription): number {
    const recovery = recoveryOf(subscription);
    const known = this.entries.findIndex((entry) => isRepeated(entry, subscription, recovery));
    if (known >= 0) return known;
    this.entries.push({
      id: this.entries.length + 1,
      subscription,
      recovery,
      streamed: false,
      sinceNs: null,
      replayingNs: null,
      agedOut: false,
    });
    return this.entries.length - 1;
  }

  /** The lines of subscription `i` for the connection at hand. */
  lines(i: number): string[] {
    const entry = this.entries[i]!;
    const beginning = this.beginning(entry);
    entry.replayingNs = beginning.startNs;
    entry.agedOut = false;
    return subscriptionLines(entry.subscription, entry.id, beginning);
  }

  /** The connection streams, from `startNs` on. */
  begun(startNs: bigint): void {
    for (const entry of this.entries) {
      entry.streamed = true;
      entry.sinceNs ??= entry.subscription.startNs ?? startNs;
    }
  }

  /** What the connection at hand replays, by record type. */
  requests(): Map<number, ReplayRequest> {
    const requests = new Map<number, ReplayRequest>();
    const live = new Set<number>();
    for (const { subscription, replayingNs, streamed } of this.entries) {
      const rtype = rtypeOf(subscription.schema);
      if (replayingNs === null) live.add(rtype);
      if (replayingNs === null || !streamed) continue;
      const before = requests.get(rtype)?.startNs;
      if (before !== undefined && before <= replayingNs) continue;
      requests.set(rtype, { startNs: replayingNs, alone: false });
    }
    for (const [rtype, request] of requests) request.alone = !live.has(rtype);
    return requests;
  }

  /**
   * A replay of the schemas is complete.
   * @returns the record types that no subscription replays any more.
   */
  completed(schemas: readonly Schema[]): number[] {
    const done = this.entries.filter(({ subscription }) => schemas.includes(subscription.schema));
    for (const entry of done) entry.replayingNs = null;
    const rtypes = new Set(done.map(({ subscription }) => rtypeOf(subscription.schema)));
    for (const { subscription, replayingNs } of this.entries) {
      if (replayingNs !== null) rtypes.delete(rtypeOf(subscription.schema));
    }
    return [...rtypes];
  }

  /**
   * The replays of the schemas will not come.
   * @returns from where on they were asked for, Unix ns; null when none was.
   */
  agedOut(schemas: readonly Schema[]): bigint | null {
    let earliest: bigint | null = null;
    for (const entry of this.entries) {
      const { replayingNs } = entry;
      if (replayingNs === null || !schemas.includes(entry.subscription.schema)) continue;
      if (earliest === null || replayingNs < earliest) earliest = replayingNs;
      entry.replayingNs = null;
      entry.agedOut = true;
    }
    return earliest;
  }

  /** The schemas that are replayed at the moment. */
  replaying(): Schema[] {
    return this.schemasOf((entry) => entry.replayingNs !== null);
  }

  /** Every schema that is subscribed. */
  schemas(): Schema[] {
    return this.schemasOf(() => true);
  }

  /** The schemas that have streamed, by what is done about what they miss. */
  recoveries(): Map<LiveRecovery, Schema[]> {
    const groups = new Map<LiveRecovery, Schema[]>();
    for (const recovery of ['none', 'replay', 'snapshot'] as const) {
      const schemas = this.schemasOf((e) => e.streamed && this.recoveryNow(e) === recovery);
      if (schemas.length > 0) groups.set(recovery, schemas);
    }
    return groups;
  }

  private schemasOf(wanted: (entry: Entry) => boolean): Schema[] {
    return [...new Set(this.entries.filter(wanted).map((entry) => entry.subscription.schema))];
  }

  private recoveryNow({ recovery, agedOut }: Entry): LiveRecovery {
    return recovery === 'replay' && agedOut ? 'none' : recovery;
  }

  private beginning(entry: Entry): Beginning {
    const { snapshot = false, startNs = null } = entry.subscription;
    if (!entry.streamed) return { snapshot, startNs };
    const recovery = this.recoveryNow(entry);
    const replay = recovery === 'replay';
    return { snapshot: recovery === 'snapshot', startNs: replay ? this.replayStart(entry) : null };
  }

  /**
   * A margin before the last record of the type, or where a replay started that did not come to its
   * end; never so early that a record comes again which is no longer known.
   */
  private replayStart({ subscription, sinceNs, replayingNs }: Entry): bigint | null {
    const rtype = rtypeOf(subscription.schema);
    const last = this.marks.of(rtype);
    const newest = this.marks.newest();
    const forgotten = this.window.forgotten.of(rtype);
    const floors = [sinceNs, forgotten === null ? null : forgotten + 1n];
    if (replayingNs !== null) floors.push(replayingNs);
    else {
      floors.push(last === null ? null : last - replayMarginNs(rtype));
      floors.push(newest === null ? null : newest - REPLAY_REACH_NS);
    }
    return floors.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
  }
}

function isRepeated(entry: Entry, next: LiveSubscription, recovery: LiveRecovery): boolean {
  if (recovery !== 'snapshot' || entry.recovery !== 'snapshot') return false;
  const nameOf = ({ schema, stypeIn, symbols }: LiveSubscription) =>
    JSON.stringify([schema, stypeIn, symbols]);
  return nameOf(entry.subscription) === nameOf(next);
}
