import { NS_PER_DAY } from '../core/index.ts';
import { DbnEncoder } from '../dbn/index.ts';
import { parseDate } from './calendar.ts';
import { dayMetadata } from './day-metadata.ts';
import { EquityValue, equityProduct } from './equity-products.ts';
import { FeedChannel } from './feed-channel.ts';
import { FRAME_BYTES } from './mbo-file.ts';
import { OPTION_EXPIRY_HOUR } from './option-definitions.ts';
import { listedShareOptions, OPRA_DATASET } from './option-listings.ts';
import { type QuotedOption, windowOf } from './option-market.ts';
import type { OptionSeries } from './option-series.ts';
import type { OrderDayOptions } from './order-day.ts';
import type { PricePath } from './price-path.ts';
import { QuoteMarket } from './quote-market.ts';
import { seededPrng } from './seeded-prng.ts';
import { newYorkNs, TradingSession } from './trading-session.ts';

/** Salt of the random numbers: no instrument has these ids. */
const MARKET_STREAM = 13;
const CHANNEL_STREAM = 14;
const OPRA_PUBLISHER = 30;
/** A cent, 1e-9 currency. */
const TICK_SIZE = 10_000_000;
/** Records between pieces. */
const BATCH_RECORDS = 16_384;

/**
 * One day file of consolidated quotes of the options on a share, as OPRA.PILLAR sends it: what
 * expires that day and a few of the next weekday. The share follows `path`, that of its driver's
 * front contract.
 */
export class ShareOptionDay {
  /** The options of the file, those that expire on the day first. */
  readonly quoted: readonly QuotedOption[];
  private readonly market: QuoteMarket;
  private readonly options: OrderDayOptions;

  /** @throws DataError PRODUCT_UNKNOWN, USAGE for no date. */
  constructor(ticker: string, path: PricePath, options: OrderDayOptions) {
    const { dt, seed, rate } = options;
    const listed = listedShareOptions(ticker, dt);
    const day = parseDate(dt);
    const today = quotedSeries(listed.today, day);
    const window = windowOf(options);
    const value = new EquityValue(equityProduct(ticker), path, options);
    this.options = options;
    this.quoted = [...today, ...quotedSeries(listed.tomorrow, day)];
    this.market = new QuoteMarket(
      this.quoted,
      today.length,
      (ns) => value.at(ns),
      new TradingSession(day, 'cash'),
      new FeedChannel(seededPrng(seed, day, CHANNEL_STREAM), window.startNs),
      seededPrng(seed, day, MARKET_STREAM),
      {
        rate,
        ...window,
        originNs: BigInt(day) * BigInt(NS_PER_DAY),
        publisherId: OPRA_PUBLISHER,
        tickSize: TICK_SIZE,
        capacity: BATCH_RECORDS,
      },
    );
  }

  /** How far the day is drawn, ns of day. */
  get nowNs(): number {
    return this.market.nextNs;
  }

  /** The pieces of the file, in order; can be walked once. */
  *pieces(): IterableIterator<Uint8Array> {
    const { dt, compress } = this.options;
    const window = windowOf(this.options);
    const metadata = dayMetadata(OPRA_DATASET, 'cmbp-1', dt, this.quoted, window);
    let ready: Uint8Array[] = [];
    const encoder = new DbnEncoder((piece) => ready.push(piece), metadata, {
      frameBytes: FRAME_BYTES,
      ...(compress ? { compress } : {}),
    });
    for (let bytes = this.market.fill(); bytes.length > 0; bytes = this.market.fill()) {
      encoder.writeBytes(bytes);
      yield* ready;
      ready = [];
    }
    encoder.end();
    yield* ready;
  }
}

function quotedSeries(series: OptionSeries, day: number): QuotedOption[] {
  const { expiryDay } = series;
  const expiryNs = (expiryDay - day) * NS_PER_DAY + newYorkNs(expiryDay, OPTION_EXPIRY_HOUR);
  return series.contracts.map((contract) => ({ ...contract, expiryNs }));
}
