import { ACTION, FLAG, RTYPE, SIDE } from '../dbn/index.ts';
import type { FeedChannel } from './feed-channel.ts';

/** Bytes of a consolidated quote record (databento/dbn `Cmbp1Msg`). */
export const QUOTE_BYTES = 80;
const WORDS = QUOTE_BYTES / 4;
const TWO_32 = 2 ** 32;
/** INT64_MAX, as two words. */
const UNDEF_LOW = 0xffffffff;
const UNDEF_HIGH = 0x7fffffff;
/** Flags of every record of OPRA.PILLAR. */
const FLAGS = FLAG.LAST | FLAG.TOB | FLAG.PUBLISHER_SPECIFIC;

/** The best bid and ask of an option; a size of 0 is no quote. */
export interface Quotes {
  /** Prices in ticks, lots and venues' publisher ids, by option. */
  readonly bidTick: Int32Array;
  readonly askTick: Int32Array;
  readonly bidSize: Int32Array;
  readonly askSize: Int32Array;
  readonly bidVenue: Uint16Array;
  readonly askVenue: Uint16Array;
}

/** Packs consolidated quote records into memory of its own, little-endian as DBN is. */
export class QuoteWriter {
  /** Records in the memory. */
  length = 0;
  /** Records that fit. */
  readonly capacity: number;
  private readonly bytes: Uint8Array;
  private readonly words: Uint32Array;
  private readonly originLow: number;
  private readonly originHigh: number;
  private readonly publisherId: number;
  private readonly tickSize: number;
  private readonly channel: FeedChannel;
  private readonly quotes: Quotes;

  /**
   * @param originNs Unix ns that times count from.
   * @param tickSize 1e-9 currency.
   */
  constructor(
    quotes: Quotes,
    channel: FeedChannel,
    facts: { originNs: bigint; publisherId: number; tickSize: number; capacity: number },
  ) {
    this.quotes = quotes;
    this.channel = channel;
    this.capacity = facts.capacity;
    this.publisherId = facts.publisherId;
    this.tickSize = facts.tickSize;
    this.words = new Uint32Array(facts.capacity * WORDS);
    this.bytes = new Uint8Array(this.words.buffer);
    this.originLow = Number(facts.originNs & 0xffffffffn);
    this.originHigh = Number(facts.originNs >> 32n);
  }

  /** The records so far, a view until the next `writeQuote` or `writeTrade` after `clear`. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length * QUOTE_BYTES);
  }

  /** Forgets the records. */
  clear(): void {
    this.length = 0;
  }

  /** The quote of an option as it stands, at engine time `ns` (ns of day). */
  writeQuote(option: number, instrumentId: number, ns: number): void {
    const at = this.begin(option, instrumentId, ns);
    this.words[at + 4] = UNDEF_LOW;
    this.words[at + 5] = UNDEF_HIGH;
    this.words[at + 6] = 0;
    this.words[at + 7] = ACTION.ADD | (SIDE.NONE << 8) | (FLAGS << 16);
  }

  /** A trade beside the quote as it stands; OPRA names no aggressor. */
  writeTrade(option: number, instrumentId: number, tick: number, lots: number, ns: number): void {
    const at = this.begin(option, instrumentId, ns);
    this.price(at + 4, tick);
    this.words[at + 6] = lots;
    this.words[at + 7] = ACTION.TRADE | (SIDE.NONE << 8) | (FLAGS << 16);
  }

  private begin(option: number, instrumentId: number, ns: number): number {
    const { words, quotes, channel } = this;
    const at = this.length++ * WORDS;
    words[at] = WORDS | (RTYPE.CMBP_1 << 8) | (this.publisherId << 16);
    words[at + 1] = instrumentId;
    this.time(at + 2, ns);
    this.time(at + 8, channel.recvNs);
    words[at + 10] = channel.inDeltaNs;
    words[at + 11] = 0;
    const bid = quotes.bidSize[option]!;
    const ask = quotes.askSize[option]!;
    if (bid > 0) this.price(at + 12, quotes.bidTick[option]!);
    else this.noPrice(at + 12);
    if (ask > 0) this.price(at + 14, quotes.askTick[option]!);
    else this.noPrice(at + 14);
    words[at + 16] = bid;
    words[at + 17] = ask;
    words[at + 18] = bid > 0 ? quotes.bidVenue[option]! : 0;
    words[at + 19] = ask > 0 ? quotes.askVenue[option]! : 0;
    return at;
  }

  private time(at: number, ns: number): void {
    const high = Math.floor(ns / TWO_32);
    const low = this.originLow + (ns - high * TWO_32);
    const carry = low >= TWO_32 ? 1 : 0;
    this.words[at] = low - carry * TWO_32;
    this.words[at + 1] = this.originHigh + high + carry;
  }

  private price(at: number, tick: number): void {
    const price = tick * this.tickSize;
    const high = Math.floor(price / TWO_32);
    this.words[at] = price - high * TWO_32;
    this.words[at + 1] = high;
  }

  private noPrice(at: number): void {
    this.words[at] = UNDEF_LOW;
    this.words[at + 1] = UNDEF_HIGH;
  }
}
