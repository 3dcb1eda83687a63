/**
 * From a checked request to an open velocity stream. Equal requests share one, as long as lake and
 * parameters are the same.
 */
import { createHash } from 'node:crypto';
import { isKnownError } from '../core/index.ts';
import { modelConstants } from '../forecast/index.ts';
import { dateToUnixNs, findRawDay, type Product, type Products, productOf } from '../lake/index.ts';
import type { StreamMode } from '../wire/index.ts';
import type { PlaybackRequest } from './query-parameters.ts';
import type { VelocityDayRequest } from './velocity-day.ts';
import type { VelocityReader } from './velocity-reader.ts';
import type { VelocityStream } from './velocity-stream.ts';

/** Streams that are remembered without a viewer; each is a few objects. */
const MAX_STREAMS = 128;
/** Counts changes of what windows mean: older sessions cannot be resumed. */
const SESSION_VERSION = 1;

/** What a registry is made with. */
export interface VelocityRegistryOptions {
  lake: string;
  products: Products;
  allowUnproven: boolean;
}

function digest(parts: readonly (string | number | boolean)[], digits: number): string {
  return createHash('sha256').update(parts.join('|')).digest('hex').slice(0, digits);
}

/** First 12 hex digits of the hash of product, model constants and parameters. */
function configVersionOf(product: Product, parametersVersion: string | null): string {
  const fields = {
    root: product.root,
    tick_size: product.tickSize,
    multiplier: product.multiplier,
    decimals: product.decimals,
    qty_unit: product.qtyUnit,
    bucket_ticks: product.bucketTicks,
    grid_max_ticks: product.gridMaxTicks,
    parameters: parametersVersion ?? 'none',
    ...modelConstants(),
  };
  const named = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  return digest(named.sort(), 12);
}

/** Told as it is: a market that the synthetic one wrote is no replay. */
function modeOf(request: VelocityDayRequest): StreamMode {
  const { lake, productType, symbol, dt } = request;
  try {
    return findRawDay(lake, productType, symbol, dt).synthetic ? 'synthetic' : 'replay';
  } catch (error) {
    if (isKnownError(error)) return 'replay';
    throw error;
  }
}

/** Opens streams; see the file comment. */
export class VelocityRegistry {
  private readonly options: VelocityRegistryOptions;
  private readonly reader: VelocityReader;
  private readonly streams = new Map<string, VelocityStream>();

  constructor(options: VelocityRegistryOptions, reader: VelocityReader) {
    this.options = options;
    this.reader = reader;
  }

  /** @throws DataError, OperatingError */
  async open({ productType, symbol: asked, dt }: PlaybackRequest): Promise<VelocityStream> {
    const { lake, products, allowUnproven } = this.options;
    const product = productOf(products, asked);
    const wanted = { lake, productType, symbol: asked, dt, product, allowUnproven };
    const { symbol, facts } = await this.reader.open(wanted);
    const request = { ...wanted, symbol };
    const configVersion = configVersionOf(product, facts.forecast.parameters_version);
    const parts = [SESSION_VERSION, productType, symbol, dt, configVersion, facts.key];
    const session = digest(parts, 16);
    const known = this.streams.get(session);
    if (known && known.failure === null) return known;
    const originNs = dateToUnixNs(dt);
    const mode = modeOf(request);
    const base = { session, productType, product, symbol, dt, mode, originNs, configVersion };
    return this.remember({ ...base, facts, request, failure: null });
  }

  /** Ends all streams of a day whose files are damaged. @param key `facts.key`. */
  fail(key: string, error: unknown): void {
    for (const stream of this.streams.values()) {
      if (stream.facts.key === key) stream.failure = error;
    }
  }

  private remember(stream: VelocityStream): VelocityStream {
    this.streams.delete(stream.session);
    this.streams.set(stream.session, stream);
    const [oldest] = this.streams.keys();
    if (oldest !== undefined && this.streams.size > MAX_STREAMS) this.streams.delete(oldest);
    return stream;
  }
}
