import type { DayForecast } from '../day-forecast.ts';
import type { ForecastDay } from '../forecast-day.ts';
import { midMoves, outcomeOf } from '../moves.ts';

/** What a forecaster said about each of several sessions. */
export interface NamedForecasts {
  name: string;
  /** One a session, in the order of the sessions. */
  days: readonly DayForecast[];
}

/** A forecaster's numbers at the windows that are judged. */
export interface JudgedForecast {
  name: string;
  /** p(down), p(flat), p(up). [windows x 3] */
  probabilities: Float64Array;
  /** Expected move, ticks. [windows] */
  moves: Float64Array;
  /** 80 % low, 50 % low, 50 % high, 80 % high, ticks; null without bands. [windows x 4] */
  bands: Float64Array | null;
}

/**
 * The windows of one horizon that every forecaster covers, session after session: forecasts are
 * compared on the same windows or not at all.
 */
export interface JudgedWindows {
  horizon: number;
  /** First window of each session, then the number of windows. [sessions + 1] */
  dayStarts: Int32Array;
  /** Window end of each, s since 00:00 UTC of its session. [windows] */
  second: Int32Array;
  /** Position in `OUTCOMES`. [windows] */
  outcome: Uint8Array;
  /** Move of the mid, ticks. [windows] */
  move: Float64Array;
  /** Ours first, then the baselines. */
  forecasts: JudgedForecast[];
  /** Windows whose move is known, and how many of those each forecaster covers. */
  labelled: number;
  covered: number[];
}

/** Whether a forecast says something usable about a window. */
function covers(forecast: DayForecast, h: number, i: number): boolean {
  const p = forecast.probabilities[h];
  const sum = p[3 * i] + p[3 * i + 1] + p[3 * i + 2];
  return Number.isFinite(sum) && Number.isFinite(forecast.moves[h][i]);
}

interface Chosen {
  /** Windows of one session. */
  windows: number[];
  moves: Float64Array;
}

/** Windows of a session that all cover; counts those that one does not. */
function chooseWindows(
  day: ForecastDay,
  at: { h: number; horizon: number },
  forecasts: readonly DayForecast[],
  counts: { labelled: number; covered: number[] },
): Chosen {
  const moves = midMoves(day, at.horizon);
  const windows: number[] = [];
  for (let i = 0; i < day.windows; i++) {
    if (Number.isNaN(moves[i])) continue;
    counts.labelled++;
    let all = true;
    for (let f = 0; f < forecasts.length; f++) {
      if (covers(forecasts[f], at.h, i)) counts.covered[f]++;
      else all = false;
    }
    if (all) windows.push(i);
  }
  return { windows, moves };
}

function pick(source: Float64Array, windows: readonly number[], width: number): Float64Array {
  const picked = new Float64Array(windows.length * width);
  windows.forEach((i, to) => {
    for (let c = 0; c < width; c++) picked[to * width + c] = source[i * width + c];
  });
  return picked;
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function judgedForecast(
  forecasts: NamedForecasts,
  h: number,
  chosen: readonly Chosen[],
): JudgedForecast {
  const gather = (of: (day: DayForecast) => Float64Array, width: number) =>
    joined(chosen.map((c, d) => pick(of(forecasts.days[d]), c.windows, width)));
  const banded = forecasts.days.every((day) => day.bands !== undefined);
  return {
    name: forecasts.name,
    probabilities: gather((day) => day.probabilities[h], 3),
    moves: gather((day) => day.moves[h], 1),
    bands: banded ? gather((day) => day.bands![h], 4) : null,
  };
}

/**
 * Lays the forecasts of one horizon beside what happened.
 * @param at the horizon in seconds, and its position in the forecasts.
 * @param forecasts ours first; each says something about each of `days`.
 */
export function judgeWindows(
  days: readonly ForecastDay[],
  forecasts: readonly NamedForecasts[],
  at: { h: number; horizon: number },
): JudgedWindows {
  const counts = { labelled: 0, covered: forecasts.map(() => 0) };
  const chosen = days.map((day, d) => {
    const said = forecasts.map((f) => f.days[d]);
    return chooseWindows(day, at, said, counts);
  });
  const dayStarts = new Int32Array(days.length + 1);
  chosen.forEach((c, d) => {
    dayStarts[d + 1] = dayStarts[d] + c.windows.length;
  });
  const move = joined(chosen.map((c) => pick(c.moves, c.windows, 1)));
  return {
    horizon: at.horizon,
    dayStarts,
    second: Int32Array.from(chosen.flatMap((c, d) => c.windows.map((i) => days[d].endSecond[i]))),
    outcome: Uint8Array.from(move, outcomeOf),
    move,
    forecasts: forecasts.map((f) => judgedForecast(f, at.h, chosen)),
    ...counts,
  };
}
