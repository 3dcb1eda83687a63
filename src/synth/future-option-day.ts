import { NS_PER_DAY } from '../core/index.ts';
import type { MboColumns } from '../dbn/index.ts';
import { parseDate } from './calendar.ts';
import { dayMetadata } from './day-metadata.ts';
import { FeedChannel } from './feed-channel.ts';
import { EXPIRY_HOUR_NEW_YORK, FUTURES_DATASET } from './futures-products.ts';
import { mboPieces } from './mbo-file.ts';
import { FUTURE_OPTION_TICK, OPTION_EXPIRY_HOUR } from './option-definitions.ts';
import {
  carryAboveFront,
  listedFutureOptions,
  noSuchOptions,
  userDefinedInstrument,
} from './option-listings.ts';
import { OptionMarket, type QuotedOption, windowOf } from './option-market.ts';
import type { OptionSeries } from './option-series.ts';
import type { OptionSettlement } from './option-statistics.ts';
import type { OrderDayOptions } from './order-day.ts';
import type { PricePath } from './price-path.ts';
import { seededPrng } from './seeded-prng.ts';
import { newYorkNs, TradingSession } from './trading-session.ts';

/** Salt of the random numbers: no instrument has these ids. */
const MARKET_STREAM = 11;
const CHANNEL_STREAM = 12;
const GLBX_PUBLISHER = 1;
const OPTION_CHANNEL = 10;

/**
 * One market-by-order day file of the options on a root's future: what expires that day,
 * and a few that do not, beside them. Quotes follow `path`, that of the front contract on the date.
 */
export class FutureOptionDay {
  /** The options of the file, those that expire on the day first. */
  readonly quoted: readonly QuotedOption[];
  /** What the day's settlement was about: the future's price at the start, 1e-9 currency. */
  readonly settlement: OptionSettlement;
  private readonly market: OptionMarket;
  private readonly options: OrderDayOptions;
  private readonly originNs: bigint;

  /** @throws DataError PRODUCT_UNKNOWN when the root has no options, USAGE for no date. */
  constructor(root: string, path: PricePath, options: OrderDayOptions) {
    const listed = listedFutureOptions(root, options.dt) ?? noSuchOptions(root);
    const day = parseDate(options.dt);
    const today = quotedSeries(listed.today, day, OPTION_EXPIRY_HOUR);
    this.quoted = [
      ...today,
      ...quotedSeries(listed.tomorrow, day, OPTION_EXPIRY_HOUR),
      ...quotedSeries(listed.quarterly, day, EXPIRY_HOUR_NEW_YORK),
      spread(listed.today, day),
    ];
    const carry = carryAboveFront(root, options.dt);
    this.settlement = { forward: path.priceAt(0) + carry, tickSize: FUTURE_OPTION_TICK };
    this.options = options;
    this.originNs = BigInt(day) * BigInt(NS_PER_DAY);
    const window = windowOf(options);
    const { seed, rate } = options;
    this.market = new OptionMarket(
      this.quoted,
      today.length,
      { path, carry },
      new TradingSession(day),
      new FeedChannel(seededPrng(seed, day, CHANNEL_STREAM), window.startNs),
      seededPrng(seed, day, MARKET_STREAM),
      {
        rate,
        ...window,
        tickSize: FUTURE_OPTION_TICK,
        publisherId: GLBX_PUBLISHER,
        channelId: OPTION_CHANNEL,
      },
    );
  }

  /** How far the day is drawn, ns of day. */
  get nowNs(): number {
    return this.market.nextNs;
  }

  /** Refills `columns`; 0 when the window is over. */
  fill(columns: MboColumns): number {
    columns.originNs = this.originNs;
    return this.market.fill(columns);
  }

  /** The pieces of the file, in order; can be walked once. */
  pieces(): IterableIterator<Uint8Array> {
    const { dt, compress } = this.options;
    const window = windowOf(this.options);
    const metadata = dayMetadata(FUTURES_DATASET, 'mbo', dt, this.quoted, window);
    return mboPieces(this, metadata, this.originNs, compress);
  }
}

function quotedSeries(series: OptionSeries, day: number, hour: number): QuotedOption[] {
  const { expiryDay } = series;
  const expiryNs = (expiryDay - day) * NS_PER_DAY + newYorkNs(expiryDay, hour);
  return series.contracts.map((contract) => ({ ...contract, expiryNs }));
}

/** The user-defined vertical, quoted like a call at its far strike: nobody should look at it. */
function spread(series: OptionSeries, day: number): QuotedOption {
  const { symbol, instrumentId, legs } = userDefinedInstrument(series);
  const { strike } = legs[1]!;
  const expiryNs = newYorkNs(day, OPTION_EXPIRY_HOUR);
  return { symbol, instrumentId, right: 'C', strike, expiryNs };
}
