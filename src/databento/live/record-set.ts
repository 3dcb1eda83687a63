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
  /** First word of each different record, and how many of it are left. */
  private readonly starts: number[] = [];
  private readonly left: number[] = [];
  /** Number of a different record plus one, by hash; 0 is empty. */
  private readonly table: Int32Array;
  private readonly trailerWords: number;

  /** @param bytes whole records on four bytes; kept, not copied. */
  constructor(bytes: Uint8Array, tsOut: boolean) {
    this.words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    this.trailerWords = tsOut ? TS_OUT_BYTES / 4 : 0;
    let records = 0;
    for (let at = 0; at < this.words.length; at += this.words[at]! & 0xff) records++;
    let slots = 16;
    while (slots < records * SLOTS_PER_RECORD) slots *= 2;
    this.table = new Int32Array(slots);
    for (let at = 0; at < this.words.length; at += this.words[at]! & 0xff) this.add(at);
  }

  /** Takes a record equal to the one at word `at`; false when there is none (left). */
  take(words: Uint32Array, at: number): boolean {
    const i = this.table[this.slotOf(words, at)]! - 1;
    if (i < 0 || this.left[i] === 0) return false;
    this.left[i]!--;
    return true;
  }

  /** Calls back with the first word of every record that is left, and how often it is. */
  eachLeft(visit: (words: Uint32Array, at: number, times: number) => void): void {
    this.starts.forEach((at, i) => {
      if (this.left[i]! > 0) visit(this.words, at, this.left[i]!);
    });
  }

  private add(at: number): void {
    const slot = this.slotOf(this.words, at);
    if (this.table[slot] !== 0) {
      this.left[this.table[slot]! - 1]!++;
      return;
    }
    this.starts.push(at);
    this.left.push(1);
    this.table[slot] = this.starts.length;
  }

  /** Where an equal record is in the table, or would be. */
  private slotOf(words: Uint32Array, at: number): number {
    const mask = this.table.length - 1;
    let slot = this.hash(words, at) & mask;
    while (this.table[slot] !== 0) {
      if (this.equal(words, at, this.starts[this.table[slot]! - 1]!)) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
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
