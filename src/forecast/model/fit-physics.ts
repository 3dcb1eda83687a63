import type { ForecastDay } from '../forecast-day.ts';
import type { Estimate } from '../forecast-parameters.ts';
import { midMoves } from '../moves.ts';
import { type Bounds, fitLeastSquares, type LeastSquaresFit } from '../numerics/least-squares.ts';
import type { RegressionRows } from '../numerics/regression-rows.ts';
import { accelerationAt, speedAt } from './features.ts';
import { purgedFrom } from './gather-samples.ts';
import { storedNumber } from './stored-number.ts';

/** Of (1 - gamma) and beta. */
const BOUNDS: readonly Bounds[] = [
  [0, 1],
  [0, Number.POSITIVE_INFINITY],
];

/** Force to acceleration, friction, and the windows that told. */
export interface FittedPhysics {
  beta: Estimate;
  gamma: Estimate;
  samples: number;
}

/** Rows of one session: speed and acceleration at t, the mid's move from t to t + 1. */
function rowsOf(day: ForecastDay): RegressionRows {
  const moves = midMoves(day, 1);
  const end = purgedFrom(day);
  const second: number[] = [];
  const design: number[] = [];
  const response: number[] = [];
  for (let i = 0; i < end; i++) {
    const speed = speedAt(day, i);
    const acceleration = accelerationAt(day, i);
    if (!Number.isFinite(moves[i]! + speed + acceleration)) continue;
    second.push(day.endSecond[i]!);
    design.push(speed, acceleration);
    response.push(moves[i]!);
  }
  return {
    rows: second.length,
    second,
    design: Float64Array.from(design),
    response: Float64Array.from(response),
  };
}

function estimate(fit: LeastSquaresFit, column: number, value: number): Estimate {
  const error = fit.standardErrors[column]!;
  return {
    value: storedNumber(value),
    standard_error: Number.isFinite(error) ? storedNumber(error) : null,
  };
}

/** The first column alone: of a market whose force cannot be told from 0. */
function withoutForce(sessions: readonly RegressionRows[]): RegressionRows[] {
  return sessions.map((s) => ({ ...s, design: s.design.filter((_, at) => at % 2 === 0) }));
}

/**
 * Fits `mid(t+1) - mid(t) = (1 - gamma) * (mid(t) - mid(t-1)) + beta * F / (1 + N)` by least
 * squares with 0 <= gamma <= 1 and beta >= 0, the other refitted when one is clipped; standard
 * errors are Newey and West's. Where the data cannot tell, there is no force (beta 0) and no
 * momentum (gamma 1), and no standard error.
 */
export function fitPhysics(days: readonly ForecastDay[]): FittedPhysics {
  const sessions = days.map(rowsOf);
  const samples = sessions.reduce((sum, { rows }) => sum + rows, 0);
  const both = fitLeastSquares(sessions, { columns: 2, bounds: BOUNDS });
  if (!both.singular) {
    const [keeps, beta] = both.coefficients as unknown as [number, number];
    return { beta: estimate(both, 1, beta), gamma: estimate(both, 0, 1 - keeps), samples };
  }
  const noForce: Estimate = { value: 0, standard_error: null };
  const alone = fitLeastSquares(withoutForce(sessions), { columns: 1, bounds: BOUNDS.slice(0, 1) });
  if (!alone.singular) {
    return { beta: noForce, gamma: estimate(alone, 0, 1 - alone.coefficients[0]!), samples };
  }
  return { beta: noForce, gamma: { value: 1, standard_error: null }, samples };
}
