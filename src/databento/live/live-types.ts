/**
 * What the live client is asked for and what it delivers.
 */
import type { DbnVersion, Metadata, Schema, SType } from '../../dbn/index.ts';
import type { ApiKey } from '../api-key.ts';
import type { VendorClock } from '../vendor-time.ts';

/** What is done about the records that were missed while a connection was down. */
export type LiveRecovery =
  /** Nothing: the gap is reported, data goes on from now. */
  | 'none'
  /** They are asked for again (`start`), and those that were delivered before are left out. */
  | 'replay'
  /** `mbo` only: a snapshot of every book is asked for. */
  | 'snapshot';

/** One logical subscription; sent in lines of at most 500 symbols. */
export interface LiveSubscription {
  schema: Schema;
  stypeIn: SType;
  symbols: readonly string[] | 'ALL_SYMBOLS';
  /** Ask for a snapshot of every book first: `mbo` only, and without `startNs`. */
  snapshot?: boolean;
  /** Intraday replay from here on, Unix ns; 0n = everything there is. Only before the start. */
  startNs?: bigint;
  /** Default: `snapshot` for `mbo` subscribed with a snapshot, else `replay`. */
  recovery?: LiveRecovery;
}

/** What a session is made with. */
export interface LiveOptions {
  key: ApiKey;
  /** One dataset a session, e.g. `GLBX.MDP3`. */
  dataset: string;
  /** Default: `{dataset in lower case, dots as dashes}.lsg.databento.com:13000`. */
  gateway?: { host: string; port: number };
  subscriptions: readonly LiveSubscription[];
  /** Have the gateway append its time of sending to every record. */
  tsOut?: boolean;
  compression?: 'none' | 'zstd';
  /** 5..1800; default 30. */
  heartbeatSeconds?: number;
  slowReader?: 'skip' | 'warn';
  /** Connection attempts in a row without a record between them; default: no end. */
  maxAttempts?: number;
  clock?: VendorClock;
  /** Ends the session: whole records that have arrived are delivered first. */
  signal?: AbortSignal;
}

/** A connection stands and its stream has begun: the first item of every connection. */
export interface LiveConnected {
  type: 'connected';
  /** 1 for the first connection. */
  connection: number;
  sessionId: string;
  metadata: Metadata;
}

/**
 * Whole records as they came, in order: those of the gateway (system, error, symbol mapping) too,
 * so that what is written down is what was sent. A fragment of DBN in the given version. The bytes
 * lie on four bytes and are valid until the next item is asked for.
 */
export interface LiveRecords {
  type: 'records';
  bytes: Uint8Array;
  version: DbnVersion;
  tsOut: boolean;
  /** Records in `bytes`. */
  count: number;
}

/** Told after the records that said it. */
export interface LiveMapping {
  type: 'mapping';
  instrumentId: number;
  /** What was subscribed. */
  stypeInSymbol: string;
  /** The venue's own symbol. */
  symbol: string;
}

/** What a person should know; nothing is lost by it. */
export interface LiveNotice {
  type: 'notice';
  what:
    | 'subscription-acknowledged'
    | 'slow-reading'
    | 'replay-completed'
    | 'end-of-interval'
    | 'symbol-refused'
    | 'duplicates-dropped'
    | 'connecting'
    | 'gateway';
  text: string;
}

/** Records between two instants may be missing, and why. In band: it stands where they would. */
export interface LiveGap {
  type: 'gap';
  cause: 'disconnected' | 'stalled' | 'slow-reader' | 'replay-incomplete' | 'damaged';
  /** Event time of the last record before, Unix ns; null when there was none. */
  fromNs: bigint | null;
  /**
   * Event time of the first record after (the gateway's own count), or of the new session's start,
   * Unix ns; never before `fromNs`.
   */
  toNs: bigint;
  /** What is done about it; `none`: the records are lost. */
  recovery: LiveRecovery;
  schemas: readonly Schema[];
  text: string;
}

/** What a live session yields. */
export type LiveItem = LiveConnected | LiveRecords | LiveMapping | LiveNotice | LiveGap;
