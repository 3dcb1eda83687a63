import { assert, NS_PER_DAY } from '../core/index.ts';
import type { FrameCompressor, MboColumns } from '../dbn/index.ts';
import { parseDate } from './calendar.ts';
import { dayMetadata } from './day-metadata.ts';
import { FeedChannel } from './feed-channel.ts';
import { FuturesMarket, type FuturesMarketOptions } from './futures-market.ts';
import type { FuturesSpec } from './futures-products.ts';
import { mboPieces } from './mbo-file.ts';
import type { PricePath } from './price-path.ts';
import { seededPrng } from './seeded-prng.ts';
import type { TruthColumns } from './truth-log.ts';

/** How a day file is drawn and written. */
export interface OrderDayOptions extends Omit<FuturesMarketOptions, 'channel'> {
  /** Makes zstd frames (see `zstdCompressor` of dbn); the stream is raw DBN when not given. */
  compress?: FrameCompressor;
}

/**
 * One market-by-order day file of the synthetic market: DBN version 3, all its instruments merged
 * in ts_recv order, the header in a zstd frame of its own as the vendor sends it. Pure: bytes come
 * out, nothing is read.
 */
export class OrderDay {
  /** The instruments, the front contract first. */
  readonly markets: readonly FuturesMarket[];

  private readonly dataset: string;
  private readonly specs: readonly FuturesSpec[];
  private readonly options: OrderDayOptions;
  private readonly originNs: bigint;

  /**
   * @param dataset that the file poses as.
   * @param specs front contract first; see `futuresSpecs`.
   * @throws DataError USAGE for a date without trading.
   */
  constructor(dataset: string, specs: readonly FuturesSpec[], options: OrderDayOptions) {
    assert(specs.length > 0, 'a file holds an instrument');
    const day = parseDate(options.dt);
    const channel = new FeedChannel(seededPrng(options.seed, day, 0), options.startNs ?? 0);
    this.dataset = dataset;
    this.specs = specs;
    this.options = options;
    this.originNs = BigInt(day) * BigInt(NS_PER_DAY);
    const front = new FuturesMarket(specs[0]!, { ...options, channel });
    const followers = specs.slice(1).map((spec) => {
      const rate = options.rate * (spec.rateShare ?? 1);
      return new FuturesMarket(spec, { ...options, rate, channel, anchor: anchorOf(spec, front) });
    });
    this.markets = [front, ...followers];
  }

  /** The pieces of the file, in order; can be walked once. */
  pieces(): IterableIterator<Uint8Array> {
    return mboPieces(this, this.metadata(), this.originNs, this.options.compress);
  }

  /** Refills `columns` with rows of all instruments; 0 when the window is over. */
  fill(columns: MboColumns): number {
    columns.length = 0;
    columns.originNs = this.originNs;
    for (const market of this.markets) {
      if (!market.snapshotDone) market.appendSnapshot(columns);
      if (!market.snapshotDone) return columns.length;
    }
    while (columns.length < columns.capacity) {
      const before = columns.length;
      this.appendFromEarliest(columns);
      if (columns.length === before) break;
    }
    return columns.length;
  }

  /** How far the front contract is drawn, ns of day. */
  get nowNs(): number {
    return this.markets[0]!.nextNs;
  }

  /** Where the front contract's mid was, as far as it was drawn. */
  get path(): PricePath {
    return this.markets[0]!.path;
  }

  /**
   * What the generator knew of the front contract since the last call; the caller keeps the
   * columns.
   */
  takeTruth(): TruthColumns {
    return this.markets[0]!.takeTruth();
  }

  private appendFromEarliest(columns: MboColumns): void {
    let earliest = this.markets[0]!;
    let other = Number.POSITIVE_INFINITY;
    for (let i = 1; i < this.markets.length; i++) {
      const market = this.markets[i]!;
      if (market.nextNs < earliest.nextNs) {
        other = Math.min(other, earliest.nextNs);
        earliest = market;
      } else other = Math.min(other, market.nextNs);
    }
    earliest.appendUntil(columns, other + 1);
  }

  private metadata() {
    const { dt, startNs, endNs } = this.options;
    return dayMetadata(this.dataset, 'mbo', dt, this.specs, { startNs, endNs });
  }
}

/** Another contract follows the front one at its distance; a spread stays where it is. */
function anchorOf(spec: FuturesSpec, front: FuturesMarket): () => number {
  if (spec.tickSize !== front.spec.tickSize) return () => spec.startPrice;
  const carry = spec.startPrice - front.spec.startPrice;
  return () => front.quote.mid + carry;
}
