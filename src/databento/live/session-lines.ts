/**
 * The lines that a client sends. Source: Databento docs, Raw TCP API of the Live API.
 */
import { createHash } from 'node:crypto';
import type { ApiKey } from '../api-key.ts';
import type { LiveOptions, LiveSubscription } from './live-types.ts';

/** Most symbols in one line; a longer list is sent as several, the last one marked. */
const MAX_SYMBOLS_PER_LINE = 500;

/** Starts the stream; there is no way back. */
export const START_LINE = 'start_session\n';

/** The digest that proves the key without sending it, and the key's bucket. */
export function challengeResponse(challenge: string, key: ApiKey): string {
  const digest = createHash('sha256').update(`${challenge}|${key.reveal()}`).digest('hex');
  return `${digest}-${key.bucket}`;
}

/** The answer to a challenge, with everything that is fixed for the session. */
export function authLine(challenge: string, options: LiveOptions): string {
  const fields = [
    `auth=${challengeResponse(challenge, options.key)}`,
    `dataset=${options.dataset}`,
    'encoding=dbn',
    `ts_out=${options.tsOut ? 1 : 0}`,
    `compression=${options.compression ?? 'none'}`,
  ];
  if (options.heartbeatSeconds) fields.push(`heartbeat_interval_s=${options.heartbeatSeconds}`);
  if (options.slowReader) fields.push(`slow_reader_behavior=${options.slowReader}`);
  fields.push('client=spymaster');
  return `${fields.join('|')}\n`;
}

/** How a subscription begins this time: with a snapshot, in the past, or (neither) now. */
export interface Beginning {
  snapshot: boolean;
  /** Unix ns. */
  startNs: bigint | null;
}

/** The lines of one subscription; `id` comes back in what the gateway says of it. */
export function subscriptionLines(
  subscription: LiveSubscription,
  id: number,
  beginning: Beginning,
): string[] {
  const { schema, stypeIn, symbols } = subscription;
  const chunks: string[] = [];
  if (symbols === 'ALL_SYMBOLS') chunks.push(symbols);
  else {
    for (let at = 0; at < symbols.length; at += MAX_SYMBOLS_PER_LINE) {
      chunks.push(symbols.slice(at, at + MAX_SYMBOLS_PER_LINE).join(','));
    }
  }
  const start = beginning.startNs === null ? '' : `|start=${beginning.startNs}`;
  const snapshot = beginning.snapshot ? 1 : 0;
  return chunks.map((chunk, i) => {
    const last = i === chunks.length - 1 ? 1 : 0;
    const what = `schema=${schema}|stype_in=${stypeIn}|symbols=${chunk}${start}`;
    return `${what}|snapshot=${snapshot}|id=${id}|is_last=${last}\n`;
  });
}
