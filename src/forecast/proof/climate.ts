import { OUTCOMES } from '../day-forecast.ts';
import type { ForecastDay } from '../forecast-day.ts';
import { purgedFrom } from '../model/gather-samples.ts';
import { midMoves, outcomeOf } from '../moves.ts';

/** Cases that each outcome is given before any is counted: none is impossible. */
const PRIOR_CASES = 0.5;

/** How often each outcome came on training days at one horizon, and how far the mid then went. */
export interface Climate {
  /** Windows counted. */
  windows: number;
  down: number;
  flat: number;
  up: number;
  /** Mean size of moves down and up, ticks; 0 when there was none. */
  sizeDown: number;
  sizeUp: number;
  /** Mean move, ticks. */
  mean: number;
}

/** Frequencies and sizes of the moves of `seconds` on some days, as a fit may see them. */
export function climateOf(days: readonly ForecastDay[], seconds: number): Climate {
  const counts = new Float64Array(OUTCOMES.length);
  const sums = new Float64Array(OUTCOMES.length);
  for (const day of days) {
    const moves = midMoves(day, seconds);
    const end = purgedFrom(day);
    for (let i = 0; i < end; i++) {
      const outcome = outcomeOf(moves[i]);
      if (outcome < 0) continue;
      counts[outcome] += 1;
      sums[outcome] += moves[i];
    }
  }
  const windows = counts[0] + counts[1] + counts[2];
  const share = (count: number) => (count + PRIOR_CASES) / (windows + 3 * PRIOR_CASES);
  return {
    windows,
    down: share(counts[0]),
    flat: share(counts[1]),
    up: share(counts[2]),
    sizeDown: counts[0] > 0 ? -sums[0] / counts[0] : 0,
    sizeUp: counts[2] > 0 ? sums[2] / counts[2] : 0,
    mean: windows > 0 ? (sums[0] + sums[2]) / windows : 0,
  };
}
