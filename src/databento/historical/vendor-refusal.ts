/**
 * The vendor's own words about a request that it did not fulfil.
 * Source: Databento docs, Historical API, errors.
 */
import { type ErrorCode, OperatingError } from '../../core/index.ts';

/** Most of the vendor's text that is shown, characters. */
const MAX_TEXT = 400;

/** A request that the vendor answered with an error; `retryable` when it may go well later. */
export class VendorRefusal extends OperatingError {
  /** Status of HTTP. */
  readonly status: number;
  /** The vendor's name for the reason, e.g. `symbology_invalid_request`; null when not told. */
  readonly vendorCase: string | null;
  /** What the vendor's support asks for; null when not told. */
  readonly requestId: string | null;
  /** Facts that the vendor adds, e.g. `available_end`; null when there are none. */
  readonly payload: Readonly<Record<string, unknown>> | null;
  /** How long the vendor asks to wait, ms; null when it does not. */
  readonly retryAfterMs: number | null;

  constructor(code: ErrorCode, message: string, told: RefusalFacts) {
    super(code, message, { retryable: isRetryable(told.status) });
    this.name = 'VendorRefusal';
    this.status = told.status;
    this.vendorCase = told.vendorCase;
    this.requestId = told.requestId;
    this.payload = told.payload;
    this.retryAfterMs = told.retryAfterMs;
  }
}

interface RefusalFacts {
  status: number;
  vendorCase: string | null;
  requestId: string | null;
  payload: Readonly<Record<string, unknown>> | null;
  retryAfterMs: number | null;
}

/** True for the answers that say nothing against the request itself. */
export function isRetryable(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/**
 * The error for an answer that is none.
 * @param method the vendor's name of what was asked, e.g. `metadata.get_cost`.
 * @param redact takes the key out of the vendor's words, which may quote it.
 */
export function refusalOf(
  method: string,
  answer: {
    status: number;
    requestId: string | undefined;
    retryAfterMs: number | null;
    text: string;
  },
  redact: (text: string) => string,
): VendorRefusal {
  const { status, retryAfterMs } = answer;
  const said = parseBody(redact(plainJson(answer.text)));
  const requestId = answer.requestId ? shorten(redact(answer.requestId), 80) : null;
  const text = said.text || STATUS_TEXT[status] || 'no explanation';
  const named = said.vendorCase ? `${said.vendorCase}: ${text}` : text;
  const more = [
    requestId ? `request id ${requestId}` : '',
    said.docs ? `see ${said.docs}` : '',
  ].filter((part) => part !== '');
  const message = `${method}: the vendor answers ${status}, ${named}`;
  const { vendorCase, payload } = said;
  const facts = { status, vendorCase, requestId, payload, retryAfterMs };
  const full = more.length > 0 ? `${message} (${more.join('; ')})` : message;
  return new VendorRefusal(codeOf(status, vendorCase), full, facts);
}

const STATUS_TEXT: Record<number, string> = {
  408: 'the request took too long to arrive',
  429: 'too many requests',
  502: 'a server behind the gateway does not answer',
  503: 'the service is not available',
  504: 'the remote gateway timed out',
};

function codeOf(status: number, vendorCase: string | null): ErrorCode {
  if (isRetryable(status)) return 'VENDOR_UNAVAILABLE';
  const authority = /^(auth|license)_/.test(vendorCase ?? '');
  return status === 401 || status === 403 || authority ? 'VENDOR_AUTH' : 'VENDOR_REFUSED';
}

interface Said {
  vendorCase: string | null;
  text: string;
  docs: string | null;
  payload: Record<string, unknown> | null;
}

/** JSON without the escapes that a text could hide behind; other text as it is. */
function plainJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

/** The four shapes that occur: a text, a business error, a list of faults, no JSON at all. */
function parseBody(body: string): Said {
  const plain = { vendorCase: null, docs: null, payload: null };
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return {
      ...plain,
      text: shorten(body.replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')),
    };
  }
  const detail = isRecord(parsed) ? (parsed['detail'] ?? parsed['message']) : parsed;
  if (Array.isArray(detail)) return { ...plain, text: shorten(detail.map(fault).join('; ')) };
  if (!isRecord(detail)) return { ...plain, text: shorten(detail == null ? '' : String(detail)) };
  const text = (name: string) => (typeof detail[name] === 'string' ? shorten(detail[name]) : '');
  return {
    vendorCase: text('case').replace(/\s+/g, '_') || null,
    text: text('message'),
    docs: text('docs') || null,
    payload: isRecord(detail['payload']) ? detail['payload'] : null,
  };
}

/** One fault of a list: where it lies in the request, and what is wrong. */
function fault(entry: unknown): string {
  if (!isRecord(entry)) return String(entry);
  const { loc, msg } = entry;
  const place = Array.isArray(loc) ? loc.map(String).join('.') : '';
  return [place, String(msg ?? '')].filter((part) => part !== '').join(': ');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One line of printable characters, cut where it gets too long. */
function shorten(text: string, most = MAX_TEXT): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const line = text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
