/**
 * The work of `spymaster book`: books of a file as rows of their best levels.
 */
import { BookSet, MbpProjection, MbpRows, type MbpRule, type OrderBook } from '../book/index.ts';
import { assert, DataError, NS_PER_SECOND } from '../core/index.ts';
import { DbnEncoder, type MboColumns, makeMetadata, zstdCompressor } from '../dbn/index.ts';
import { keepInstrument } from '../feed/index.ts';
import { loadProducts, parseDecimalNano, writeParquet } from '../lake/index.ts';
import { type CommandContext, Interrupted, SafePoint } from './command.ts';
import { type ChosenInstrument, MboFile } from './mbo-file.ts';
import { mbpBatch, mbpFields, mbpRecords } from './mbp-records.ts';
import { mbpColumnNames, mbpCsvLine, mbpJsonLine, RowSymbols } from './mbp-text.ts';
import { LineWriter, note, type Output, withOutput } from './output.ts';

const RULES: Record<BookOptions['every'], MbpRule> = {
  event: 'event',
  record: 'record',
  '1s': { stepNs: NS_PER_SECOND },
  '1m': { stepNs: 60 * NS_PER_SECOND },
};

/** Flags of `book`. */
export interface BookOptions {
  levels: number;
  symbol?: string;
  every: 'event' | 'record' | '1s' | '1m';
  format: 'csv' | 'json' | 'parquet' | 'dbn';
  out?: string;
  limit?: number;
  tickSize?: string;
  quiet?: boolean;
}

/** The books of a file, each with its projection into the same rows. */
class BookRun {
  rowCount = 0;
  readonly books: BookSet;
  private readonly rows: MbpRows;
  private readonly rule: MbpRule;
  private readonly projections = new Map<OrderBook, MbpProjection>();
  private readonly only: ChosenInstrument | null;
  private left: number;

  constructor(
    file: MboFile,
    only: ChosenInstrument | null,
    tickSizeOf: (id: number) => number,
    options: BookOptions,
  ) {
    this.only = only;
    this.rule = RULES[options.every];
    this.rows = new MbpRows(options.levels);
    this.left = options.limit ?? Number.POSITIVE_INFINITY;
    this.books = new BookSet({
      tickSizeOf: (_publisher, id) => tickSizeOf(id),
      originNs: file.originNs,
    });
  }

  /** Batches of rows, in the same columns each time. */
  *over(batches: Iterable<MboColumns>, signal: AbortSignal): Generator<MbpRows> {
    for (const columns of batches) {
      if (signal.aborted) throw new Interrupted();
      if (this.only) keepInstrument(columns, { publisherId: null, ...this.only });
      yield* this.apply(columns);
      if (this.left <= 0) return;
    }
    for (const { book } of this.books) {
      if (this.rows.full) yield* this.take();
      this.projections.get(book)?.finish();
    }
    this.books.finish();
    yield* this.take();
  }

  private *apply(columns: MboColumns): Generator<MbpRows> {
    const { instrumentId, publisherId, length } = columns;
    for (let at = 0; at < length && this.left > 0; ) {
      let end = at + 1;
      while (
        end < length &&
        instrumentId[end] === instrumentId[at] &&
        publisherId[end] === publisherId[at]
      )
        end++;
      const projection = this.projectionOf(publisherId[at]!, instrumentId[at]!);
      if (!projection) {
        this.books.refusedRows += end - at;
        at = end;
        continue;
      }
      at = projection.run(columns, at, end);
      if (this.rows.full || this.rows.length >= this.left) yield* this.take();
    }
  }

  private projectionOf(publisherId: number, instrumentId: number): MbpProjection | null {
    const entry = this.books.entryFor(publisherId, instrumentId);
    if (!entry) return null;
    const known = this.projections.get(entry.book);
    if (known) return known;
    const made = new MbpProjection(entry.book, this.rows, this.rule);
    this.projections.set(entry.book, made);
    return made;
  }

  private *take(): Generator<MbpRows> {
    const { rows } = this;
    rows.length = Math.min(rows.length, this.left);
    this.left -= rows.length;
    this.rowCount += rows.length;
    if (rows.length > 0) yield rows;
    rows.clear();
  }
}

/** What is told at the end: the counters of every book. */
function countersOf(file: MboFile, run: BookRun) {
  const instruments = [...run.books].map(({ publisherId, instrumentId, book }) => ({
    symbol: file.nameOf(instrumentId),
    publisher_id: publisherId,
    instrument_id: instrumentId,
    tick_size_int: book.tickSize,
    orders: book.orderCount,
    bid_levels: book.levelCounts.bid,
    ask_levels: book.levelCounts.ask,
    best_bid_int: book.levelCounts.bid > 0 ? book.bestBidTick * book.tickSize : null,
    best_ask_int: book.levelCounts.ask > 0 ? book.bestAskTick * book.tickSize : null,
    valid: book.valid,
    partial: book.partial,
    suspect: book.suspect,
    crossed: book.crossed,
    events: book.eventCount,
    ...book.counters,
  }));
  return {
    file: file.path,
    rows: run.rowCount,
    truncated: file.end?.truncated ?? false,
    trailing_bytes: file.end?.trailingBytes ?? 0,
    passed_over: Object.fromEntries(file.passedOver),
    refused_rows: run.books.refusedRows,
    instruments,
  };
}

interface Work {
  file: MboFile;
  run: BookRun;
  rows: Iterable<MbpRows>;
  symbols: RowSymbols;
  options: BookOptions;
  point: SafePoint;
}

async function writeText({ rows, symbols, options, point }: Work, output: Output): Promise<void> {
  const lines = new LineWriter(output);
  const line = options.format === 'csv' ? mbpCsvLine : mbpJsonLine;
  if (options.format === 'csv') lines.add(`${mbpColumnNames(options.levels).join(',')}\n`);
  for (const batch of rows) {
    for (let r = 0; r < batch.length; r++) {
      const symbol = symbols.of(batch.instrumentId[r]!, batch.tsRecv[r]!, batch.originNs);
      if (lines.add(line(batch, r, symbol))) await lines.flush();
    }
    await point.reach();
  }
  await lines.flush();
}

async function writeDbn(work: Work, output: Output): Promise<void> {
  const { file, rows, options, point } = work;
  const schema = options.levels === 1 ? 'mbp-1' : 'mbp-10';
  const { wire: _wire, ...header } = file.metadata ?? makeMetadata({ dataset: 'UNKNOWN' });
  const metadata = { ...header, schema, tsOut: false, version: 3, symbolCstrLen: 71 } as const;
  const compress = options.out?.endsWith('.zst') ? await zstdCompressor() : undefined;
  let ready: Uint8Array[] = [];
  const encoder = new DbnEncoder((piece) => ready.push(piece), metadata, {
    ...(compress ? { compress } : {}),
  });
  const hand = async () => {
    for (const piece of ready) await output.write(piece);
    ready = [];
  };
  for (const batch of rows) {
    encoder.writeBytes(mbpRecords(batch));
    await hand();
    await point.reach();
  }
  encoder.end();
  await hand();
}

function* parquetBatches({ rows, symbols }: Work) {
  for (const batch of rows) yield mbpBatch(batch, symbols);
}

async function writeRows(work: Work): Promise<void> {
  const { options } = work;
  if (options.format === 'parquet') {
    assert(options.out !== undefined, 'checked before');
    await writeParquet(options.out, mbpFields(options.levels), parquetBatches(work));
    return;
  }
  const write = options.format === 'dbn' ? writeDbn : writeText;
  await withOutput(options.out, (output) => write(work, output));
}

function checkOptions(options: BookOptions): void {
  const { format, levels, out } = options;
  if (format === 'parquet' && (out === undefined || out === '-')) {
    throw new DataError('USAGE', 'a Parquet table needs a file', {
      expected: '--out FILE.parquet',
    });
  }
  if (format === 'dbn' && levels !== 10 && levels !== 1) {
    throw new DataError('USAGE', `there are no DBN records of ${levels} levels`, {
      expected: '--levels 1 or 10',
    });
  }
}

async function ticksOf(
  file: MboFile,
  only: ChosenInstrument | null,
  context: CommandContext,
  options: BookOptions,
  point: SafePoint,
): Promise<(id: number) => number> {
  if (options.tickSize !== undefined) {
    const tick = parseDecimalNano(options.tickSize);
    if (tick <= 0) throw new DataError('USAGE', '--tick-size must be above 0');
    return () => tick;
  }
  const products = loadProducts(context.loaded.configFolder);
  if (!only) return file.tickSizes(products, point);
  const tick = await file.tickSizeOf(only, products, point);
  return () => tick;
}

/** Rebuilds the books of a file and writes their rows; counters follow on standard error. */
export async function runBook(
  context: CommandContext,
  options: BookOptions,
  path: string,
): Promise<undefined> {
  checkOptions(options);
  const point = new SafePoint(context.signal);
  const file = await MboFile.open(path);
  const only = options.symbol === undefined ? null : await file.choose(options.symbol, point);
  const run = new BookRun(file, only, await ticksOf(file, only, context, options, point), options);
  const { batches, close } = await file.walk();
  try {
    const rows = run.over(batches, context.signal);
    const symbols = new RowSymbols(file.symbols, (id) => file.nameOf(id));
    await writeRows({ file, run, rows, symbols, options, point });
  } finally {
    close();
  }
  if (!options.quiet) note(JSON.stringify(countersOf(file, run)));
}
