/**
 * Requests and answers of the Historical API that more than one room speaks of.
 */
import type { Schema, SType, SymbolMapping } from '../../dbn/index.ts';
import type { ApiKey } from '../api-key.ts';
import type { VendorClock } from '../vendor-time.ts';

/** What a client is made with. */
export interface HistoricalOptions {
  key: ApiKey;
  /** Default `https://hist.databento.com`. */
  url?: string;
  /** Attempts of one request, the first included; default 5. A submission is never repeated. */
  maxAttempts?: number;
  clock?: VendorClock;
  /** How long connecting, the head of an answer, and its next bytes may take, ms; default 100 s. */
  timeouts?: { connectMs?: number; headMs?: number; idleMs?: number };
  /** Told what the vendor warns of (`X-Warning`) and every wait for it, in words. */
  onNotice?: (text: string) => void;
}

/** Which records: the part that costs, counts, streams and jobs have in common. */
export interface DataRequest {
  dataset: string;
  schema: Schema;
  symbols: readonly string[] | 'ALL_SYMBOLS';
  stypeIn: SType;
  /** Inclusive, Unix ns or ISO 8601 (a date is its midnight UTC). */
  start: bigint | string;
  /** Exclusive; default: the end of the period that `start` names. */
  end?: bigint | string;
  /** Most records. */
  limit?: number;
}

/** A batch job to be made. */
export interface JobRequest extends DataRequest {
  encoding?: 'dbn' | 'csv' | 'json';
  compression?: 'zstd' | 'none';
  splitDuration?: 'day' | 'week' | 'month' | 'year' | 'none';
  splitSymbols?: boolean;
}

/** States of a job, as the vendor calls them. */
export type JobState = 'queued' | 'processing' | 'done' | 'expired';

/** A job as the vendor describes it; fields that no one here needs are left in `raw`. */
export interface BatchJob {
  id: string;
  state: JobState;
  dataset: string;
  schema: string;
  /** As requested; `['ALL_SYMBOLS']` for all. */
  symbols: readonly string[];
  stypeIn: string;
  startNs: bigint;
  endNs: bigint | null;
  receivedNs: bigint;
  expiresNs: bigint | null;
  costUsd: number | null;
  recordCount: number | null;
  /** 0..100; null when not told. */
  progress: number | null;
  raw: Readonly<Record<string, unknown>>;
}

/** A file of a finished job. */
export interface JobFile {
  filename: string;
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
  url: string;
}

/** One file being fetched. */
export interface DownloadRequest {
  file: JobFile;
  /** Where it shall lie; made as a hidden `.part` beside it and renamed when its hash is right. */
  path: string;
  onProgress?: (bytesDone: number) => void;
  signal?: AbortSignal;
}

/** A dataset's venue, as records name it. */
export interface Publisher {
  publisherId: number;
  dataset: string;
  venue: string;
  description: string;
}

/** A field of a schema in an encoding. */
export interface FieldInfo {
  name: string;
  type: string;
}

/** Prices of one way of delivery: `historical`, `historical-streaming`, `live`. */
export interface UnitPrices {
  mode: string;
  /** By schema, USD per GB. */
  usdPerGb: Readonly<Record<string, number>>;
}

/** How good a dataset's data of a day is. */
export interface DatasetCondition {
  /** UTC date, YYYY-MM-DD. */
  date: string;
  /** `available`, `degraded`, `pending`, `missing`, or what the vendor adds to them. */
  condition: string;
  lastModifiedDate: string | null;
}

/** What can be asked for, Unix ns: start inclusive, end exclusive. */
export interface DatasetRange {
  startNs: bigint;
  endNs: bigint;
  /** By schema, where the vendor tells it. */
  schemas: Readonly<Record<string, { startNs: bigint; endNs: bigint }>>;
}

/** Which symbols to resolve, and for which UTC dates. */
export interface SymbolRequest {
  dataset: string;
  symbols: readonly string[] | 'ALL_SYMBOLS';
  stypeIn: SType;
  stypeOut: SType;
  /** YYYY-MM-DD, inclusive. */
  startDate: string;
  /** YYYY-MM-DD, exclusive; default: the day after `startDate`. */
  endDate?: string;
}

/** Symbols and what they stood for; intervals that resolved to nothing are left out. */
export interface SymbolResolution {
  mappings: readonly SymbolMapping[];
  /** Resolved for a part of the dates only. */
  partial: readonly string[];
  notFound: readonly string[];
  /** The vendor's word for it: `OK`, `Partially resolved`, `Not found`. */
  message: string;
}
