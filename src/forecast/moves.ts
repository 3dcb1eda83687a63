import type { ForecastDay } from './forecast-day.ts';

/**
 * For each window of a session, the index of the window `seconds` later by the clock (earlier when
 * negative), or -1 where the session has none. [windows]
 */
export function windowsAway(day: ForecastDay, seconds: number): Int32Array {
  const { windows, endSecond } = day;
  const found = new Int32Array(windows).fill(-1);
  let j = 0;
  for (let i = 0; i < windows; i++) {
    const wanted = endSecond[i] + seconds;
    while (j < windows && endSecond[j] < wanted) j++;
    if (j < windows && endSecond[j] === wanted) found[i] = j;
  }
  return found;
}

/**
 * Move of the mid from each window's end to `seconds` later, ticks: what a forecast is judged by.
 * NaN unless both windows are there with a whole, uncrossed book. Negative seconds give the move
 * back to an earlier window, `mid(earlier) - mid(t)`. [windows]
 */
export function midMoves(day: ForecastDay, seconds: number): Float64Array {
  const { windows, mid, valid } = day;
  const away = windowsAway(day, seconds);
  const moves = new Float64Array(windows);
  for (let i = 0; i < windows; i++) {
    const j = away[i];
    moves[i] = j >= 0 && valid[i] === 1 && valid[j] === 1 ? mid[j] - mid[i] : Number.NaN;
  }
  return moves;
}

/** Position of a move's outcome in `OUTCOMES`: 0 down, 1 flat, 2 up; -1 when it is unknown. */
export function outcomeOf(move: number): number {
  return move < 0 ? 0 : move > 0 ? 2 : move === 0 ? 1 : -1;
}
