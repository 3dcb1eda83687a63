/**
 * What contract selection looks at in a lake: volumes by day, expiries, open interest.
 */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { isKnownError } from '../core/index.ts';
import {
  addDays,
  findRawDays,
  type Product,
  previousTradingDate,
  rawTableFolder,
  writeFileAtomic,
} from '../lake/index.ts';
import { contractMonth, expiryByRule } from './contract-expiry.ts';
import type { Expiry } from './contract-selection.ts';
import { type ContractTerms, contractTerms, openInterestById } from './raw-reference.ts';
import { rawVolumes } from './raw-volumes.ts';

/** Days back to which a trading date's volume still says which contract is active. */
const MAX_GAP_DAYS = 10;

/**
 * Volumes of a day by contract, from bronze; null when its bronze is not complete. `hasRaw`: the
 * lake has a raw file of the day; without one, what bronze there is counts.
 */
export type BronzeVolumes = (
  product: Product,
  dt: string,
  hasRaw: boolean,
) => Promise<ReadonlyMap<string, number> | null>;

/** A day's volumes as the cache holds them, with the file they are of. */
interface CachedVolumes {
  file: string;
  bytes: number;
  modified: number;
  volumes: [symbol: string, volume: number][];
}

/** What is known of one root's contracts; asked for once, then remembered. */
export class ContractFacts {
  readonly product: Product;
  private readonly lake: string;
  private readonly bronze: BronzeVolumes;
  private readonly onRead: (path: string) => void;
  private readonly onUnreadable: ((why: string) => void) | null;
  private readonly paths = new Map<string, string>();
  private readonly days = new Map<string, ReadonlyMap<string, number> | null>();
  private readonly termsOf = new Map<string, ContractTerms>();

  /**
   * @param onRead told before a raw file is read, which takes its time; may throw to stop.
   * @param onUnreadable told of a file that cannot be read and then counts as not there; without
   * it, such a file is an error.
   */
  constructor(
    lake: string,
    product: Product,
    bronze: BronzeVolumes,
    onRead: (path: string) => void = () => {},
    onUnreadable: ((why: string) => void) | null = null,
  ) {
    this.lake = lake;
    this.product = product;
    this.bronze = bronze;
    this.onRead = onRead;
    this.onUnreadable = onUnreadable;
    if (!existsSync(rawTableFolder(lake, 'future_mbo', product.root))) return;
    for (const day of findRawDays(lake, 'future_mbo', product.root)) {
      if (day.format === 'parquet' || this.paths.has(day.dt)) continue;
      this.paths.set(day.dt, day.path);
    }
  }

  /**
   * Volume by outright contract of a day; contracts that did not trade have 0. Null when the lake
   * has neither bronze nor a raw file of the day.
   */
  async volumes(dt: string): Promise<ReadonlyMap<string, number> | null> {
    const known = this.days.get(dt);
    if (known !== undefined) return known;
    const all =
      (await this.bronze(this.product, dt, this.paths.has(dt))) ??
      (await this.readable(() => this.fromRaw(dt), null));
    const isOutright = (symbol: string) => contractMonth(symbol, this.product.root, dt) !== null;
    const found = all && new Map([...all].filter(([symbol]) => isOutright(symbol)));
    this.days.set(dt, found);
    return found;
  }

  /** The last trading date before `dt` with trades in the lake; null when there is none near. */
  async previous(
    dt: string,
  ): Promise<{ date: string; volumes: ReadonlyMap<string, number> } | null> {
    const oldest = addDays(dt, -MAX_GAP_DAYS);
    for (let date = dt; ; ) {
      date = previousTradingDate(this.product, date);
      if (date < oldest) return null;
      const volumes = await this.volumes(date);
      if (volumes && [...volumes.values()].some((v) => v > 0)) return { date, volumes };
    }
  }

  /** Expiries of contracts that are alive on a date. */
  async expiries(dt: string): Promise<(symbol: string) => Expiry | null> {
    const { expiries } = await this.terms(dt);
    return (symbol) => {
      const defined = expiries.get(symbol);
      if (defined) return { date: defined, from: 'definition' };
      const date = expiryByRule(this.product, symbol, dt);
      return date === null ? null : { date, from: 'rule' };
    };
  }

  /** Open interest by contract at the start of a date; empty when it is not known. */
  async openInterest(dt: string): Promise<ReadonlyMap<string, number>> {
    const { names } = await this.terms(dt);
    const found = new Map<string, number>();
    const byId = await this.readable(
      () => openInterestById(this.lake, this.product, dt),
      new Map<number, number>(),
    );
    for (const [id, contracts] of byId) {
      const symbol = names.get(id);
      if (symbol) found.set(symbol, contracts);
    }
    return found;
  }

  private async terms(dt: string): Promise<ContractTerms> {
    const none: ContractTerms = { expiries: new Map(), names: new Map() };
    const known =
      this.termsOf.get(dt) ??
      (await this.readable(() => contractTerms(this.lake, this.product, dt), none));
    this.termsOf.set(dt, known);
    return known;
  }

  /** What was read, or what stands for a file that cannot be. */
  private async readable<T>(read: () => Promise<T>, none: T): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!this.onUnreadable || !isKnownError(error)) throw error;
      this.onUnreadable(`${error.code}: ${error.message}`);
      return none;
    }
  }

  private async fromRaw(dt: string): Promise<ReadonlyMap<string, number> | null> {
    const path = this.paths.get(dt);
    if (path === undefined) return null;
    const { size, mtimeMs } = statSync(path);
    const cache = join(this.lake, '.cache', 'volumes', this.product.root, `${dt}.json`);
    const file = relative(this.lake, path);
    const cached = readCache(cache);
    if (cached && cached.file === file && cached.bytes === size && cached.modified === mtimeMs) {
      return new Map(cached.volumes);
    }
    this.onRead(path);
    const { names } = await this.terms(dt);
    const volumes = await rawVolumes(path, dt, (id) => names.get(id) ?? null);
    writeCache(cache, { file, bytes: size, modified: mtimeMs, volumes: [...volumes] });
    return volumes;
  }
}

/** A cache that cannot be read is none. */
function readCache(path: string): CachedVolumes | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as CachedVolumes;
  } catch {
    return null;
  }
}

/** A cache that cannot be written costs time, nothing else. */
function writeCache(path: string, content: CachedVolumes): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileAtomic(path, [new TextEncoder().encode(`${JSON.stringify(content)}\n`)]);
  } catch {
    // As said.
  }
}
