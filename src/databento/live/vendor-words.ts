import type { ApiKey } from '../api-key.ts';

/** Most characters of a gateway's text that a message repeats. */
const MAX_WORDS_CHARACTERS = 400;

/**
 * A gateway's text as it may be shown: without the key, without control characters, not longer than
 * a few lines.
 */
export function vendorWords(text: string, key: ApiKey): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const plain = key.redact(text).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
  return plain.length > MAX_WORDS_CHARACTERS ? `${plain.slice(0, MAX_WORDS_CHARACTERS)}…` : plain;
}

/**
 * True for the words of a refusal that time may heal: too many sessions are open. They come as an
 * answer to the login too, where there are no codes. Source: databento/dbn `v2.rs`.
 */
export function isConnectionLimit(text: string): boolean {
  return /connection limit|too many (open )?(connections|sessions)/i.test(text);
}
