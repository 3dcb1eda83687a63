/**
 * Windows that a probability model is fitted on, as one matrix.
 */
import { LONGEST_HORIZON_S } from '../day-forecast.ts';
import type { ForecastDay } from '../forecast-day.ts';
import { midMoves, outcomeOf } from '../moves.ts';
import { COVERAGE, FEATURES, SHARED_FEATURES } from './features.ts';
import type { PreparedDay } from './prepare-day.ts';

/** Windows of several days with features and outcomes. */
export interface Samples {
  rows: number;
  /** [rows x FEATURES], row by row */
  features: Float64Array;
  /** Positions in `OUTCOMES`. [rows] */
  outcomes: Uint8Array;
  /** Moves of the mid, ticks. [rows] */
  moves: Float64Array;
  /** First row of each day, and the number of rows behind the last. [days + 1] */
  dayStarts: number[];
}

/**
 * The first index of a day whose label may look past the day's end, at the longest horizon: windows
 * from there on are purged from every fit, so that no fitted number knows what comes after a day.
 */
export function purgedFrom(day: ForecastDay): number {
  const last = day.windows === 0 ? 0 : day.endSecond[day.windows - 1]!;
  let end = day.windows;
  while (end > 0 && day.endSecond[end - 1]! > last - LONGEST_HORIZON_S) end--;
  return end;
}

/** Windows of a day that can be learnt from at a horizon: covered, labelled, not purged. */
function usableWindows({ day, coverage }: PreparedDay, moves: Float64Array): number[] {
  const end = purgedFrom(day);
  const usable: number[] = [];
  for (let i = 0; i < end; i++) {
    if (coverage[i] === COVERAGE.COVERED && outcomeOf(moves[i]!) >= 0) usable.push(i);
  }
  return usable;
}

/** Copies the features of window `i` at horizon number `h` to `out` from `at` on. */
export function copyFeatures(
  prepared: PreparedDay,
  i: number,
  h: number,
  out: Float64Array,
  at: number,
): void {
  out[at] = prepared.deltas[h]![i]!;
  const from = i * SHARED_FEATURES;
  for (let f = 0; f < SHARED_FEATURES; f++) out[at + 1 + f] = prepared.shared[from + f]!;
}

/** Gathers what days have to say at horizon number `h` of `PROOF_HORIZONS_S`, `seconds` long. */
export function gatherSamples(days: readonly PreparedDay[], h: number, seconds: number): Samples {
  const moves = days.map(({ day }) => midMoves(day, seconds));
  const usable = days.map((prepared, d) => usableWindows(prepared, moves[d]!));
  const rows = usable.reduce((sum, windows) => sum + windows.length, 0);
  const samples: Samples = {
    rows,
    features: new Float64Array(rows * FEATURES),
    outcomes: new Uint8Array(rows),
    moves: new Float64Array(rows),
    dayStarts: [0],
  };
  let row = 0;
  days.forEach((prepared, d) => {
    for (const i of usable[d]!) {
      copyFeatures(prepared, i, h, samples.features, row * FEATURES);
      samples.moves[row] = moves[d]![i]!;
      samples.outcomes[row] = outcomeOf(moves[d]![i]!);
      row++;
    }
    samples.dayStarts.push(row);
  });
  return samples;
}
