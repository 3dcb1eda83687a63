/**
 * A market-by-order file for the commands that rebuild books: which instrument, which tick, and its
 * records as batches.
 */
import { statSync } from 'node:fs';
import { DataError, type PriceNano, type UnixNs } from '../core/index.ts';
import { MboColumns, type Metadata, RTYPE, type StreamEnd } from '../dbn/index.ts';
import {
  type DbnFile,
  openRecords as openAllRecords,
  openDbn,
  openDbnThreaded,
} from '../feed/index.ts';
import { dateToUnixNs, findProduct, type Products, unixNsToDate } from '../lake/index.ts';
import type { SafePoint } from './command.ts';
import { commonDivisor, MboSurvey, type SurveyedInstrument } from './mbo-survey.ts';
import { SymbolNames } from './symbol-names.ts';

/** Rows of a batch: its columns stay in the processor's cache. */
const BATCH_ROWS = 8192;
/** Compressed size from which a thread of its own pays, bytes. */
const THREAD_BYTES = 4_000_000;
/** Symbols named in a SYMBOL_NOT_FOUND message. */
const MAX_SYMBOLS_NAMED = 20;
/** Ticks that a price may be from 0: a book counts ticks in 31 bits. */
const MAX_TICKS = 2 ** 31 - 1;
/** Tick of an instrument without a single price, 1e-9 currency. */
const DEFAULT_TICK = 10_000_000;

/** An instrument chosen from a file. */
export interface ChosenInstrument {
  /** As the data name it; the id in decimals when they do not. */
  symbol: string;
  instrumentId: number;
}

/** Opens the records; a large compressed file is decompressed in a thread of its own. */
function openRecords(path: string): Promise<DbnFile> {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return bytes >= THREAD_BYTES ? openDbnThreaded(path) : openDbn(path);
}

async function firstMoment(path: string): Promise<UnixNs> {
  const file = await openDbn(path);
  try {
    const columns = new MboColumns(1, 0n);
    // Relative to 0 a moment is rounded to 256 ns, which does not change its date.
    return file.fill(columns) > 0 ? BigInt(columns.tsRecv[0]!) : 0n;
  } finally {
    file.close();
  }
}

async function sessionDate(path: string, metadata: Metadata | null): Promise<string> {
  const start = metadata?.start ?? 0n;
  const plausible = start > 0n && start < 2n ** 63n;
  return unixNsToDate(plausible ? start : await firstMoment(path));
}

/** A file whose header was read; every walk over its records opens it anew. */
export class MboFile {
  readonly path: string;
  readonly metadata: Metadata | null;
  /** Session date that clocks count from, YYYY-MM-DD. */
  readonly dt: string;
  /** Its 00:00 UTC. */
  readonly originNs: UnixNs;
  readonly symbols: SymbolNames;
  /** How the last whole walk over the records ended. */
  end: StreamEnd | null = null;
  /** Records of other types that the last walk passed over, by rtype. */
  passedOver: ReadonlyMap<number, number> = new Map();
  private surveyed: SurveyedInstrument[] | null = null;

  private constructor(path: string, metadata: Metadata | null, dt: string) {
    this.path = path;
    this.metadata = metadata;
    this.dt = dt;
    this.originNs = dateToUnixNs(dt);
    this.symbols = new SymbolNames(metadata);
  }

  /**
   * Opens a file.
   * @param dt session date; the date that the header starts at when not given.
   * @throws DataError DBN_SCHEMA when it holds other records.
   */
  static async open(path: string, dt?: string): Promise<MboFile> {
    const file = await openDbn(path);
    file.close();
    const { metadata } = file;
    const opened = new MboFile(path, metadata, dt ?? (await sessionDate(path, metadata)));
    if (metadata?.schema === null && metadata.mappings.length === 0) await opened.learnNames();
    return opened;
  }

  /** A live session's header names nobody: its mapping records do. */
  private async learnNames(): Promise<void> {
    const file = await openAllRecords(this.path);
    try {
      for (let run = file.next(); run; run = file.next()) {
        if (run.rtype === RTYPE.SYMBOL_MAPPING) this.symbols.addMappings(run);
      }
    } finally {
      file.close();
    }
  }

  /**
   * Batches of all instruments, in the same columns each time.
   * @throws DataError naming the file.
   */
  async walk(): Promise<{ batches: Generator<MboColumns>; close: () => void }> {
    const file = await openRecords(this.path);
    return { batches: this.fill(file), close: () => file.close() };
  }

  /**
   * The instrument of a contract or ticker, of a root (its contract with the most records), of an
   * id, or the one with the most records when `symbol` is not given.
   * @throws DataError SYMBOL_NOT_FOUND naming those there are.
   */
  async choose(symbol: string | undefined, point: SafePoint): Promise<ChosenInstrument> {
    if (symbol !== undefined) {
      const exact = this.symbols.instrumentsOf(symbol, this.dt);
      if (exact.length === 1) return { symbol, instrumentId: exact[0]! };
    }
    const there = await this.survey(point);
    const named = there.map((one) => ({ one, name: this.nameOf(one.instrumentId) }));
    const isMatch = (name: string, id: number) =>
      symbol === undefined ||
      name === symbol ||
      String(id) === symbol ||
      isContractOf(name, symbol);
    const match = named.find((n) => isMatch(n.name, n.one.instrumentId));
    if (match) return { symbol: match.name, instrumentId: match.one.instrumentId };
    const only = this.metadata?.symbols;
    if (there.length === 1 && symbol !== undefined && only?.length === 1 && only[0] === symbol) {
      return { symbol, instrumentId: there[0]!.instrumentId };
    }
    throw symbolMissing(
      this.path,
      symbol ?? 'any',
      named.map((n) => n.name),
    );
  }

  /**
   * The symbol of an instrument on the session date, else its only requested symbol, else its id in
   * decimals.
   */
  nameOf(instrumentId: number): string {
    const mapped = this.symbols.symbolOf(instrumentId, this.dt);
    if (mapped !== null) return mapped;
    const asked = this.metadata?.symbols ?? [];
    const unmapped = this.metadata?.mappings.length === 0 && asked.length === 1;
    return unmapped && this.surveyed?.length === 1 ? asked[0]! : String(instrumentId);
  }

  /**
   * The tick of an instrument: of its product, else the largest step that all its prices are
   * multiples of.
   * @throws DataError USAGE when no tick can be found: the user must give one.
   */
  async tickSizeOf(
    instrument: ChosenInstrument,
    products: Products,
    point: SafePoint,
  ): Promise<PriceNano> {
    const product = findProduct(products, instrument.symbol);
    if (product) return product.tickSizeInt;
    const there = await this.survey(point);
    return this.commonTick(there.filter((one) => one.instrumentId === instrument.instrumentId));
  }

  /**
   * Ticks of every instrument of the file.
   * @throws DataError USAGE when one cannot be found.
   */
  async tickSizes(products: Products, point: SafePoint): Promise<(id: number) => PriceNano> {
    const there = await this.survey(point);
    const ticks = new Map<number, PriceNano>();
    for (const { instrumentId } of there) {
      const product = findProduct(products, this.nameOf(instrumentId));
      const same = there.filter((one) => one.instrumentId === instrumentId);
      ticks.set(instrumentId, product?.tickSizeInt ?? this.commonTick(same));
    }
    return (id) => ticks.get(id) ?? DEFAULT_TICK;
  }

  private commonTick(there: readonly SurveyedInstrument[]): PriceNano {
    let step = 0;
    let largest = 0;
    for (const one of there) {
      step = commonDivisor(step, one.commonStep);
      largest = Math.max(largest, one.largestPrice);
    }
    if (step === 0) return DEFAULT_TICK;
    if (largest / step <= MAX_TICKS) return step;
    const symbol = this.nameOf(there[0]!.instrumentId);
    throw new DataError('USAGE', `the tick of ${symbol} is not known`, {
      file: this.path,
      expected: '--tick-size PRICE',
    });
  }

  /** The instruments of the file, most records first; reads the file once. */
  async survey(point: SafePoint): Promise<SurveyedInstrument[]> {
    if (this.surveyed) return this.surveyed;
    const survey = new MboSurvey();
    const { batches, close } = await this.walk();
    try {
      for (const columns of batches) {
        survey.add(columns);
        await point.reach();
      }
    } finally {
      close();
    }
    this.surveyed = survey.instruments();
    return this.surveyed;
  }

  private *fill(file: DbnFile): Generator<MboColumns> {
    yield* file.batches(new MboColumns(BATCH_ROWS, this.originNs));
    this.end = file.end;
    this.passedOver = file.passedOver;
  }
}

function isContractOf(symbol: string, root: string): boolean {
  return symbol.startsWith(root) && /^[FGHJKMNQUVXZ]\d{1,2}$/.test(symbol.slice(root.length));
}

function symbolMissing(path: string, symbol: string, names: string[]): DataError {
  const more = names.length - MAX_SYMBOLS_NAMED;
  const named = names.slice(0, MAX_SYMBOLS_NAMED).join(' ') + (more > 0 ? ` and ${more} more` : '');
  return new DataError('SYMBOL_NOT_FOUND', `no records of ${symbol.slice(0, 40)}`, {
    file: path,
    found: named || 'no records',
  });
}
