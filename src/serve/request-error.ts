/**
 * What a viewer is told when its stream cannot be: code, message, and a hint that helps.
 */
import { type ErrorCode, isKnownError } from '../core/index.ts';
import type { StreamError } from '../wire/index.ts';
import { CLOSE } from './viewer.ts';

/** A mistake in the request itself. */
export class RequestError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
    this.hint = hint;
  }
}

/** Codes that a viewer can mend by asking for something else, with how. */
const ASK_OTHERWISE: Partial<Record<ErrorCode, string>> = {
  USAGE: 'correct the parameter; docs/streams.md lists them all',
  PRODUCT_UNKNOWN: 'ask for a root of config/products.yaml or a contract of one',
  SYMBOL_NOT_FOUND: 'ask for a symbol that the message names, or see GET /v1/sessions',
  DATE_NOT_FOUND: 'ask for a date that the message names, or see GET /v1/sessions',
  PARTITION_MISSING: 'run the command that the message names, or see GET /v1/sessions',
  SOURCE_UNAVAILABLE: 'use source=file or source=synthetic',
  WIRE: 'send {"type":"pause"}, "resume", "speed", "seek" or "ping" as docs/streams.md shows',
};

const HINTS: Partial<Record<ErrorCode, string>> = {
  SERVER_BUSY: 'wait for others to leave, or join a stream that is playing',
  FILE_READ: 'see whether the file is still there and whole, then connect again',
  FILE_NOT_FOUND: 'see whether the file is still there, then connect again',
  PARTITION_DAMAGED: 'see `spymaster lake verify`; `pipeline run --overwrite` makes it anew',
  CONTRACT: 'see `spymaster lake verify`; `pipeline run --overwrite` makes it anew',
  VENDOR_KEY: 'start the server with a DATABENTO_API_KEY that is one',
  VENDOR_AUTH: 'see `spymaster live check` on the machine of the server',
  VENDOR_REFUSED: 'see `spymaster live check` on the machine of the server',
  VENDOR_UNAVAILABLE: 'see `spymaster live check` on the machine of the server',
  VENDOR_PROTOCOL: 'see the log of the server',
  PARTITION_BUSY: 'connect again: the tables were made anew meanwhile',
};

/** An error as it goes on the wire, with the close code that follows it. */
export interface ToldError {
  message: StreamError;
  closeCode: number;
}

function told(code: ErrorCode, message: string, hint: string, closeCode: number): ToldError {
  return { message: { type: 'error', code, message, hint }, closeCode };
}

/**
 * Chooses words and close code for whatever went wrong; the text of an unknown error stays in the
 * log.
 */
export function tellError(error: unknown): ToldError {
  if (error instanceof RequestError) {
    const closeCode = error.code === 'SERVER_BUSY' ? CLOSE.TRY_LATER : CLOSE.BAD_REQUEST;
    return told(error.code, error.message, error.hint, closeCode);
  }
  if (!isKnownError(error)) {
    const hint = 'the server log has the details under this request';
    return told('INTERNAL', 'the stream failed inside the server', hint, CLOSE.INTERNAL);
  }
  const asked = ASK_OTHERWISE[error.code];
  if (asked) return told(error.code, error.message, asked, CLOSE.BAD_REQUEST);
  const hint = HINTS[error.code] ?? 'check the file with `spymaster dbn info`';
  return told(error.code, error.message, hint, CLOSE.INTERNAL);
}
