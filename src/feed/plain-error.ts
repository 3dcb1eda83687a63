/**
 * Errors across threads: the registry's codes survive the journey.
 */
import { DataError, type DataErrorDetail, type ErrorCode, OperatingError } from '../core/index.ts';
import { ZstdTruncated } from '../dbn/index.ts';

/** An error as plain data. */
export interface PlainError {
  kind: 'data' | 'operating' | 'other';
  code: ErrorCode;
  message: string;
  detail: DataErrorDetail;
  retryable: boolean;
  /** A compressed stream that only ends too early. */
  truncated: boolean;
}

/** Takes an error apart. */
export function toPlainError(error: unknown): PlainError {
  const message = error instanceof Error ? error.message : String(error);
  const truncated = error instanceof ZstdTruncated;
  const plain = { code: 'INTERNAL', message, detail: {}, retryable: false, truncated } as const;
  if (error instanceof DataError) {
    return { ...plain, kind: 'data', code: error.code, detail: error.detail };
  }
  if (error instanceof OperatingError) {
    return { ...plain, kind: 'operating', code: error.code, retryable: error.retryable };
  }
  return { ...plain, kind: 'other' };
}

/** Puts it together again. */
export function fromPlainError(plain: PlainError): Error {
  if (plain.kind === 'data') {
    const error = new DataError(plain.code, '');
    error.message = plain.message;
    return Object.assign(error, { detail: plain.detail });
  }
  return new OperatingError(plain.code, plain.message, { retryable: plain.retryable });
}
