import { assert, NS_PER_DAY } from '../core/index.ts';
import { DbnEncoder, type FrameCompressor, MboColumns, makeMetadata } from '../dbn/index.ts';
import { dateInteger, parseDate } from './calendar.ts';
import { FeedChannel } from './feed-channel.ts';
import { FuturesMarket, type FuturesMarketOptions } from './futures-market.ts';
import { FUTURES_DATASET, type FuturesSpec } from './futures-products.ts';
import { seededPrng } from './seeded-prng.ts';
import type { TruthColumns } from './truth-log.ts';

/** Rows generated between pieces. */
const BATCH_ROWS = 16_384;
/** Uncompressed bytes of a zstd frame, at most. */
const FRAME_BYTES = 4 * 1024 * 1024;
/**
 * Rates of the instruments of a file relative to the first: front, next contract, calendar spread.
 */
const RATE_SHARES = [1, 0.04, 0.02] as const;

/** How a day file is drawn and written. */
export interface FuturesDayOptions extends Omit<FuturesMarketOptions, 'channel'> {
  /** Makes zstd frames (see `zstdCompressor` of dbn); the stream is raw DBN when not given. */
  compress?: FrameCompressor;
}

/**
 * One market-by-order day file of the synthetic market: DBN version 3, all instruments of a root
 * merged in ts_recv order, the header in a zstd frame of its own as the vendor sends it. Pure:
 * bytes come out, nothing is read.
 */
export class FuturesDay {
  /** The instruments, the front contract first. */
  readonly markets: readonly FuturesMarket[];

  private readonly specs: readonly FuturesSpec[];
  private readonly options: FuturesDayOptions;
  private readonly originNs: bigint;

  /**
   * @param specs front contract first; see `futuresSpecs`.
   * @throws DataError USAGE for a date without trading.
   */
  constructor(specs: readonly FuturesSpec[], options: FuturesDayOptions) {
    assert(specs.length > 0 && specs.length <= RATE_SHARES.length, 'one to three instruments');
    const day = parseDate(options.dt);
    const channel = new FeedChannel(seededPrng(options.seed, day, 0), options.startNs ?? 0);
    this.specs = specs;
    this.options = options;
    this.originNs = BigInt(day) * BigInt(NS_PER_DAY);
    const front = new FuturesMarket(specs[0]!, { ...options, channel });
    const followers = specs.slice(1).map((spec, i) => {
      const rate = options.rate * RATE_SHARES[i + 1]!;
      return new FuturesMarket(spec, { ...options, rate, channel, anchor: anchorOf(spec, front) });
    });
    this.markets = [front, ...followers];
  }

  /** The pieces of the file, in order; can be walked once. */
  *pieces(): IterableIterator<Uint8Array> {
    let ready: Uint8Array[] = [];
    const { compress } = this.options;
    const encoder = new DbnEncoder((piece) => ready.push(piece), this.metadata(), {
      frameBytes: FRAME_BYTES,
      ...(compress ? { compress } : {}),
    });
    const columns = new MboColumns(BATCH_ROWS, this.originNs);
    while (this.fill(columns) > 0) {
      encoder.writeMbo(columns);
      yield* ready;
      ready = [];
    }
    encoder.end();
    yield* ready;
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
    const { dt, startNs = 0, endNs = NS_PER_DAY } = this.options;
    const day = parseDate(dt);
    return makeMetadata({
      dataset: FUTURES_DATASET,
      schema: 'mbo',
      start: this.originNs + BigInt(startNs),
      end: this.originNs + BigInt(endNs),
      symbols: this.specs.map((spec) => spec.symbol),
      mappings: this.specs.map((spec) => ({
        rawSymbol: spec.symbol,
        intervals: [
          {
            startDate: dateInteger(day),
            endDate: dateInteger(day + 1),
            symbol: String(spec.instrumentId),
          },
        ],
      })),
    });
  }
}

/** Another contract follows the front one at its distance; a spread stays where it is. */
function anchorOf(spec: FuturesSpec, front: FuturesMarket): () => number {
  if (spec.tickSize !== front.spec.tickSize) return () => spec.startPrice;
  const carry = spec.startPrice - front.spec.startPrice;
  return () => front.quote.mid + carry;
}

/** The bytes of a day file piece by piece; `FuturesDay` gives the truth as well. */
export function synthesizeFuturesDay(
  specs: readonly FuturesSpec[],
  options: FuturesDayOptions,
): Iterable<Uint8Array> {
  return new FuturesDay(specs, options).pieces();
}

/**
 * The vendor's name for a day file, e.g. `glbx-mdp3-20260105.mbo.dbn.zst`; without `.zst` when
 * `raw`.
 */
export function futuresFileName(
  dt: string,
  schema: 'mbo' | 'definition' | 'statistics',
  raw = false,
): string {
  return `glbx-mdp3-${dateInteger(parseDate(dt))}.${schema}.dbn${raw ? '' : '.zst'}`;
}
