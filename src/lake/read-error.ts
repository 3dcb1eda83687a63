/**
 * Errors of the reading thread, told on this side as they were.
 */
import { DataError, type DataErrorDetail, type ErrorCode, OperatingError } from '../core/index.ts';

/** An error as plain data. */
export interface ReadError {
  kind: 'data' | 'operating';
  code: ErrorCode;
  message: string;
  detail: DataErrorDetail;
  retryable: boolean;
}

/** Takes an error apart. */
export function toReadError(error: unknown): ReadError {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DataError) {
    const { code, detail } = error;
    return { kind: 'data', code, message, detail, retryable: false };
  }
  const known = error instanceof OperatingError;
  const code = known ? error.code : 'FILE_READ';
  return { kind: 'operating', code, message, detail: {}, retryable: known && error.retryable };
}

/** Puts it together again. */
export function fromReadError(plain: ReadError): DataError | OperatingError {
  const { code, message, detail, retryable } = plain;
  if (plain.kind === 'operating') return new OperatingError(code, message, { retryable });
  const error = new DataError(code, '');
  error.message = message;
  return Object.assign(error, { detail });
}
