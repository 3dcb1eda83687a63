/**
 * How a live gateway is started, and what it lets its starter see and do.
 */
import type { DbnVersion } from '../../dbn/index.ts';
import type { DataFolder } from '../data-folder.ts';
import type { GatewayClock } from './gateway-clock.ts';
import type { FaultSwitches, GatewayFault } from './gateway-faults.ts';
import type { Ending } from './gateway-socket.ts';

/** What a gateway is started with. */
export interface VendorGatewayOptions {
  /** A folder of DBN, or one that is open already. */
  data: string | DataFolder;
  /** Keys that are let in; each 32 characters, as the vendor's. */
  keys: readonly string[];
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any that is free. */
  port?: number;
  /** Seconds of the market a second; 0 (default) = as fast as each client takes it. */
  speed?: number;
  /**
   * Where the market stands before anyone comes, Unix ns. Default: the first record; at speeds
   * above 0 that of trading, so that definitions of the night before are its past.
   */
  fromNs?: bigint;
  /**
   * All sessions see one clock, so that who comes back has missed something. Default: at speeds
   * above 0. At speed 0 such a clock stands at the furthest record that was sent.
   */
  sharedClock?: boolean;
  /** Default `recorded`; `shifted`: the market's start is the wall's time of its opening. */
  timestamps?: 'recorded' | 'shifted';
  /** When the data ends: stay with heartbeats (default), hang up, or begin again. */
  atEnd?: 'stay' | 'close' | 'loop';
  /** DBN version of streams; default 3. */
  version?: DbnVersion;
  /** In place of the interval that a client asks for, ms. */
  heartbeatMs?: number;
  /** Sessions of one dataset at once; default 10. */
  maxSessions?: number;
  /** Bytes that may lie unsent for a client that does not keep up with the market. */
  sendBufferBytes?: number;
  /** How far back a replay may begin, ns; default: as far as there is data. */
  replayNs?: bigint;
  faults?: readonly (GatewayFault | string)[];
  /** Of challenges; default 1. */
  seed?: number;
  clock?: GatewayClock;
}

/** A connection as the gateway saw it; nothing of a key is kept. */
export interface ConnectionReport {
  /** 1 for the first. */
  readonly number: number;
  dataset: string | null;
  /** The client's own name for itself. */
  client: string | null;
  /** Subscription lines, as they came; the first `MAX_REPORTED_LINES` of them. */
  readonly subscriptions: string[];
  /** It said `start_session`. */
  started: boolean;
  /** Data records sent. */
  records: number;
  /** Why it was refused, in the words sent. */
  refused: string | null;
  /** What went wrong on our side, such as a damaged file. */
  failure: string | null;
  open: boolean;
}

/** A gateway that listens. */
export interface VendorGateway {
  readonly host: string;
  readonly port: number;
  /** What can be switched to go wrong, for connections that come later. */
  readonly faults: FaultSwitches;
  /** Every connection so far, in order; the last `MAX_REPORTS` of them. */
  readonly connections: readonly ConnectionReport[];
  /** Where a dataset's market is, Unix ns of the recording. */
  marketNs(dataset: string): bigint;
  /** Lets a key in. */
  addKey(key: string): void;
  /** Ends every session, as the vendor's maintenance would. */
  disconnectAll(how?: Ending): void;
  /** Ends every session and listens no longer. */
  close(): Promise<void>;
}
