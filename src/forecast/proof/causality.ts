import type { DayForecast, Forecaster } from '../day-forecast.ts';
import type { ForecastDay } from '../forecast-day.ts';
import { midMoves } from '../moves.ts';
import { correlation } from './correlation.ts';
import { cutDay } from './cut-day.ts';
import type { CausalityCheck, ClockCheck } from './evaluation.ts';
import { known } from './known.ts';

/** Where sessions are cut, shares of their windows. */
const CUTS = [0.25, 0.5, 0.75] as const;
/** Share of the next second's move that order flow may explain before its clock is doubted. */
const NEXT_SECOND_R2_MAX = 0.1;

/** Windows before a cut whose forecast is not, bit for bit, that of the whole session. */
function changedWindows(whole: DayForecast, cut: DayForecast, windows: number): number {
  let changed = 0;
  for (let i = 0; i < windows; i++) {
    const differs = whole.probabilities.some((p, h) => {
      const q = cut.probabilities[h];
      const sameMove = Object.is(whole.moves[h][i], cut.moves[h][i]);
      return (
        !sameMove ||
        !Object.is(p[3 * i], q[3 * i]) ||
        !Object.is(p[3 * i + 1], q[3 * i + 1]) ||
        !Object.is(p[3 * i + 2], q[3 * i + 2])
      );
    });
    if (differs) changed++;
  }
  return changed;
}

/**
 * Takes the end of each session away and forecasts it again: what is said about a window must not
 * depend on anything after it.
 * @param said what `ours` said about each whole session.
 */
export function checkCausality(
  ours: Forecaster,
  days: readonly ForecastDay[],
  said: readonly DayForecast[],
): CausalityCheck {
  const check: CausalityCheck = { cuts: 0, windows: 0, changed: 0 };
  days.forEach((day, d) => {
    for (const share of CUTS) {
      const windows = Math.floor(share * day.windows);
      if (windows === 0) continue;
      check.cuts++;
      check.windows += windows;
      check.changed += changedWindows(said[d], ours.predict(cutDay(day, windows)), windows);
    }
  });
  return check;
}

/**
 * Order flow explains the move of its own second and next to nothing of the next one (Cont,
 * Kukanov, Stoikov 2014; Cont, Cucuringu, Zhang 2023). The other way round, what was recorded
 * belongs to a later second than it says.
 */
export function checkClock(days: readonly ForecastDay[]): ClockCheck {
  const flow: number[] = [];
  const own: number[] = [];
  const next: number[] = [];
  for (const day of days) {
    const back = midMoves(day, -1);
    const ahead = midMoves(day, 1);
    for (let i = 0; i < day.windows; i++) {
      const isKnown = !Number.isNaN(back[i] + ahead[i] + day.orderFlowImbalance[i]);
      if (!isKnown) continue;
      flow.push(day.orderFlowImbalance[i]);
      own.push(-back[i]);
      next.push(ahead[i]);
    }
  }
  const ownR2 = correlation(flow, own) ** 2;
  const nextR2 = correlation(flow, next) ** 2;
  return {
    own_second_r2: known(ownR2),
    next_second_r2: known(nextR2),
    flagged: nextR2 > NEXT_SECOND_R2_MAX && nextR2 > ownR2,
  };
}
