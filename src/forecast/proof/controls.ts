/**
 * Controls: sessions rearranged so that nothing a forecaster may know has to do with what follows.
 * Skill there is a leak, or a mistake in how skill is counted. Only directions are judged: how much
 * the market moves at a time of the day may be known from any other day.
 */
import { type DayForecast, type Forecaster, PROOF_HORIZONS_S } from '../day-forecast.ts';
import type { ForecastDay } from '../forecast-day.ts';
import { midMoves } from '../moves.ts';
import { adjustPValues } from '../numerics/diebold-mariano.ts';
import { mirroredWindows, sameTimeWindows, shuffledDay } from './control-days.ts';
import { dayJackknife } from './day-jackknife.ts';
import { totalOf } from './day-sums.ts';
import type { ControlScore } from './evaluation.ts';
import { known, knownInterval } from './known.ts';
import { LOG_LOSS_FLOOR, skillOf } from './scores.ts';

/** Seed of the shuffled sessions; each adds its position. */
const SHUFFLE_SEED = 977;
/** Adjusted p-value below which skill in a control is not chance. */
export const CONTROL_P_MAX = 0.05;

/** Forecasts laid beside a session that they are not about. */
interface ControlDay {
  /** The session whose moves are judged. */
  day: ForecastDay;
  forecast: DayForecast;
  /** For each window of `day`, the row of `forecast` laid beside it; -1 = none. */
  rows: Int32Array;
}

const LOSS = 0;
const REFERENCE = 1;
const MOVES = 2;

/**
 * Sums of one session: log-loss of the direction among moves that are not zero, that of the
 * session's own share of up moves (which nothing can beat without knowing), and the moves.
 */
function directionSums({ day, forecast, rows }: ControlDay, h: number): Float64Array {
  const moves = midMoves(day, PROOF_HORIZONS_S[h]);
  const p = forecast.probabilities[h];
  let [loss, ups, count] = [0, 0, 0];
  for (let i = 0; i < day.windows; i++) {
    const row = rows[i];
    if (row < 0 || !(moves[i] !== 0) || Number.isNaN(moves[i])) continue;
    const [down, up] = [p[3 * row], p[3 * row + 2]];
    if (!(down + up > 0)) continue;
    const right = (moves[i] > 0 ? up : down) / (down + up);
    loss -= Math.log(Math.max(right, LOG_LOSS_FLOOR));
    count++;
    if (moves[i] > 0) ups++;
  }
  const entropy = (n: number) => (n === 0 ? 0 : -n * Math.log(n / count));
  return Float64Array.of(loss, entropy(ups) + entropy(count - ups), count);
}

function scoreControl(
  control: ControlScore['control'],
  days: readonly ControlDay[],
  h: number,
): ControlScore {
  const sums = days.map((day) => directionSums(day, h));
  const test = dayJackknife(sums, (s) => skillOf(s[LOSS], s[REFERENCE]));
  return {
    control,
    horizon_s: PROOF_HORIZONS_S[h],
    moves: totalOf(sums)[MOVES] ?? 0,
    skill: knownInterval(test.value, test),
    p_value: known(test.pValue),
    p_adjusted: null,
    flagged: false,
  };
}

function ownRows(day: ForecastDay): Int32Array {
  return Int32Array.from({ length: day.windows }, (_, i) => i);
}

/**
 * Runs every control on the days held out.
 * @param said what `ours` said about each of `days`.
 */
export function runControls(
  ours: Forecaster,
  days: readonly ForecastDay[],
  said: readonly DayForecast[],
): ControlScore[] {
  const shuffled = days.map((day, d): ControlDay => {
    const rearranged = shuffledDay(day, SHUFFLE_SEED + d);
    return { day: rearranged, forecast: ours.predict(rearranged), rows: ownRows(rearranged) };
  });
  const mirrored = days.map(
    (day, d): ControlDay => ({ day, forecast: said[d], rows: mirroredWindows(day) }),
  );
  const others = days.map((day, d): ControlDay => {
    const other = (d + 1) % days.length;
    return { day, forecast: said[other], rows: sameTimeWindows(day, days[other]) };
  });
  const controls: [ControlScore['control'], ControlDay[]][] = [
    ['shuffled_labels', shuffled],
    ['mirrored_features', mirrored],
    ['other_day_features', days.length > 1 ? others : []],
  ];
  const scores = controls.flatMap(([control, rearranged]) =>
    PROOF_HORIZONS_S.map((_, h) => scoreControl(control, rearranged, h)),
  );
  return flagControls(scores);
}

/** Marks the controls whose skill is above 0 beyond chance, all of them looked at together. */
function flagControls(scores: readonly ControlScore[]): ControlScore[] {
  const adjusted = adjustPValues(scores.map((score) => score.p_value ?? Number.NaN));
  return scores.map((score, i) => ({
    ...score,
    p_adjusted: known(adjusted[i]),
    flagged: (score.skill.value ?? 0) > 0 && adjusted[i] < CONTROL_P_MAX,
  }));
}
