/**
 * Calls of the vendor's methods: authority, limits, retries, warnings, and errors in the vendor's
 * own words. Source: Databento docs, Historical API.
 */
import type { z } from 'zod';
import { DataError, OperatingError } from '../../core/index.ts';
import type { ApiKey } from '../api-key.ts';
import type { VendorClock } from '../vendor-time.ts';
import {
  type HttpAnswer,
  HttpExchange,
  type HttpRequest,
  type HttpTimeouts,
} from './http-exchange.ts';
import { HttpFailure } from './http-failure.ts';
import { MAX_CONNECTIONS, type RateGroup, RateLimits } from './rate-limits.ts';
import { encodeFields, type RequestFields } from './request-fields.ts';
import { backOffMs, retryAfterMs } from './retry-delay.ts';
import { isRetryable, refusalOf, VendorRefusal } from './vendor-refusal.ts';
import { parseWarnings } from './vendor-warnings.ts';

/** Longest answer in JSON, bytes: the symbols of a whole options venue take a tenth of it. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
/** Most of an error's body that is read, bytes. */
const MAX_ERROR_BYTES = 1024 * 1024;
const USER_AGENT = `spymaster (node ${process.versions.node}; ${process.platform} ${process.arch})`;

/** One call. */
export interface VendorCall {
  /** The vendor's name of the method, for people: `metadata.get_cost`. */
  method: string;
  verb: 'GET' | 'POST';
  group: RateGroup;
  url: URL;
  fields?: RequestFields;
  headers?: Readonly<Record<string, string>>;
  /** Whether the key may be sent to the URL's host; default true. */
  authorized?: boolean;
  /** Statuses besides 2xx that are for the caller to understand. */
  accept?: readonly number[];
  /**
   * It costs money and must not be done twice: repeated only after 429, which says that nothing was
   * done.
   */
  once?: boolean;
  signal?: AbortSignal | undefined;
}

/** What calls are made with. */
export interface VendorApiOptions {
  key: ApiKey;
  base: URL;
  maxAttempts: number;
  clock: VendorClock;
  timeouts: HttpTimeouts;
  onNotice: (text: string) => void;
}

/** The vendor as methods that are called. */
export class VendorApi {
  readonly base: URL;
  readonly clock: VendorClock;
  readonly maxAttempts: number;
  readonly #key: ApiKey;
  readonly #authorization: string;
  readonly #exchange: HttpExchange;
  private readonly limits: RateLimits;
  private readonly onNotice: (text: string) => void;

  constructor(options: VendorApiOptions) {
    const { key, base, maxAttempts, clock, timeouts, onNotice } = options;
    this.base = base;
    this.clock = clock;
    this.maxAttempts = maxAttempts;
    this.#key = key;
    this.#authorization = `Basic ${Buffer.from(`${key.reveal()}:`).toString('base64')}`;
    this.#exchange = new HttpExchange(MAX_CONNECTIONS, timeouts);
    this.limits = new RateLimits(clock);
    this.onNotice = onNotice;
  }

  /** The URL of a method. */
  urlOf(method: string): URL {
    return new URL(`v0/${method}`, this.base);
  }

  /** Tells whoever listens; the key is taken out. */
  tell(text: string): void {
    this.onNotice(this.redact(text));
  }

  /** The text without the key. */
  redact(text: string): string {
    return this.#key.redact(text);
  }

  /**
   * Calls a method whose answer is JSON of a known shape.
   * @throws OperatingError VENDOR_AUTH, VENDOR_REFUSED, VENDOR_UNAVAILABLE; DataError
   *   VENDOR_PROTOCOL naming the field; the signal's reason.
   */
  json<T>(call: VendorCall, shape: z.ZodType<T>): Promise<T> {
    return this.retrying(call, async (answer) => {
      // Before anything is cut out of it: a part of the key would not be known as such.
      const text = this.redact(await answer.body.text(MAX_ANSWER_BYTES));
      return this.parse(call.method, text, shape);
    });
  }

  /**
   * Calls a method; the answer's body is the caller's to read or to close.
   * @throws OperatingError VENDOR_AUTH, VENDOR_REFUSED, VENDOR_UNAVAILABLE; the signal's reason.
   */
  open(call: VendorCall): Promise<HttpAnswer> {
    return this.retrying(call, async (answer) => answer);
  }

  /** Waits before another attempt. @throws the failure, when there shall be none. */
  async afterFailure(
    call: Pick<VendorCall, 'method' | 'once' | 'signal'>,
    error: unknown,
    attempt: number,
  ): Promise<void> {
    call.signal?.throwIfAborted();
    if (call.once) throwUnlessUndone(call.method, error);
    const again = error instanceof OperatingError && error.retryable;
    if (!again || attempt >= this.maxAttempts) throw error;
    const asked = error instanceof VendorRefusal ? (error.retryAfterMs ?? 0) : 0;
    const ms = Math.max(asked, backOffMs(attempt, this.clock.chance()));
    const next = `attempt ${attempt + 1} of ${this.maxAttempts} in ${(ms / 1000).toFixed(1)} s`;
    this.tell(`${error.message}; ${next}`);
    await this.clock.wait(ms, call.signal);
  }

  /** Lets go of connections that are kept open. */
  close(): void {
    this.#exchange.close();
  }

  private async retrying<T>(call: VendorCall, use: (answer: HttpAnswer) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await use(await this.attempt(call));
      } catch (error) {
        await this.afterFailure(call, error, attempt);
      }
    }
  }

  private async attempt(call: VendorCall): Promise<HttpAnswer> {
    await this.limits.admit(call.group, call.signal);
    const answer = await this.#exchange.send(this.requestOf(call));
    this.warn(call.method, answer);
    const { status } = answer;
    if ((status >= 200 && status < 300) || call.accept?.includes(status)) return answer;
    throw await this.refusal(call, answer);
  }

  private requestOf(call: VendorCall): HttpRequest {
    const { verb, fields, authorized = true } = call;
    const url = new URL(call.url);
    const encoded = fields ? encodeFields(fields) : '';
    if (verb === 'GET' && encoded) url.search = encoded;
    const headers: Record<string, string> = {
      accept: 'application/json',
      'user-agent': USER_AGENT,
      ...(authorized ? { authorization: this.#authorization } : {}),
      ...(verb === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...call.headers,
    };
    const body = verb === 'POST' ? { body: encoded } : {};
    const { once = false, signal } = call;
    return { method: verb, url, headers, ...body, ownConnection: once, signal };
  }

  private async refusal(call: VendorCall, answer: HttpAnswer): Promise<Error> {
    const { status } = answer;
    if (status >= 300 && status < 400) {
      answer.body.close();
      return new DataError('VENDOR_PROTOCOL', `${call.method}: a redirect is not followed`, {
        found: `${status} to ${hostOf(answer.header('location'))}`,
        expected: `an answer of ${call.url.host}`,
      });
    }
    const text = await answer.body.text(MAX_ERROR_BYTES).catch((error: unknown) => {
      call.signal?.throwIfAborted();
      answer.body.close();
      return error instanceof DataError ? '' : String((error as Error).message);
    });
    const unixMs = Number(this.clock.unixNs() / 1_000_000n);
    const retryAfter = retryAfterMs(answer.header('retry-after'), unixMs);
    const facts = {
      status,
      requestId: answer.header('request-id'),
      retryAfterMs: retryAfter,
      text,
    };
    return refusalOf(call.method, facts, (words) => this.redact(words));
  }

  private warn(method: string, answer: HttpAnswer): void {
    const header = answer.header('x-warning');
    for (const text of header ? parseWarnings(this.redact(header)) : [])
      this.tell(`${method}: ${text}`);
  }

  private parse<T>(method: string, text: string, shape: z.ZodType<T>): T {
    const wrong = (found: string, expected: string) =>
      new DataError('VENDOR_PROTOCOL', `${method}: the answer is not what was expected`, {
        found,
        expected,
      });
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      throw wrong(JSON.stringify(text.slice(0, 60)), 'JSON');
    }
    const checked = shape.safeParse(parsed);
    if (checked.success) return checked.data;
    const issue = checked.error.issues[0]!;
    const field = issue.path.map(String).join('.') || 'the whole answer';
    throw wrong(`${field}: ${issue.message.slice(0, 200)}`, 'the published shape');
  }
}

/** Host of a redirect's target, for people. */
function hostOf(location: string | undefined): string {
  return location && URL.canParse(location) ? new URL(location).host : 'no other host';
}

/** After a call that may have been carried out, only the answer 429 allows another. */
function throwUnlessUndone(method: string, error: unknown): void {
  if (error instanceof VendorRefusal && error.status === 429) return;
  const certain = error instanceof HttpFailure && error.unsent;
  const told = error instanceof VendorRefusal && !isRetryable(error.status);
  if (certain || told || !(error instanceof Error)) throw error;
  const what = `${error.message}; whether it was carried out is not known: look at the list of jobs`;
  const code = error instanceof DataError ? error.code : 'VENDOR_UNAVAILABLE';
  const named = what.startsWith(`${method}: `) ? what : `${method}: ${what}`;
  throw new OperatingError(code, named, { cause: error });
}
