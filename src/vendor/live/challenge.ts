/**
 * The challenge that proves a key without sending it. Source: Databento docs, Live API,
 * authentication.
 */
import { createHash } from 'node:crypto';
import type { Prng } from '../../core/index.ts';

/** Characters at a key's end by which the gateway finds it. */
export const BUCKET_CHARACTERS = 5;
const CHALLENGE_LETTERS = 32;
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A challenge of 32 letters. */
export function makeChallenge(prng: Prng): string {
  let text = '';
  for (let i = 0; i < CHALLENGE_LETTERS; i++) text += LETTERS[prng.int(LETTERS.length)];
  return text;
}

/** What a client that holds `key` answers. */
export function answerTo(challenge: string, key: string): string {
  const digest = createHash('sha256').update(`${challenge}|${key}`).digest('hex');
  return `${digest}-${key.slice(-BUCKET_CHARACTERS)}`;
}
