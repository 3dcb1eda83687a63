/**
 * Every error a user can meet, in one registry. `docs/errors.md` lists the same codes; a test holds
 * them equal.
 *
 * `exit` is the command line's exit code: 1 failed, 2 wrong usage, 3 nothing matched, 4 data
 * rejected.
 */
export const ERRORS = {
  DBN_MAGIC: { exit: 4, meaning: 'The bytes are neither DBN nor zstd-compressed DBN.' },
  DBN_VERSION: {
    exit: 4,
    meaning: 'The file was written in a DBN version newer than this build reads.',
  },
  DBN_METADATA: { exit: 4, meaning: 'The DBN metadata contradicts itself or its stated length.' },
  DBN_RECORD: { exit: 4, meaning: 'A record has an impossible length for its type.' },
  DBN_ZSTD: { exit: 4, meaning: 'The zstd stream is corrupt or its checksum does not match.' },
  DBN_SCHEMA: { exit: 4, meaning: 'The file holds another schema than the command needs.' },
  DBN_ENCODE: { exit: 4, meaning: 'A value cannot be written in the requested DBN version.' },
  FILE_NOT_FOUND: { exit: 3, meaning: 'A file or folder does not exist.' },
  FILE_READ: { exit: 1, meaning: 'A file could not be read, or changed while it was read.' },
  FILE_WRITE: { exit: 1, meaning: 'A file could not be written.' },
  SYMBOL_NOT_FOUND: {
    exit: 3,
    meaning: 'The symbol is not in the data; the message names those that are.',
  },
  DATE_NOT_FOUND: {
    exit: 3,
    meaning: 'There is no data for the date; the message names the dates that are there.',
  },
  PRODUCT_UNKNOWN: { exit: 2, meaning: 'The product root is not in config/products.yaml.' },
  USAGE: { exit: 2, meaning: 'A flag, parameter or value is not understood.' },
  CONFIG: {
    exit: 2,
    meaning:
      'The configuration is not valid; the message names the key and where its value came from.',
  },
  CHECKPOINT: {
    exit: 4,
    meaning: 'A checkpoint is damaged or belongs to other data or another version.',
  },
  WIRE: { exit: 4, meaning: 'A stream message or frame breaks the protocol.' },
  SOURCE_UNAVAILABLE: {
    exit: 2,
    meaning: 'The source of a stream is not available; the message says what it lacks.',
  },
  SERVER_BUSY: { exit: 1, meaning: 'The server plays as many streams as it can.' },
  PORT_IN_USE: { exit: 1, meaning: 'Another program listens on the port.' },
  CONTRACT: {
    exit: 4,
    meaning: 'A table breaks its contract: names, types, missing or non-finite values.',
  },
  PARTITION_MISSING: { exit: 3, meaning: 'A partition of the lake is not there or not complete.' },
  PARTITION_DAMAGED: {
    exit: 4,
    meaning:
      'A published file is not what its manifest says: bits, length, rows or lineage differ.',
  },
  PARTITION_BUSY: { exit: 1, meaning: 'Another process is writing the same partition.' },
  DEFINITIONS: {
    exit: 4,
    meaning: 'Instrument definitions are missing or contradict each other for the date.',
  },
  RAW_CONFLICT: {
    exit: 4,
    meaning: 'Raw files of the same day contradict each other; the message names both.',
  },
  FORECAST_FIT: {
    exit: 4,
    meaning: 'A forecast cannot be fitted to these days; the message says what they lack.',
  },
  PARAMETERS: {
    exit: 4,
    meaning:
      'Forecast parameters are damaged, or belong to another product, model or state of the lake.',
  },
  VENDOR_KEY: { exit: 2, meaning: "The vendor's key is not set, or is not shaped like one." },
  VENDOR_AUTH: {
    exit: 1,
    meaning: 'The vendor does not accept the key, or the key lacks the right to the data.',
  },
  VENDOR_REFUSED: {
    exit: 1,
    meaning: "The vendor refuses a request as it was asked; the message carries the vendor's own.",
  },
  VENDOR_UNAVAILABLE: {
    exit: 1,
    meaning: 'The vendor cannot be reached, or failed again after every retry.',
  },
  VENDOR_PROTOCOL: {
    exit: 4,
    meaning: 'What the vendor sent is not what its published protocol says.',
  },
  VENDOR_CHECKSUM: {
    exit: 4,
    meaning: 'A downloaded file is not the one whose sha256 the vendor published.',
  },
  COST_LIMIT: { exit: 2, meaning: 'A download would cost more than --max-cost allows.' },
  JOB_FAILED: {
    exit: 1,
    meaning: 'A batch job expired or failed more often than it may be tried.',
  },
  TRACKER: { exit: 4, meaning: 'A job tracker is damaged or was written by another version.' },
  TRACKER_BUSY: { exit: 1, meaning: 'Another process is working with the same job tracker.' },
  INTERNAL: {
    exit: 1,
    meaning: 'A defect of Spymaster itself; please report it with the message.',
  },
} as const;

/** A code of the registry. */
export type ErrorCode = keyof typeof ERRORS;

/**
 * Where bad data was met, and what was there. Offsets count bytes from the start of the
 * decompressed stream.
 */
export interface DataErrorDetail {
  /** File or source name, as the user gave it. */
  file?: string;
  /** Byte offset in the (decompressed) stream. */
  offset?: number;
  /** Row or record number, from 0. */
  row?: number;
  /** What was found, in words. */
  found?: string;
  /** What was expected, in words. */
  expected?: string;
}

function describe(message: string, d: DataErrorDetail): string {
  const at = [
    d.file,
    d.offset === undefined ? '' : `byte ${d.offset}`,
    d.row === undefined ? '' : `row ${d.row}`,
  ];
  const where = at.filter((s) => s).join(', ');
  const found = d.found === undefined ? '' : `; found ${d.found}`;
  const expected = d.expected === undefined ? '' : `, expected ${d.expected}`;
  return `${message}${where ? ` (${where})` : ''}${found}${expected}`;
}

/** Bytes, records or contracts that are wrong. Whatever was being made of them is abandoned. */
export class DataError extends Error {
  readonly code: ErrorCode;
  readonly detail: DataErrorDetail;

  constructor(code: ErrorCode, message: string, detail: DataErrorDetail = {}) {
    super(describe(message, detail));
    this.name = 'DataError';
    this.code = code;
    this.detail = detail;
  }

  /** The same error with the file it came from, for layers that know the name. */
  inFile(file: string): DataError {
    if (this.detail.file) return this;
    const bare = new DataError(this.code, '', {});
    bare.message = `${file}: ${this.message}`;
    return Object.assign(bare, { detail: { ...this.detail, file } });
  }
}

/**
 * The machine, the network or the user's authority said no. `retryable`: the same call may succeed
 * later.
 */
export class OperatingError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    options: { retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'OperatingError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** True for the errors that are meant for a user to read. */
export function isKnownError(e: unknown): e is DataError | OperatingError {
  return e instanceof DataError || e instanceof OperatingError;
}
