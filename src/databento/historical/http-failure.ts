/**
 * What can go wrong below the answers: names, sockets, certificates, bytes that are not HTTP.
 */
import { OperatingError } from '../../core/index.ts';

/** Codes of Node that mean that no connection was made: the vendor has seen nothing. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CONNECT_TIMEOUT',
]);

/** Codes that a later attempt does not change: certificates, and a peer that speaks no HTTP. */
const LASTING = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HPE_|EPROTO)/;

/** An exchange that ended without a whole answer. */
export class HttpFailure extends OperatingError {
  /** Nothing was sent: what was asked for has certainly not been done. */
  readonly unsent: boolean;

  /** @param what in words, without the address. */
  constructor(where: string, what: string, options: { code?: string; cause?: unknown } = {}) {
    const code = options.code ?? '';
    super('VENDOR_UNAVAILABLE', `${where}: ${what}`, {
      retryable: !LASTING.test(code),
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
    this.name = 'HttpFailure';
    this.unsent = NEVER_CONNECTED.has(code);
  }
}

/** The failure behind an error of Node's sockets. @param where host and port. */
export function failureOf(where: string, error: unknown): HttpFailure {
  if (error instanceof HttpFailure) return error;
  // Node hangs the peer's bytes on some errors; they may repeat the request, and its key.
  if (error instanceof Error) Reflect.deleteProperty(error, 'rawPacket');
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  const what =
    code === 'ECONNRESET' || message === 'aborted'
      ? 'the connection was cut'
      : code.startsWith('HPE_')
        ? `what answers does not speak HTTP (${code})`
        : `cannot be reached (${code || message || 'unknown reason'})`;
  return new HttpFailure(where, what, { code, cause: error });
}
