/**
 * An open stream: everything that frames depend on, besides the place and the speed of playback.
 */
import { NS_PER_MS, type NsOfDay, type UnixNs } from '../core/index.ts';
import type { MboColumns } from '../dbn/index.ts';
import type { Product, ProductType } from '../lake/index.ts';
import type { Coefficients } from '../vacuum-pressure/index.ts';
import type { StreamMode } from '../wire/index.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import type { StreamGrid } from './playable.ts';

/** Records of one instrument, batch by batch. */
export interface RecordReader {
  /**
   * Position of the next record; a reader opened there goes on with it, into columns of the same
   * capacity.
   */
  readonly offset: number;
  /** The last `fill` found nothing yet, but more may come: a live source. */
  readonly dry?: boolean;
  /** Rows filled, possibly 0; -1 at the end. */
  fill(columns: MboColumns): number;
  close(): void;
}

/** A stretch of time in which records are missing: after `fromNs`, up to and with `toNs`. */
export interface SourceGap {
  fromNs: NsOfDay;
  toNs: NsOfDay;
  /** In words. */
  cause: string;
}

/**
 * Where records come from: a file's day, a live session or the synthetic market. Positions grow
 * from record to record.
 */
export interface RecordSource {
  /** 16 hex digits: the same for the same records. */
  readonly identity: string;
  /** The same object for sources that read the same open file. */
  readonly handle: object;
  readonly mode: StreamMode;
  readonly symbol: string;
  /** 00:00 UTC of the session date. */
  readonly originNs: UnixNs;
  /** Clock at the first record, at the first that is not of a snapshot, and at the last. */
  readonly firstNs: NsOfDay;
  readonly liveNs: NsOfDay;
  readonly lastNs: NsOfDay;
  /** Events per bar of `ACTIVITY_STEP_SECONDS` from the origin on. */
  readonly bars: readonly number[];
  /** Positions of the first record and behind the last, for progress. */
  readonly start: number;
  readonly end: number;
  /** Stretches that were lost while the records were taken from the vendor, in order. */
  readonly gaps?: readonly SourceGap[];
  /** Unix ns now, of a source whose end grows: what its newest records are late against. */
  unixNs?(): UnixNs;
  /** Reads from a position on (default: the first record). */
  open(position?: number): RecordReader;
}

/** An open stream. */
export interface OpenStream {
  /** Identity of the frame sequence, 16 hex digits. */
  readonly session: string;
  readonly productType: ProductType;
  readonly product: Product;
  readonly dt: string;
  readonly source: RecordSource;
  readonly throttleMs: number;
  readonly bucketTicks: number;
  readonly coefficients: Coefficients;
  /** First 12 hex digits of the hash of product, grid and coefficients. */
  readonly configVersion: string;
  readonly checkpoints: CheckpointStore;
  /** Records between two checkpoints. */
  readonly checkpointRecords: number;
}

/** First grid index at or after an instant. */
export function gridAtOrAfter(ns: NsOfDay, throttleMs: number): number {
  return Math.max(0, Math.ceil(ns / (throttleMs * NS_PER_MS)));
}

/** The grid: from the first index after the first record to the first after the last. */
export function gridOfStream(stream: OpenStream): StreamGrid {
  const { session, dt, source, throttleMs, product } = stream;
  const after = (ns: NsOfDay) => Math.floor(ns / (throttleMs * NS_PER_MS)) + 1;
  const first = after(source.firstNs);
  const last = after(source.lastNs);
  const live = source.mode === 'live';
  const start = live ? last : gridAtOrAfter(source.liveNs, throttleMs);
  return {
    session,
    symbol: source.symbol,
    dt,
    timeZone: product.session.timeZone,
    originNs: source.originNs,
    throttleMs,
    first,
    last,
    start: Math.max(first, start),
    live,
  };
}
