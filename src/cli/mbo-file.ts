/**
 * A market-by-order file for the commands that rebuild books: which instrument, which tick, and its records as batches.
 */
import { DataError, type PriceNano, type UnixNs } from '../core/index.ts';
import { MboColumns, type Metadata, RTYPE, readMbo } from '../dbn/index.ts';
import { dateToUnixNs, findProduct, type Products, unixNsToDate } from '../lake/index.ts';
import type { SafePoint } from './command.ts';
import { DbnSource, type SourceEnd } from './dbn-source.ts';
import { MboSurvey, type SurveyedInstrument } from './mbo-survey.ts';
import { timeOf } from './record-times.ts';
import { SymbolNames } from './symbol-names.ts';

/** Rows of a batch: its columns stay in the processor's cache. */
const BATCH_ROWS = 8192;
/** Symbols named in a SYMBOL_NOT_FOUND message. */
const MAX_SYMBOLS_NAMED = 20;
/** Ticks that a price may be from 0: a book counts ticks in 31 bits. */
const MAX_TICKS = 2 ** 31 - 1;

/** An instrument chosen from a file. */
export interface ChosenInstrument {
  /** As the data name it; the id in decimals when they do not. */
  symbol: string;
  instrumentId: number;
}

function wrongSchema(path: string, metadata: Metadata | null): DataError {
  return new DataError('DBN_SCHEMA', 'not market-by-order records', {
    file: path,
    found: `schema ${metadata?.schema}`,
    expected: 'schema mbo',
  });
}

async function firstMoment(path: string): Promise<UnixNs | null> {
  const source = await DbnSource.open(path);
  try {
    for (const run of source.runs()) return timeOf(run, 0);
    return null;
  } finally {
    source.close();
  }
}

async function sessionDate(path: string, metadata: Metadata | null): Promise<string> {
  const start = metadata?.start ?? 0n;
  const plausible = start > 0n && start < 2n ** 63n;
  return unixNsToDate(plausible ? start : ((await firstMoment(path)) ?? 0n));
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
  end: SourceEnd | null = null;
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
    const source = await DbnSource.open(path);
    source.close();
    const { metadata } = source;
    if (metadata?.schema && metadata.schema !== 'mbo') throw wrongSchema(path, metadata);
    return new MboFile(path, metadata, dt ?? (await sessionDate(path, metadata)));
  }

  /** Batches of all instruments, in the same columns each time. @throws DataError naming the file. */
  async *batches(point: SafePoint): AsyncGenerator<MboColumns> {
    const source = await DbnSource.open(this.path);
    try {
      for (const columns of this.fill(source)) {
        yield columns;
        await point.reach();
      }
    } finally {
      source.close();
    }
    this.end = source.end;
  }

  /** Like `batches`, for a caller that cannot wait. */
  async openBatches(): Promise<{ batches: Generator<MboColumns>; close: () => void }> {
    const source = await DbnSource.open(this.path);
    return { batches: this.fill(source), close: () => source.close() };
  }

  /**
   * The instrument of a contract or ticker, of a root (its contract with the most records), of an id, or the one with
   * the most records when `symbol` is not given.
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

  /** The symbol of an instrument on the session date, else its only requested symbol, else its id in decimals. */
  nameOf(instrumentId: number): string {
    const mapped = this.symbols.symbolOf(instrumentId, this.dt);
    if (mapped !== null) return mapped;
    const asked = this.metadata?.symbols ?? [];
    const unmapped = this.metadata?.mappings.length === 0 && asked.length === 1;
    return unmapped && this.surveyed?.length === 1 ? asked[0]! : String(instrumentId);
  }

  /**
   * The tick of an instrument: of its product, else the largest step that all its prices are multiples of.
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
    const step = there
      .filter((one) => one.instrumentId === instrument.instrumentId)
      .map((one) => ({ step: one.commonStep || 1e9, largest: one.largestPrice }))
      .reduce((a, b) => (a.step <= b.step ? a : b), { step: 1e9, largest: 0 });
    if (step.largest / step.step <= MAX_TICKS) return step.step;
    throw new DataError('USAGE', `the tick of ${instrument.symbol} is not known`, {
      file: this.path,
      expected: '--tick-size PRICE',
    });
  }

  /** The instruments of the file, most records first; reads the file once. */
  async survey(point: SafePoint): Promise<SurveyedInstrument[]> {
    if (this.surveyed) return this.surveyed;
    const survey = new MboSurvey();
    for await (const columns of this.batches(point)) survey.add(columns);
    this.surveyed = survey.instruments();
    return this.surveyed;
  }

  private *fill(source: DbnSource): Generator<MboColumns> {
    const columns = new MboColumns(BATCH_ROWS, this.originNs);
    for (const run of source.runs()) {
      if (run.rtype !== RTYPE.MBO) continue;
      for (let at = 0; at < run.count; ) {
        const n = Math.min(run.count - at, BATCH_ROWS - columns.length);
        readMbo(run, at, at + n, columns, columns.length);
        at += n;
        if (columns.length < BATCH_ROWS) continue;
        yield columns;
        columns.length = 0;
      }
    }
    this.end = source.end;
    if (columns.length > 0) yield columns;
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
