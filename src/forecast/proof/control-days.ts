import { Prng } from '../../core/index.ts';
import { LONGEST_HORIZON_S } from '../day-forecast.ts';
import type { ForecastDay } from '../forecast-day.ts';

/** Windows nearer than this to the middle of a mirrored session are left out, s. */
const MIRROR_GAP_S = 4 * LONGEST_HORIZON_S;

/**
 * The same session with the one-window moves of its mid in another order, and nothing else changed:
 * what the books showed has nothing to do with what follows any more. A forecaster that looks at a
 * mid after its window still finds out.
 */
export function shuffledDay(day: ForecastDay, seed: number): ForecastDay {
  const known: number[] = [];
  for (let i = 0; i < day.windows; i++) if (Number.isFinite(day.mid[i])) known.push(i);
  const steps = new Float64Array(Math.max(0, known.length - 1));
  for (let k = 0; k < steps.length; k++) steps[k] = day.mid[known[k + 1]] - day.mid[known[k]];
  const random = new Prng(seed);
  for (let k = steps.length - 1; k > 0; k--) {
    const j = random.int(k + 1);
    const step = steps[k];
    steps[k] = steps[j];
    steps[j] = step;
  }
  const mid = day.mid.slice();
  for (let k = 0; k < steps.length; k++) mid[known[k + 1]] = mid[known[k]] + steps[k];
  return { ...day, mid };
}

/**
 * For each window of a session, the window of `source` at the clock time `timeOf(second)`; -1 where
 * there is none. [windows]
 */
function windowsAtTimes(
  day: ForecastDay,
  source: ForecastDay,
  timeOf: (second: number) => number,
): Int32Array {
  const at = new Map<number, number>();
  source.endSecond.forEach((second, i) => {
    at.set(second, i);
  });
  return Int32Array.from(day.endSecond, (second) => at.get(timeOf(second)) ?? -1);
}

/**
 * For each window, the one as far from the session's end as it is from its start; -1 near the
 * middle, where the two are neighbours. [windows]
 */
export function mirroredWindows(day: ForecastDay): Int32Array {
  if (day.windows === 0) return new Int32Array(0);
  const sum = day.endSecond[0] + day.endSecond[day.windows - 1];
  return windowsAtTimes(day, day, (second) =>
    Math.abs(sum - 2 * second) < MIRROR_GAP_S ? -1 : sum - second,
  );
}

/**
 * For each window, the one of another session at the same time of the day; -1 without. [windows]
 */
export function sameTimeWindows(day: ForecastDay, other: ForecastDay): Int32Array {
  return windowsAtTimes(day, other, (second) => second);
}
