/**
 * The synthetic market as a source of records, made while it is played; nothing is written.
 *
 * A day is the regular session of one contract. Positions count records; reading from one means
 * making all before it again, which takes about half a second per million.
 */
import { createHash } from 'node:crypto';
import { DataError, type NsOfDay, type UnixNs } from '../core/index.ts';
import type { MboColumns } from '../dbn/index.ts';
import { dateToUnixNs, type Product, sessionTimeToNs } from '../lake/index.ts';
import { FuturesMarket, type FuturesSpec, futuresSpecs } from '../synth/index.ts';
import type { RecordReader, RecordSource } from './stream.ts';

/** Seed of every synthetic stream: the same request shows the same market. */
const SEED = 20260105;
/** Mean records per second over the busy session. */
const RATE = 400;
/** How much moves lean on the book. */
const SIGNAL = 0.5;
/** The market begins this long before the regular session, ns. */
const LEAD_NS = 5 * 60e9;

/** One contract's regular session on one date. */
export class SyntheticSource implements RecordSource {
  readonly identity: string;
  /** Nothing is open: every stream of it is as good as another. */
  readonly handle = SyntheticSource;
  readonly mode = 'synthetic';
  readonly symbol: string;
  readonly originNs: UnixNs;
  readonly firstNs: NsOfDay;
  readonly liveNs: NsOfDay;
  readonly lastNs: NsOfDay;
  readonly bars: readonly number[] = [];
  readonly start = 0;
  readonly end: number;
  private readonly spec: FuturesSpec;
  private readonly dt: string;

  /**
   * @param version of this package: another version may draw another market.
   * @throws DataError SYMBOL_NOT_FOUND for another contract than the front one, PRODUCT_UNKNOWN,
   *   USAGE (no trading day).
   */
  constructor(product: Product, symbol: string, dt: string, version: string) {
    const spec = futuresSpecs(product.root, dt)[0] as FuturesSpec;
    if (symbol !== product.root && symbol !== spec.symbol) {
      throw new DataError('SYMBOL_NOT_FOUND', `the synthetic market of ${dt} has no ${symbol}`, {
        found: spec.symbol,
      });
    }
    const { timeZone, regularOpen, regularClose } = product.session;
    this.spec = spec;
    this.dt = dt;
    this.symbol = spec.symbol;
    this.originNs = dateToUnixNs(dt);
    this.liveNs = sessionTimeToNs(dt, regularOpen, timeZone);
    this.firstNs = this.liveNs - LEAD_NS;
    this.lastNs = sessionTimeToNs(dt, regularClose, timeZone);
    this.end = (RATE * (this.lastNs - this.firstNs)) / 1e9;
    const facts = ['synthetic', version, SEED, RATE, SIGNAL, this.symbol, dt];
    this.identity = createHash('sha256').update(facts.join('|')).digest('hex').slice(0, 16);
    this.makeMarket();
  }

  open(position = 0): RecordReader {
    return new SyntheticReader(this.makeMarket(), position);
  }

  private makeMarket(): FuturesMarket {
    return new FuturesMarket(this.spec, {
      seed: SEED,
      dt: this.dt,
      rate: RATE,
      signal: SIGNAL,
      startNs: this.firstNs,
      endNs: this.lastNs,
    });
  }
}

/**
 * Makes records batch by batch; those before its position are made and dropped, a batch at a time.
 */
class SyntheticReader implements RecordReader {
  offset = 0;
  private readonly market: FuturesMarket;
  private readonly from: number;

  constructor(market: FuturesMarket, from: number) {
    this.market = market;
    this.from = from;
  }

  fill(columns: MboColumns): number {
    const rows = this.market.fill(columns);
    this.market.takeTruth();
    if (rows === 0) return -1;
    this.offset += rows;
    if (this.offset <= this.from) columns.length = 0;
    return columns.length;
  }

  close(): void {}
}
