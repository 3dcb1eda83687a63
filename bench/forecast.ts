/**
 * One forecast: from a window's rows of gold (802 of the book, 84 of options) over dense fields and
 * the force at every displacement to the path of 30 horizons; a straightforward version over the
 * same rows beside it.
 */
import { assert, Prng } from '../src/core/index.ts';
import {
  type BookSurfaceRows,
  forecastPath,
  makeForecastDay,
  type OptionSurfaceRows,
  WindowPhysics,
} from '../src/forecast/index.ts';
import { bench } from './harness.ts';
import {
  type StrikeRow,
  type SurfaceRow,
  straightforwardForce,
  straightforwardPath,
} from './straightforward-forecast.ts';

/** From the specification: 150 us a forecast. */
const TARGET_FORECASTS_PER_SECOND = 1 / 150e-6;
const GRID = 200;
const STRIKE_STEP = 20;
const SPOT = 27_800;
const [SPEED, BETA, GAMMA] = [0.5, 20, 0.4];
const WINDOWS = 64;
const ROUNDS = 100;
/** The straightforward version takes milliseconds. */
const PLAIN_WINDOWS = 16;

interface Window {
  rows: SurfaceRow[];
  strikes: StrikeRow[];
  book: BookSurfaceRows;
  options: OptionSurfaceRows;
}

function makeRows(random: Prng): SurfaceRow[] {
  return (['A', 'B'] as const).flatMap((side) =>
    Array.from({ length: 2 * GRID + 1 }, (_, i) => {
      const relTicks = i - GRID;
      const there = side === 'A' ? relTicks > 0 : relTicks < 0;
      const pressureGrad = there ? Math.fround(random.float() - 0.5) : 0;
      return { relTicks, side, pressureGrad, omega: there ? Math.fround(5 * random.float()) : 0 };
    }),
  );
}

function makeWindow(random: Prng): Window {
  const rows = makeRows(random);
  const strikes = Array.from({ length: 84 }, (_, i) => ({
    relTicks: (Math.floor(i / 4) - 10) * STRIKE_STEP,
    omega: Math.fround(5 * random.float()),
  }));
  const zeros = new Float32Array(rows.length);
  const book = {
    relTicks: Int32Array.from(rows, (r) => r.relTicks),
    side: Uint8Array.from(rows, (r) => (r.side === 'A' ? 0 : 1)),
    pressureGrad: Float32Array.from(rows, (r) => r.pressureGrad),
    uNear: zeros,
    uPSlow: zeros,
    omega: Float32Array.from(rows, (r) => r.omega),
  };
  const options = {
    strikeTick: Float64Array.from(strikes, (s) => SPOT + s.relTicks),
    omega: Float32Array.from(strikes, (s) => s.omega),
  };
  return { rows, strikes, book, options };
}

const random = new Prng(1);
const windows = Array.from({ length: WINDOWS }, () => makeWindow(random));
const day = makeForecastDay(
  { root: 'ES', dt: '2026-01-05', symbol: 'ESH6', productType: 'future_mbo' },
  WINDOWS,
);
const physics = new WindowPhysics(1);
const path = new Float64Array(30);

/** Returns the last displacement. */
function forecast(i: number): number {
  const { book, options, rows, strikes } = windows[i]!;
  physics.begin();
  physics.addBook(book, 0, rows.length);
  physics.addOptions(options, 0, strikes.length, SPOT);
  physics.finish(SPOT, SPOT);
  physics.store(day, i);
  return forecastPath(day.force, i, SPEED, BETA, GAMMA, path)[29]!;
}

function plainForecast({ rows, strikes }: Window): number {
  return straightforwardPath(straightforwardForce(rows, strikes), SPEED, BETA, GAMMA)[29]!;
}

for (const [i, window] of windows.slice(0, PLAIN_WINDOWS).entries()) {
  const gap = Math.abs(forecast(i) - plainForecast(window));
  assert(gap < 1e-4, `both give the same path: they differ by ${gap} ticks`);
}

const group = 'One forecast: 30 horizons, 401 ticks';
let last = 0;
await bench({
  group,
  name: 'typed arrays, one kernel a sum',
  unit: 'forecasts',
  count: WINDOWS * ROUNDS,
  atLeast: TARGET_FORECASTS_PER_SECOND,
  run: () => {
    for (let n = 0; n < WINDOWS * ROUNDS; n++) last += forecast(n % WINDOWS);
  },
});
await bench({
  group,
  name: 'straightforward: maps and arrays',
  unit: 'forecasts',
  count: PLAIN_WINDOWS,
  run: () => {
    for (const window of windows.slice(0, PLAIN_WINDOWS)) last += plainForecast(window);
  },
});
assert(Number.isFinite(last), 'every forecast is a number');
