/**
 * From a checked request to an open stream: product, file, instrument, identity. Equal requests
 * share one.
 */
import { createHash } from 'node:crypto';
import { DataError } from '../core/index.ts';
import { findRawDay, type Product, type Products, productOf, unixNsToDate } from '../lake/index.ts';
import { type Coefficients, DEFAULT_COEFFICIENTS } from '../vacuum-pressure/index.ts';
import { ByteBudget } from './byte-budget.ts';
import { CheckpointStore } from './checkpoint-store.ts';
import { DayRegistry, FileSource } from './file-source.ts';
import { CACHE_BYTES, CHECKPOINT_MEMORY_BYTES, CHECKPOINT_RECORDS } from './limits.ts';
import type { LiveFeeds } from './live-feeds.ts';
import { RequestError } from './request-error.ts';
import type { OpenStream, RecordSource } from './stream.ts';
import { LIVE_DT, type StreamRequest } from './stream-query.ts';
import type { OnPreparing } from './stream-session.ts';
import { SyntheticSource } from './synthetic-source.ts';

/** Streams that are remembered without a viewer; each is a few objects. */
const MAX_STREAMS = 128;
/** Counts changes of what frames mean: older sessions cannot be resumed. */
const SESSION_VERSION = 1;

/** What a registry is made with. */
export interface RegistryOptions {
  /** Root folder of the lake. */
  lake: string;
  products: Products;
  /** Version of this package. */
  version: string;
  /** Default: the published ones. */
  coefficients?: Coefficients;
  /** Live connections. */
  feeds: LiveFeeds;
  /** Folder for decoded days and checkpoints. */
  cacheFolder: string;
  cacheBytes?: number;
  /** Records between two engine checkpoints. */
  checkpointRecords?: number;
  /** Wall time. */
  now: () => Date;
  /** Told when the disk refuses a checkpoint. */
  onCacheFailure: (error: unknown) => void;
}

function digest(parts: readonly (string | number)[], digits: number): string {
  return createHash('sha256').update(parts.join('|')).digest('hex').slice(0, digits);
}

/**
 * First 12 hex digits of the hash of product, grid and coefficients: `name=value`, sorted, joined
 * with `|`.
 */
export function configVersionOf(
  product: Product,
  bucketTicks: number,
  coefficients: Coefficients,
): string {
  const fields = {
    root: product.root,
    tick_size: product.tickSize,
    multiplier: product.multiplier,
    decimals: product.decimals,
    qty_unit: product.qtyUnit,
    bucket_ticks: bucketTicks,
    grid_rows: 101,
    ...coefficients,
  };
  const named = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  return digest(named.sort(), 12);
}

/** A live stream is of its own date only. @throws RequestError */
function refuseOtherDay({ source, dt: asked }: StreamRequest, dt: string): void {
  if (source !== 'live' || asked === LIVE_DT || asked === dt) return;
  const message = `dt: the live session is of ${dt}, not of ${asked}`;
  throw new RequestError('USAGE', message, 'leave dt out, or use source=file');
}

/** Opens streams; see the file comment. */
export class StreamRegistry {
  private readonly options: RegistryOptions;
  private readonly days: DayRegistry;
  private readonly memory = new ByteBudget(CHECKPOINT_MEMORY_BYTES);
  private readonly stores = new Map<string, Promise<CheckpointStore>>();
  private readonly streams = new Map<string, OpenStream>();

  constructor(options: RegistryOptions) {
    this.options = options;
    const cacheBytes = options.cacheBytes ?? CACHE_BYTES;
    this.days = new DayRegistry(options.cacheFolder, cacheBytes, options.now);
  }

  /** @throws RequestError, DataError, OperatingError */
  async open(request: StreamRequest, onPreparing: OnPreparing): Promise<OpenStream> {
    const { productType, throttleMs } = request;
    if (productType !== 'future_mbo' && productType !== 'equity_mbo') {
      const message = `product_type: ${productType} has no order-by-order records`;
      throw new RequestError('USAGE', message, 'future_mbo or equity_mbo');
    }
    const product = productOf(this.options.products, request.symbol);
    const coefficients = this.options.coefficients ?? DEFAULT_COEFFICIENTS;
    const bucketTicks = request.bucketTicks ?? product.bucketTicks;
    const source = await this.openSource(product, request, onPreparing);
    const dt = source.mode === 'live' ? unixNsToDate(source.originNs) : request.dt;
    refuseOtherDay(request, dt);
    const configVersion = configVersionOf(product, bucketTicks, coefficients);
    const { symbol, identity } = source;
    const engine = [SESSION_VERSION, symbol, dt, bucketTicks, configVersion, identity];
    const session = digest([...engine, throttleMs], 16);
    const known = this.streams.get(session);
    if (known?.source.handle === source.handle) return known;
    const checkpoints = await this.openStore(`${identity}.${digest(engine, 12)}.checkpoints`);
    const checkpointRecords = this.options.checkpointRecords ?? CHECKPOINT_RECORDS;
    const base = { session, productType, product, dt, source, throttleMs, checkpointRecords };
    return this.remember({ ...base, coefficients, bucketTicks, configVersion, checkpoints });
  }

  /** Waits for the disk and lets the cache go. */
  async close(): Promise<void> {
    await this.options.feeds.close();
    for (const store of this.stores.values()) await (await store).flush();
    await this.days.close();
  }

  private async openSource(
    product: Product,
    request: StreamRequest,
    onPreparing: OnPreparing,
  ): Promise<RecordSource> {
    const { source, symbol, dt } = request;
    if (source === 'live') return this.options.feeds.open(product, symbol, onPreparing);
    if (source === 'file') return this.openDay(request, onPreparing);
    return new SyntheticSource(product, symbol, dt, this.options.version);
  }

  private async openDay(request: StreamRequest, onPreparing: OnPreparing): Promise<RecordSource> {
    const { productType, symbol, dt } = request;
    const raw = findRawDay(this.options.lake, productType, symbol, dt);
    if (raw.format === 'parquet') {
      throw new DataError('DBN_SCHEMA', 'a Parquet raw day cannot be streamed', {
        file: raw.path,
        expected: 'a .dbn or .dbn.zst file',
      });
    }
    const day = await this.days.open(raw, (part) => onPreparing('reading the day file', part));
    return new FileSource(day, symbol, dt, raw.synthetic);
  }

  private openStore(name: string): Promise<CheckpointStore> {
    const known = this.stores.get(name);
    if (known) return known;
    const folder = this.days.cache.path(name);
    const store = new CheckpointStore(folder, this.memory, this.options.onCacheFailure);
    const opened = store.load().then(() => store);
    this.stores.set(name, opened);
    return opened;
  }

  private remember(stream: OpenStream): OpenStream {
    const known = this.streams.get(stream.session);
    if (known?.source.handle === stream.source.handle) return known;
    this.streams.set(stream.session, stream);
    const [oldest] = this.streams.keys();
    if (oldest !== undefined && this.streams.size > MAX_STREAMS) this.streams.delete(oldest);
    return stream;
  }
}
