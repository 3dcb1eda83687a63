import { OperatingError } from '../../core/index.ts';
import { type Metadata, rtypeOf, type Schema } from '../../dbn/index.ts';
import type { ApiKey } from '../api-key.ts';
import { DeliveredWindow } from './delivered-window.ts';
import { EventMarks, markRecords } from './event-marks.ts';
import {
  type ControlRecord,
  controlRecords,
  ERROR_CODE,
  type GatewayMessage,
  type GatewayWords,
  gatewayMessage,
  SYSTEM_CODE,
} from './gateway-message.ts';
import type { LiveGap, LiveItem, LiveNotice, LiveRecords } from './live-types.ts';
import type { RecordBatch } from './record-stream.ts';
import { ReplayFilter, type ReplayShortfall } from './replay-filter.ts';
import { ReplayOverlap } from './replay-overlap.ts';
import { SubscriptionLedger } from './subscription-ledger.ts';
import { vendorWords } from './vendor-words.ts';

/** Schemas that a gateway may skip records of, for a slow reader. Source: Databento docs. */
const SKIPPABLE: readonly Schema[] = [
  'mbp-1',
  'mbp-10',
  'bbo-1s',
  'bbo-1m',
  'cmbp-1',
  'cbbo-1s',
  'cbbo-1m',
];

const SYSTEM_NOTICES: Record<number, LiveNotice['what']> = {
  [SYSTEM_CODE.SUBSCRIPTION_ACK]: 'subscription-acknowledged',
  [SYSTEM_CODE.SLOW_READER]: 'slow-reading',
  [SYSTEM_CODE.REPLAY_COMPLETED]: 'replay-completed',
  [SYSTEM_CODE.END_OF_INTERVAL]: 'end-of-interval',
};

/** Turns batches into items: what is delivered, what the gateway says with it, what is missing. */
export class Deliveries {
  readonly marks = new EventMarks();
  readonly ledger: SubscriptionLedger;
  /** The gateway's verdict that ends the session: set once what came with it is delivered. */
  fatal: OperatingError | null = null;
  /** The gateway's verdict that ends the connection. */
  broken: string | null = null;
  /** Batches with records of data so far. */
  dataBatches = 0;

  private readonly key: ApiKey;
  private readonly window = new DeliveredWindow();
  private filter: ReplayFilter | null = null;
  private overlap: ReplayOverlap | null = null;
  private unnamedCompletions = 0;
  /** When the last replay was completed, by the gateway's clock, Unix ns. */
  private toldNs = 0n;
  private format: Pick<LiveRecords, 'version' | 'tsOut'> = { version: 3, tsOut: false };

  constructor(key: ApiKey) {
    this.key = key;
    this.ledger = new SubscriptionLedger(this.marks, this.window);
  }

  /** A connection's stream has begun. */
  begin(metadata: Metadata): void {
    this.format = { version: metadata.version, tsOut: metadata.tsOut };
    const requests = this.ledger.requests();
    this.ledger.begun(metadata.start);
    this.unnamedCompletions = 0;
    this.broken = null;
    this.overlap = null;
    this.filter =
      requests.size === 0 ? null : new ReplayFilter(this.window, requests, metadata.tsOut);
  }

  /** The connection is over: what the replay's filters did is told. */
  *finish(): Generator<LiveItem> {
    if (this.filter) yield* this.dropped(this.filter);
    if (this.overlap) yield* this.cameAgain(this.overlap);
    this.filter = null;
    this.overlap = null;
  }

  /** The items of a batch, in the order of what they are about. */
  *items(batch: RecordBatch): Generator<LiveItem> {
    if (this.ledger.replaying().length === 0) yield* this.itemsOf(batch);
    // What stands behind a replay's end is looked at as such, in the same batch too.
    else for (const part of partsOf(batch)) yield* this.itemsOf(part);
  }

  private *itemsOf(batch: RecordBatch): Generator<LiveItem> {
    const replayed = this.filter ? this.filter.apply(batch) : batch;
    const { bytes, count } = this.overlap ? this.overlap.apply(replayed) : replayed;
    const before = this.marks.newest();
    markRecords(bytes, this.marks);
    if (this.ledger.replays) this.window.remember(bytes);
    const controls = controlRecords(bytes);
    if (count > controls.length) this.dataBatches++;
    let at = 0;
    let told = 0;
    const messages: GatewayMessage[] = [];
    for (const control of controls) {
      const record = bytes.subarray(control.at, control.end);
      // Records are written down as they are, and a gateway's words might quote the key.
      this.key.cover(record);
      const message = gatewayMessage(record, this.format);
      messages.push(message);
      if (message.type !== 'error') continue;
      yield this.records(bytes.subarray(at, control.end), control.records - told);
      at = control.end;
      told = control.records;
      yield* this.tellAll(messages.splice(0), { bytes, control, before });
    }
    if (count > told) yield this.records(bytes.subarray(at), count - told);
    yield* this.tellAll(messages, null);
    yield* this.settle();
  }

  private records(bytes: Uint8Array, count: number): LiveRecords {
    return { type: 'records', bytes, ...this.format, count };
  }

  private *tellAll(messages: GatewayMessage[], place: Place | null): Generator<LiveItem> {
    for (const message of messages) {
      if (message.type === 'mapping') yield message;
      else if (message.type === 'system') yield* this.system(message);
      else yield* this.error(message, place!);
    }
  }

  private *system({ code, text, eventNs }: GatewayWords): Generator<LiveItem> {
    if (code === SYSTEM_CODE.HEARTBEAT) return;
    if (code === SYSTEM_CODE.REPLAY_COMPLETED) this.completed(text, eventNs);
    yield this.notice(SYSTEM_NOTICES[code] ?? 'gateway', text);
  }

  private *error({ code, text, eventNs }: GatewayWords, place: Place): Generator<LiveItem> {
    const words = vendorWords(text, this.key);
    switch (code) {
      case ERROR_CODE.AUTH_FAILED:
      case ERROR_CODE.KEY_DEACTIVATED:
        this.fatal ??= new OperatingError(
          'VENDOR_AUTH',
          `The gateway no longer accepts key ${this.key}: ${words}`,
        );
        return;
      case ERROR_CODE.INVALID_SUBSCRIPTION:
        this.fatal ??= new OperatingError(
          'VENDOR_REFUSED',
          `The gateway refuses a subscription: ${words}`,
        );
        return;
      case ERROR_CODE.SYMBOL_RESOLUTION:
        yield this.notice('symbol-refused', text);
        return;
      case ERROR_CODE.SKIPPED_AFTER_SLOW_READING:
        yield this.skipped(words, eventNs, place);
        return;
      case ERROR_CODE.REPLAY_AGED_OUT:
        yield* this.agedOut(words, eventNs);
        return;
      case ERROR_CODE.CONNECTION_LIMIT:
      case ERROR_CODE.INTERNAL:
        this.broken = words;
        yield this.notice('gateway', text);
        return;
      default:
        yield this.notice('gateway', `error ${code}: ${text}`);
    }
  }

  private skipped(words: string, eventNs: bigint, { bytes, control, before }: Place): LiveGap {
    const marks = new EventMarks();
    markRecords(bytes.subarray(0, control.at), marks);
    const fromNs = marks.newest() ?? before;
    const after = new EventMarks();
    const next = bytes.subarray(control.end);
    markRecords(next.subarray(0, (next[0] ?? 0) * 4), after);
    const toNs = after.newest() ?? latestOf(fromNs, eventNs);
    const subscribed = this.ledger.schemas();
    const skippable = subscribed.filter((schema) => SKIPPABLE.includes(schema));
    const schemas = namedIn(words, subscribed) ?? (skippable.length > 0 ? skippable : subscribed);
    const cause = 'slow-reader';
    return { type: 'gap', cause, fromNs, toNs, recovery: 'none', schemas, text: words };
  }

  private *agedOut(words: string, eventNs: bigint): Generator<LiveItem> {
    const replaying = this.ledger.replaying();
    const asked = replaying.length > 0 ? replaying : this.ledger.schemas();
    const schemas = namedIn(words, asked) ?? asked;
    const fromNs = this.ledger.agedOut(schemas);
    const toNs = latestOf(fromNs, eventNs, this.marks.newest());
    const cause = 'replay-incomplete';
    yield { type: 'gap', cause, fromNs, toNs, recovery: 'none', schemas, text: words };
  }

  private completed(text: string, eventNs: bigint): void {
    this.toldNs = eventNs;
    const replaying = this.ledger.replaying();
    let schemas = namedIn(text, replaying);
    if (!schemas && ++this.unnamedCompletions >= replaying.length) schemas = replaying;
    if (!schemas) return;
    const rtypes = this.ledger.completed(schemas);
    this.filter?.completed(rtypes);
    if (!this.ledger.replays) return;
    const watched = new Set([...(this.overlap?.rtypes ?? []), ...rtypes]);
    const { dropped = 0 } = this.overlap ?? {};
    this.overlap = new ReplayOverlap(this.window, this.marks, watched, this.format.tsOut);
    this.overlap.dropped = dropped;
  }

  private *settle(): Generator<LiveItem> {
    if (this.overlap?.over) {
      yield* this.cameAgain(this.overlap);
      this.overlap = null;
    }
    if (!this.filter) return;
    const nowNs = latestOf(this.toldNs, this.marks.newest());
    for (const shortfall of this.filter.settle(nowNs)) yield shortfallGap(shortfall, this.ledger);
    if (!this.filter.over) return;
    yield* this.dropped(this.filter);
    this.filter = null;
  }

  private *dropped({ dropped }: ReplayFilter): Generator<LiveItem> {
    if (dropped === 0) return;
    const text = `${dropped} records were replayed that had been delivered before: left out`;
    yield this.notice('duplicates-dropped', text);
  }

  private *cameAgain({ dropped }: ReplayOverlap): Generator<LiveItem> {
    if (dropped === 0) return;
    const text = `${dropped} records came again behind the end of the replay: left out`;
    yield this.notice('duplicates-dropped', text);
  }

  private notice(what: LiveNotice['what'], text: string): LiveNotice {
    return { type: 'notice', what, text: vendorWords(text, this.key) };
  }
}

/** A batch in pieces that end with what the gateway says. */
function* partsOf({ bytes, count }: RecordBatch): Generator<RecordBatch> {
  let at = 0;
  let before = 0;
  for (const { end, records } of controlRecords(bytes)) {
    yield { bytes: bytes.subarray(at, end), count: records - before };
    at = end;
    before = records;
  }
  if (count > before) yield { bytes: bytes.subarray(at), count: count - before };
}

/** Where in a batch an error stands, and the newest record before the batch. */
interface Place {
  bytes: Uint8Array;
  control: ControlRecord;
  before: bigint | null;
}

/** The latest of some times, Unix ns; 0 when there is none. */
function latestOf(...times: (bigint | null)[]): bigint {
  return times.reduce<bigint>((latest, ns) => (ns !== null && ns > latest ? ns : latest), 0n);
}

/** Those of the schemas that a text names; null when it names none. */
function namedIn(text: string, schemas: readonly Schema[]): Schema[] | null {
  const words = new Set(text.toLowerCase().match(/[a-z0-9-]+/g));
  const named = schemas.filter((schema) => words.has(schema));
  return named.length > 0 ? named : null;
}

function shortfallGap(shortfall: ReplayShortfall, ledger: SubscriptionLedger): LiveGap {
  const { rtype, missing, fromNs, toNs } = shortfall;
  const schemas = ledger.schemas().filter((schema) => rtypeOf(schema) === rtype);
  const text =
    `the replay lacks ${missing} records that had been delivered before: others may be ` +
    'missing too; the historical API has them';
  return { type: 'gap', cause: 'replay-incomplete', fromNs, toNs, recovery: 'none', schemas, text };
}
