/**
 * The work of `spymaster vacuum-pressure run`: the engine over a file, without a server.
 */
import { createHash, type Hash } from 'node:crypto';
import { DataError, type NsOfDay } from '../core/index.ts';
import type { MboColumns } from '../dbn/index.ts';
import { keepInstrument } from '../feed/index.ts';
import {
  findProduct,
  loadProducts,
  parseDate,
  parseDecimalNano,
  sessionTimeToNs,
  writeParquet,
} from '../lake/index.ts';
import { parseCoefficients, VacuumPressureEngine } from '../vacuum-pressure/index.ts';
import { CANONICAL_HEADER_BYTES, canonicalHeader, FrameBuffer } from '../wire/index.ts';
import { writeArrowStream } from './arrow-file.ts';
import { type CommandContext, Interrupted, SafePoint } from './command.ts';
import { truncationNote } from './dbn-source.ts';
import { FRAME_TABLE_FIELDS, FrameTable } from './frame-table.ts';
import { type ChosenInstrument, MboFile } from './mbo-file.ts';
import { note, printLine, withOutput } from './output.ts';
import { formatMoment } from './record-times.ts';

/** Zone of an instrument that no product describes. */
const DEFAULT_ZONE = 'America/New_York';

/** Flags of `vacuum-pressure run`. */
export interface VacuumPressureRunOptions {
  symbol?: string;
  dt?: string;
  startTime?: string;
  endTime?: string;
  everyMs: number;
  bucketTicks?: number;
  tickSize?: string;
  out?: string;
  hash?: boolean;
  json?: boolean;
}

/**
 * The hash of a sequence of frames: SHA-256 over each frame's canonical header and Arrow bytes, in
 * order.
 */
export class FrameHasher {
  private readonly hash: Hash = createHash('sha256');
  private readonly header = new Uint8Array(CANONICAL_HEADER_BYTES);
  private readonly view = new DataView(this.header.buffer);

  /** Takes in the next frame. */
  add(frame: FrameBuffer): void {
    canonicalHeader(frame.header, this.view);
    this.hash.update(this.header).update(frame.bytes());
  }

  /** The hash of all frames so far, hex; ends the hasher. */
  hex(): string {
    return this.hash.digest('hex');
  }
}

/** The frames of a run, one after another in the same buffer. */
class EngineRun {
  frames = 0;
  firstTs: NsOfDay | null = null;
  lastTs: NsOfDay | null = null;
  readonly engine: VacuumPressureEngine;
  private readonly frame = new FrameBuffer();
  /** A frame behind the last one wanted was due. */
  private ended = false;
  private readonly endNs: NsOfDay;
  private readonly instrumentId: number;
  private readonly onFrame: (frame: FrameBuffer) => void;

  constructor(
    engine: VacuumPressureEngine,
    instrumentId: number,
    endNs: NsOfDay,
    onFrame: (frame: FrameBuffer) => void,
  ) {
    this.engine = engine;
    this.instrumentId = instrumentId;
    this.endNs = endNs;
    this.onFrame = onFrame;
  }

  /** All frames, for a consumer that cannot wait between batches. */
  *over(batches: Iterable<MboColumns>, signal: AbortSignal): Generator<FrameBuffer> {
    for (const columns of batches) {
      if (signal.aborted) throw new Interrupted();
      yield* this.framesOf(columns);
      if (this.ended) return;
    }
    yield* this.lastFrames();
  }

  /** All frames, read and counted only; lets interrupts in between batches. */
  async through(batches: Iterable<MboColumns>, point: SafePoint): Promise<void> {
    const readAll = (frames: Iterable<FrameBuffer>) => {
      for (const _frame of frames);
    };
    for (const columns of batches) {
      readAll(this.framesOf(columns));
      if (this.ended) return;
      await point.reach();
    }
    readAll(this.lastFrames());
  }

  private *framesOf(columns: MboColumns): Generator<FrameBuffer> {
    const { engine } = this;
    keepInstrument(columns, { publisherId: null, instrumentId: this.instrumentId });
    for (let at = 0; at < columns.length && !this.ended; ) {
      at = engine.advance(columns, at, columns.length);
      if (!engine.frameDue) continue;
      this.ended = engine.frameTs > this.endNs;
      if (!this.ended) yield this.read();
    }
  }

  private *lastFrames(): Generator<FrameBuffer> {
    const { engine } = this;
    while (engine.finish() && engine.frameTs <= this.endNs) yield this.read();
  }

  private read(): FrameBuffer {
    const { engine, frame } = this;
    engine.readFrame(frame);
    this.frames++;
    this.firstTs ??= frame.header.ts;
    this.lastTs = frame.header.ts;
    this.onFrame(frame);
    return frame;
  }
}

interface Prepared {
  file: MboFile;
  instrument: ChosenInstrument;
  run: EngineRun;
  hasher: FrameHasher | null;
}

async function prepare(
  context: CommandContext,
  options: VacuumPressureRunOptions,
  path: string,
): Promise<Prepared> {
  const products = loadProducts(context.loaded.configFolder);
  const point = new SafePoint(context.signal);
  const file = await MboFile.open(path, options.dt && parseDate(options.dt));
  const instrument = await file.choose(options.symbol, point);
  const product = findProduct(products, instrument.symbol);
  const zone = product?.session.timeZone ?? DEFAULT_ZONE;
  const engine = new VacuumPressureEngine({
    tickSize: options.tickSize
      ? parseDecimalNano(options.tickSize)
      : await file.tickSizeOf(instrument, products, point),
    originNs: file.originNs,
    bucketTicks: options.bucketTicks ?? product?.bucketTicks ?? 1,
    throttleMs: options.everyMs,
    coefficients: parseCoefficients(context.settings.vacuum_pressure.coefficients),
  });
  if (options.startTime) engine.seekGrid(sessionTimeToNs(file.dt, options.startTime, zone));
  const endNs = options.endTime ? sessionTimeToNs(file.dt, options.endTime, zone) : Infinity;
  const hasher = options.hash ? new FrameHasher() : null;
  const run = new EngineRun(engine, instrument.instrumentId, endNs, (f) => hasher?.add(f));
  return { file, instrument, run, hasher };
}

async function writeFrames(
  { file, run, instrument }: Prepared,
  out: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { batches, close } = await file.walk();
  try {
    if (out === undefined) return await run.through(batches, new SafePoint(signal));
    const table = new FrameTable(file.originNs).batches(run.over(batches, signal));
    if (out.endsWith('.parquet')) {
      const about = { symbol: instrument.symbol, session_date: file.dt };
      await writeParquet(out, FRAME_TABLE_FIELDS, table, about);
    } else {
      await withOutput(out, (output) => writeArrowStream(output, FRAME_TABLE_FIELDS, table));
    }
  } finally {
    close();
  }
}

function summaryOf({ file, instrument, run }: Prepared, out: string | undefined) {
  const { engine } = run;
  const moment = (ns: NsOfDay | null) => ns && formatMoment(file.originNs + BigInt(ns));
  return {
    file: file.path,
    symbol: instrument.symbol,
    dt: file.dt,
    tick_size_int: engine.tickSize,
    frames: run.frames,
    first_frame: moment(run.firstTs),
    last_frame: moment(run.lastTs),
    records: engine.records,
    events: engine.book.eventCount,
    book_valid: engine.book.valid,
    book_partial: engine.book.partial,
    truncated: file.end?.truncated ?? false,
    out: out ?? null,
  };
}

/**
 * Runs the engine over a file.
 * @throws DataError USAGE for an output that is neither Arrow nor Parquet.
 */
export async function runVacuumPressure(
  context: CommandContext,
  options: VacuumPressureRunOptions,
  path: string,
): Promise<undefined> {
  const { out } = options;
  if (out !== undefined && out !== '-' && !/\.(parquet|arrow|arrows)$/.test(out)) {
    throw new DataError('USAGE', `cannot write ${out}`, {
      expected: 'a name in .arrow or .parquet',
    });
  }
  if (out === '-' && (options.hash || options.json)) {
    throw new DataError('USAGE', 'standard output holds either frames or text', {
      expected: '--out FILE',
    });
  }
  const prepared = await prepare(context, options, path);
  await writeFrames(prepared, out, context.signal);
  const truncation = truncationNote(path, prepared.file.end);
  if (truncation) note(truncation);
  const summary = summaryOf(prepared, out);
  if (options.json) await printLine(JSON.stringify(summary));
  else if (out !== '-') {
    const span = `${summary.first_frame ?? '-'} to ${summary.last_frame ?? '-'}`;
    await printLine(
      `${summary.symbol} ${summary.frames} frames, ${span}, ${summary.records} records`,
    );
  }
  if (prepared.hasher) await printLine(prepared.hasher.hex());
}
