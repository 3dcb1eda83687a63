import { TS_OUT_BYTES } from '../../dbn/index.ts';

/** Slots of the table for each record, at least: a search ends soon. */
const SLOTS_PER_RECORD = 2;
const MULTIPLIER = 0x9e3779b1;

/**
 * Records as a multiset: each can be taken once. Equal means equal bytes, without the gateway's
 * time of sending, which differs each time a record is sent.
 */
export class RecordSet {
  private readonly words: Uint32Array;
  private readonly starts: Int32Array;
  private readonly taken: Uint8Array;
  /** Number of a record plus one, by hash; 0 is empty. */
  private readonly table: Int32Array;
  private readonly trailerWords: number;

  /** @param bytes whole records on four bytes; kept, not copied. */
  constructor(bytes: Uint8Array, tsOut: boolean) {
    this.words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    this.trailerWords = tsOut ? TS_OUT_BYTES / 4 : 0;
    const starts: number[] = [];
    for (let at = 0; at < this.words.length; at += this.words[at]! & 0xff) starts.push(at);
    this.starts = Int32Array.from(starts);
    this.taken = new Uint8Array(starts.length);
    let slots = 16;
    while (slots < starts.length * SLOTS_PER_RECORD) slots *= 2;
    this.table = new Int32Array(slots);
    for (let i = 0; i < starts.length; i++) {
      let slot = this.hash(this.words, starts[i]!) & (slots - 1);
      while (this.table[slot] !== 0) slot = (slot + 1) & (slots - 1);
      this.table[slot] = i + 1;
    }
  }

  /** Takes a record equal to the one at word `at`; false when there is none (left). */
  take(words: Uint32Array, at: number): boolean {
    const mask = this.table.length - 1;
    for (let slot = this.hash(words, at) & mask; this.table[slot] !== 0; slot = (slot + 1) & mask) {
      const i = this.table[slot]! - 1;
      if (this.taken[i] === 1 || !this.equal(words, at, this.starts[i]!)) continue;
      this.taken[i] = 1;
      return true;
    }
    return false;
  }

  /** Calls back with the first word of every record that was not taken. */
  eachLeft(visit: (words: Uint32Array, at: number) => void): void {
    this.starts.forEach((at, i) => {
      if (this.taken[i] === 0) visit(this.words, at);
    });
  }

  private hash(words: Uint32Array, at: number): number {
    const end = at + (words[at]! & 0xff) - this.trailerWords;
    let h = 0;
    for (let i = at; i < end; i++) {
      h = Math.imul(h ^ words[i]!, MULTIPLIER);
      h ^= h >>> 15;
    }
    return h;
  }

  private equal(words: Uint32Array, a: number, b: number): boolean {
    const size = (words[a]! & 0xff) - this.trailerWords;
    for (let i = 0; i < size; i++) if (words[a + i] !== this.words[b + i]) return false;
    return true;
  }
}
