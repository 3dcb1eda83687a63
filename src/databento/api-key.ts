/**
 * The vendor's key as something that cannot be printed by accident.
 */
import { inspect } from 'node:util';
import { DataError } from '../core/index.ts';

/** Shape of a key: 32 characters, `db-` first. Source: reference of the Historical API. */
const KEY_SHAPE = /^db-[A-Za-z0-9]{29}$/;
/** Characters of a key that are public: the gateway finds the key by them. */
const BUCKET_CHARACTERS = 5;
const ASTERISK = 0x2a;

/** A key. Text, JSON and inspection of it show only its last five characters. */
export class ApiKey {
  /** The last five characters: how the gateway finds the key, and how people tell keys apart. */
  readonly bucket: string;
  readonly #secret: string;
  /** The key as HTTP sends it, in base64. */
  readonly #basic: string;

  /** @throws DataError VENDOR_KEY when the text is not shaped like a key; it is not quoted. */
  constructor(text: string) {
    if (!KEY_SHAPE.test(text)) {
      const found = text === '' ? 'nothing' : `${text.length} characters that are not shown`;
      throw new DataError('VENDOR_KEY', "DATABENTO_API_KEY is not one of the vendor's keys", {
        found,
        expected: '"db-" and 29 letters and digits, from the portal of the vendor',
      });
    }
    this.#secret = text;
    this.#basic = Buffer.from(`${text}:`).toString('base64');
    this.bucket = text.slice(-BUCKET_CHARACTERS);
  }

  /** The key itself: for the bytes of a request, and nothing else. */
  reveal(): string {
    return this.#secret;
  }

  /**
   * The text with every occurrence of the key replaced, plain or as HTTP sends it: for words of
   * others that may quote it. Cut nothing off them before: a part of the key is not known as such.
   */
  redact(text: string): string {
    return text.replaceAll(this.#secret, this.toString()).replaceAll(this.#basic, '…');
  }

  /** Overwrites the key wherever it stands in the bytes, all but its last five characters. */
  cover(bytes: Uint8Array): void {
    const { buffer, byteOffset, length } = bytes;
    const view = Buffer.from(buffer, byteOffset, length);
    for (const [text, shown] of [
      [this.#secret, BUCKET_CHARACTERS],
      [this.#basic, 0],
    ] as const) {
      for (let at = view.indexOf(text); at >= 0; at = view.indexOf(text, at)) {
        view.fill(ASTERISK, at, at + text.length - shown);
      }
    }
  }

  toString(): string {
    return `…${this.bucket}`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
