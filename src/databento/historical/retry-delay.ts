/**
 * How long to wait before a request is made again.
 */

/** First wait, ms; it doubles with every attempt. */
const FIRST_DELAY_MS = 500;
/** Longest wait of our own choice, ms. */
const MAX_DELAY_MS = 30_000;
/** Longest `Retry-After` that is waited out, ms; a longer one is cut to it. */
const MAX_RETRY_AFTER_MS = 300_000;

/** Exponential back-off, half of it left to chance. @param attempt attempts made so far, from 1. */
export function backOffMs(attempt: number, chance: number): number {
  const full = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);
  return Math.round(full / 2 + (full / 2) * chance);
}

/**
 * What a `Retry-After` header asks for: seconds, or a date of HTTP.
 * @returns ms from `nowMs` (Unix) on, from 0 to five minutes; null when there is none or it is not
 *   understood.
 * Source: RFC 9110, 10.2.3.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}(\.\d{1,9})?$/.test(text)) return capped(Number(text) * 1000);
  if (!/^[A-Za-z]{3,9},? /.test(text)) return null;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : capped(date - nowMs);
}

function capped(ms: number): number {
  return Math.min(Math.max(0, Math.ceil(ms)), MAX_RETRY_AFTER_MS);
}
