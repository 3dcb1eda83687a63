import { ERRORS, type ErrorCode, isKnownError } from '../core/index.ts';
import { maskKeys } from './secret-environment.ts';

/** What to do about an error, by code; the message itself says what is wrong and where. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  DBN_MAGIC:
    'check that it is a DBN file; `dbn` reads records without a header with --fragment VERSION',
  DBN_VERSION: 'update spymaster',
  DBN_METADATA: 'download the file again and compare its checksum with the manifest',
  DBN_RECORD: 'download the file again and compare its checksum with the manifest',
  DBN_ZSTD: 'download the file again and compare its checksum with the manifest',
  DBN_SCHEMA: 'see `spymaster dbn info FILE`',
  SYMBOL_NOT_FOUND: 'choose one of those named',
  DATE_NOT_FOUND: 'choose one of those named',
  CHECKPOINT: 'delete the cache folder and start again',
  PORT_IN_USE: 'stop the other program or choose another port',
  INTERNAL: 'please report it with this message',
};

const NODE_CODES: Record<string, ErrorCode> = {
  ENOENT: 'FILE_NOT_FOUND',
  ENOTDIR: 'FILE_NOT_FOUND',
  EADDRINUSE: 'PORT_IN_USE',
  EACCES: 'FILE_READ',
  EPERM: 'FILE_READ',
  EISDIR: 'FILE_READ',
  EIO: 'FILE_READ',
  ENOSPC: 'FILE_WRITE',
  EROFS: 'FILE_WRITE',
  EDQUOT: 'FILE_WRITE',
};

/** The code and message of whatever was thrown. */
export function classifyError(error: unknown): { code: ErrorCode; message: string } {
  if (isKnownError(error)) return { code: error.code, message: error.message };
  const node = error as NodeJS.ErrnoException;
  const known = node?.code ? NODE_CODES[node.code] : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return { code: known ?? 'INTERNAL', message };
}

/** The single line that a user reads: code, message, what to do; a key in it is masked. */
export function describeError(error: unknown): string {
  const { code, message } = classifyError(error);
  const advice = ADVICE[code];
  const line = `spymaster: ${code}: ${message}${advice ? `; ${advice}` : ''}`;
  return maskKeys(line.replace(/\s*[\r\n]+\s*/g, ' '));
}

/**
 * Exit code of whatever was thrown: 1 failed, 2 wrong usage, 3 nothing matched, 4 data rejected.
 */
export function exitCodeOf(error: unknown): number {
  return ERRORS[classifyError(error).code].exit;
}
