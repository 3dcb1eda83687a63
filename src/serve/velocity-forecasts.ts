/**
 * The forecasts of a block of windows, each from what was known at its end.
 */
import { NS_PER_SECOND } from '../core/index.ts';
import {
  type BookSurfaceRows,
  type ForecastDay,
  type ForecastDayName,
  predictWindow,
  type ReadyForecast,
  type WindowDiagnostics,
  type WindowForecast,
  WindowPhysics,
  windowDiagnostics,
} from '../forecast/index.ts';
import type { TableRows } from '../lake/index.ts';
import { readMicrostructure, readSnapshotWindows } from '../pipeline/index.ts';
import { firstRowFrom, readerOf, sliceRows } from './row-slices.ts';
import { bookColumn, bookPlaces, optionOmega } from './velocity-surfaces.ts';

/** Windows before a window that its forecast looks at: the longest sum, and the one before. */
const LOOK_BACK_WINDOWS = 16;

/** What forecasts are made from. */
export interface ForecastSource {
  name: ForecastDayName;
  /** 1e-9 currency. */
  tick: number;
  bucketTicks: number;
  /** Snapshots of the whole day. */
  snapshots: TableRows;
  /** Microstructure of the whole day; null when the lake has none. */
  microstructure: TableRows | null;
  /** Null = only diagnostics are computed. */
  ready: ReadyForecast | null;
}

/** Rows of a block's windows, and where each window's are. */
export interface BlockRows {
  book: TableRows;
  options: TableRows | null;
  /** Strike of each row of options, ticks. */
  strikes: Int32Array;
}

/** What is told of one window. */
export interface TellForecast {
  forecast: WindowForecast | null;
  diagnostics: WindowDiagnostics;
}

/** Rows of a second's window. */
export function rowsOfSecond(rows: TableRows, second: number): [from: number, to: number] {
  const endNs = second * NS_PER_SECOND;
  return [firstRowFrom(rows, endNs), firstRowFrom(rows, endNs + 1)];
}

/** A day that holds the windows up to `to` (exclusive) that the forecasts from `from` on need. */
function dayOf(source: ForecastSource, from: number, to: number) {
  const range = { fromSecond: from - LOOK_BACK_WINDOWS, toSecond: to };
  const cut = (rows: TableRows) => {
    const first = firstRowFrom(rows, range.fromSecond * NS_PER_SECOND);
    return readerOf(sliceRows(rows, first, firstRowFrom(rows, range.toSecond * NS_PER_SECOND)));
  };
  const windows = readSnapshotWindows(cut(source.snapshots), source.name, range, source.tick);
  if (source.microstructure) readMicrostructure(cut(source.microstructure), windows.day);
  return windows;
}

function bookRowsOf(book: TableRows): BookSurfaceRows {
  return {
    ...bookPlaces(book),
    pressureGrad: bookColumn(book, 'pressure_grad'),
    uNear: bookColumn(book, 'u_near'),
    uPSlow: bookColumn(book, 'u_p_slow'),
    omega: bookColumn(book, 'Omega'),
  };
}

function computePhysics(
  day: ForecastDay,
  spotTick: Float64Array,
  source: ForecastSource,
  block: BlockRows,
  from: number,
): void {
  const physics = new WindowPhysics(source.bucketTicks);
  const book = bookRowsOf(block.book);
  const options = block.options && {
    strikeTick: block.strikes,
    omega: optionOmega(block.options),
  };
  for (let i = 0; i < day.windows; i++) {
    const second = day.endSecond[i]!;
    if (second < from || day.valid[i] !== 1) continue;
    physics.begin();
    physics.addBook(book, ...rowsOfSecond(block.book, second));
    if (options && block.options) {
      physics.addOptions(options, ...rowsOfSecond(block.options, second), spotTick[i]!);
    }
    physics.finish(day.mid[i]!, spotTick[i]!);
    physics.store(day, i);
  }
}

/** Forecasts and diagnostics of the windows that end in [from, to) s, by their second. */
export function forecastBlock(
  source: ForecastSource,
  block: BlockRows,
  from: number,
  to: number,
): Map<number, TellForecast> {
  const { day, spotTick } = dayOf(source, from, to);
  computePhysics(day, spotTick, source, block, from);
  const told = new Map<number, TellForecast>();
  const { ready } = source;
  for (let i = 0; i < day.windows; i++) {
    const second = day.endSecond[i]!;
    if (second < from) continue;
    const forecast = ready && predictWindow(ready, day, i);
    told.set(second, { forecast, diagnostics: windowDiagnostics(ready, day, i) });
  }
  return told;
}
