/**
 * The path that force, speed and friction give, second after second (models: Stage F).
 */
import { LONGEST_HORIZON_S } from '../day-forecast.ts';
import { DISPLACEMENTS, MAX_DISPLACEMENT_TICKS } from '../forecast-day.ts';
import { MAX_SPEED_TICKS } from './physics-constants.ts';

function clip(value: number, limit: number): number {
  return Math.min(Math.max(value, -limit), limit);
}

/**
 * F / (1 + N) at a displacement, linear between whole ticks.
 * @param force rows of `ForecastDay.force`. @param row which of them.
 * @param ticks -80..80; beyond, the value at the end.
 */
function forceAt(force: Float32Array, row: number, ticks: number): number {
  const whole = Math.trunc(ticks);
  const part = Math.abs(ticks - whole);
  const at = row * DISPLACEMENTS + MAX_DISPLACEMENT_TICKS + whole;
  const here = force[at]!;
  return part === 0 ? here : here + part * (force[at + Math.sign(ticks)]! - here);
}

/**
 * Displacements of the mid after 1, 2, ... seconds, ticks; NaN where force or speed is unknown.
 * @param force rows of `ForecastDay.force`. @param row which of them.
 * @param speed of the mid over the last second, ticks; clipped to `MAX_SPEED_TICKS`.
 * @param beta force to acceleration, >= 0. @param gamma friction, 0..1.
 * @param out filled from `at` on for `seconds` seconds, and returned.
 */
export function forecastPath(
  force: Float32Array,
  row: number,
  speed: number,
  beta: number,
  gamma: number,
  out: Float64Array = new Float64Array(LONGEST_HORIZON_S),
  at = 0,
  seconds: number = LONGEST_HORIZON_S,
): Float64Array {
  let v = clip(speed, MAX_SPEED_TICKS);
  let d = 0;
  for (let h = 0; h < seconds; h++) {
    v = clip((1 - gamma) * v + beta * forceAt(force, row, d), MAX_SPEED_TICKS);
    d = clip(d + v, MAX_DISPLACEMENT_TICKS);
    out[at + h] = d;
    if (Number.isNaN(d)) {
      out.fill(Number.NaN, at, at + seconds);
      break;
    }
  }
  return out;
}
