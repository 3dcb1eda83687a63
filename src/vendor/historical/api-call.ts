/**
 * A request and its answer, as methods see them.
 */
import type { DbnVersion } from '../../dbn/index.ts';
import type { DataFolder } from '../data-folder.ts';
import type { FaultControl } from './faults.ts';
import type { JobStore } from './job-store.ts';
import type { RequestFields } from './request-fields.ts';

/** What all methods work with. */
export interface ApiContext {
  folder: DataFolder;
  version: DbnVersion;
  faults: FaultControl;
  jobs: JobStore;
}

/** A request. */
export interface ApiCall {
  /** E.g. `timeseries.get_range`; `batch/download` for a file. */
  method: string;
  fields: RequestFields;
  /** The body as it was posted. */
  posted: string;
  /** Scheme, host and port that the client called. */
  base: string;
  /** The Range header. */
  range: string | undefined;
}

/** An answer of JSON. */
export interface JsonAnswer {
  json: unknown;
  warnings?: readonly string[];
}

/** An answer of bytes. */
export interface BodyAnswer {
  body: AsyncIterable<Uint8Array>;
  /** When it is known beforehand. */
  bytes?: number;
  status?: number;
  headers?: Readonly<Record<string, string>>;
  warnings?: readonly string[];
}

/** What a method answers. */
export type ApiAnswer = JsonAnswer | BodyAnswer;

/** A method's work. @throws ApiRefusal; ConnectionDropped to close without an answer. */
export type ApiMethod = (context: ApiContext, call: ApiCall) => Promise<ApiAnswer> | ApiAnswer;

/** Thrown to close the connection without an answer. */
export class ConnectionDropped extends Error {
  constructor() {
    super('dropped');
    this.name = 'ConnectionDropped';
  }
}
