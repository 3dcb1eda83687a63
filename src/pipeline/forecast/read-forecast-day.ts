/**
 * A session as the forecast sees it, from the lake.
 *
 * reads   silver.{future_mbo,equity_mbo}.book_snapshot_1s (windows, mid, validity),
 *         gold.*.physics_surface_1s (force, walls), gold.*.microstructure_1s (order flow, edges),
 *         gold.{future_option_mbo,equity_option_cmbp_1}.physics_surface_1s where the day has one
 * refuses what openPartition refuses, and surfaces with seconds that the snapshots do not have
 *         (CONTRACT)
 *
 * A window is made of rows of its own second alone; nothing of a later one can reach it.
 */
import { DataError, NS_PER_SECOND } from '../../core/index.ts';
import {
  type BookSurfaceRows,
  type ForecastDay,
  type OptionSurfaceRows,
  type ParameterInput,
  WindowPhysics,
} from '../../forecast/index.ts';
import {
  type ColumnRequest,
  dateToUnixNs,
  loadContract,
  openPartition,
  type PartitionRef,
  type TableReader,
  type TableRows,
} from '../../lake/index.ts';
import {
  checkUnchanged,
  type ForecastPartitions,
  findForecastPartitions,
  type MarketSession,
  parameterInputs,
} from './forecast-inputs.ts';
import { SecondCursor } from './second-cursor.ts';
import {
  microstructureColumns,
  readMicrostructure,
  readSnapshotWindows,
  type SecondRange,
  type SnapshotWindows,
  snapshotColumns,
} from './snapshot-windows.ts';

/** Which session, and which part of it. */
export interface ForecastDayRequest extends MarketSession, Partial<SecondRange> {
  /** A day without options is refused. */
  optionsRequired?: boolean;
}

/** A session, and the partitions it was read from. */
export interface ForecastDayRead {
  day: ForecastDay;
  inputs: ParameterInput[];
}

/** Columns of the book's surface, in the order of `bookRows`. */
function bookColumns(originNs: bigint): ColumnRequest[] {
  return [
    { name: 'window_end_ts_ns', origin: originNs },
    { name: 'rel_ticks' },
    { name: 'side' },
    { name: 'pressure_grad' },
    { name: 'u_near' },
    { name: 'u_p_slow' },
    { name: 'Omega' },
  ];
}

function bookRows({ columns }: TableRows): BookSurfaceRows {
  return {
    relTicks: columns[1] as Int32Array,
    side: columns[2] as Uint8Array,
    pressureGrad: columns[3] as Float32Array,
    uNear: columns[4] as Float32Array,
    uPSlow: columns[5] as Float32Array,
    omega: columns[6] as Float32Array,
  };
}

/** Columns of the options' surface. */
function optionColumns(originNs: bigint): ColumnRequest[] {
  return [
    { name: 'window_end_ts_ns', origin: originNs },
    { name: 'strike_price_int' },
    { name: 'Omega_opt' },
  ];
}

/** Surfaces of a session, open. */
interface Surfaces {
  book: SecondCursor;
  options: SecondCursor | null;
}

/** @throws DataError CONTRACT when the surface has a second that the snapshots do not have. */
function checkNoStray(cursor: SecondCursor, passedBefore: number, endSecond: number): void {
  if (cursor.passed === passedBefore) return;
  throw new DataError('CONTRACT', 'physics_surface_1s has a second that book_snapshot_1s has not', {
    found: `${cursor.passed - passedBefore} rows before the second that ends at ${endSecond} s`,
    expected: 'rows of seconds in both',
  });
}

/** Computes every valid window of a day; the others stay unknown. */
function computeWindows(
  { day, spotTick }: SnapshotWindows,
  { book, options }: Surfaces,
  product: MarketSession['product'],
): void {
  const physics = new WindowPhysics(product.bucketTicks);
  const strikeTick = new Float64Array(STRIKE_ROWS);
  book.skipTo((day.endSecond[0] ?? 0) * NS_PER_SECOND);
  const passed = book.passed;
  for (let i = 0; i < day.windows; i++) {
    const endNs = day.endSecond[i]! * NS_PER_SECOND;
    const spot = spotTick[i]!;
    const isValid = day.valid[i] === 1;
    physics.begin();
    book.take(endNs, (batch, from, to) => {
      if (isValid) physics.addBook(bookRows(batch), from, to);
    });
    checkNoStray(book, passed, day.endSecond[i]!);
    if (!isValid) continue;
    options?.take(endNs, (batch, from, to) => {
      const rows = strikeRows(batch, from, to, strikeTick, product.tickSizeInt);
      physics.addOptions(rows, 0, to - from, spot);
    });
    physics.finish(day.mid[i]!, spot);
    physics.store(day, i);
  }
}

/** Rows of options that are turned into ticks at a time: more than a chain has in a second. */
const STRIKE_ROWS = 65_536;

function strikeRows(
  { columns }: TableRows,
  from: number,
  to: number,
  strikeTick: Float64Array,
  tick: number,
): OptionSurfaceRows {
  const strikes = columns[1]!;
  for (let row = from; row < to; row++) strikeTick[row - from] = Math.round(strikes[row]! / tick);
  return { strikeTick, omega: (columns[2] as Float32Array).subarray(from, to) };
}

/** Opens partitions and closes them all in the end. */
class Readers {
  private readonly lake: string;
  private readonly open: TableReader[] = [];

  constructor(lake: string) {
    this.lake = lake;
  }

  async take(ref: PartitionRef, columns: ColumnRequest[]): Promise<TableReader> {
    const reader = await openPartition(this.lake, ref, loadContract(ref), columns);
    this.open.push(reader);
    return reader;
  }

  close(): void {
    for (const reader of this.open) reader.close();
  }
}

async function readWindows(
  found: ForecastPartitions,
  request: ForecastDayRequest,
  readers: Readers,
): Promise<ForecastDay> {
  const { product, symbol, dt, productType } = request;
  const originNs = dateToUnixNs(dt);
  const name = { root: product.root, dt, symbol, productType };
  const range = {
    fromSecond: request.fromSecond ?? Number.NEGATIVE_INFINITY,
    toSecond: request.toSecond ?? Number.POSITIVE_INFINITY,
  };
  const opening = [
    readers.take(found.snapshot.ref, snapshotColumns(originNs)),
    readers.take(found.microstructure.ref, microstructureColumns(originNs)),
    readers.take(found.surface.ref, bookColumns(originNs)),
    ...(found.options ? [readers.take(found.options.ref, optionColumns(originNs))] : []),
  ];
  // All have ended before one's error is told: none is left open.
  await Promise.allSettled(opening);
  const [snapshot, microstructure, surface, options] = await Promise.all(opening);
  const windows = readSnapshotWindows(snapshot!, name, range, product.tickSizeInt);
  readMicrostructure(microstructure!, windows.day);
  const cursors = {
    book: new SecondCursor(surface!),
    options: options ? new SecondCursor(options) : null,
  };
  computeWindows(windows, cursors, product);
  return windows.day;
}

/**
 * Reads a session from the lake. The calling thread waits for the disk: call it on a thread of its
 * own where that matters.
 * @throws DataError PARTITION_MISSING naming the command that makes what is not there,
 * PARTITION_DAMAGED, CONTRACT; OperatingError PARTITION_BUSY when a table was replaced meanwhile.
 */
export async function readForecastDay(
  lake: string,
  request: ForecastDayRequest,
): Promise<ForecastDayRead> {
  const found = findForecastPartitions(lake, request, request.optionsRequired ?? false);
  const readers = new Readers(lake);
  try {
    const day = await readWindows(found, request, readers);
    checkUnchanged(lake, found);
    return { day, inputs: parameterInputs(found) };
  } finally {
    readers.close();
  }
}
