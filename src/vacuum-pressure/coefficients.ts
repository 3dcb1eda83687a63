import { OperatingError } from '../core/index.ts';

/**
 * Weights of the parts of pressure and vacuum; docs/formulas.md (vacuum pressure). Rates in lots/s,
 * slopes in lots/s^2.
 */
export interface Coefficients {
  /** Pressure per unit of `v_add`. */
  readonly pressure_add: number;
  /** Pressure per unit of a positive `v_rest_depth`. */
  readonly pressure_rest: number;
  /** Pressure per unit of a positive `a_add`. */
  readonly pressure_add_slope: number;
  /** Vacuum per unit of `v_pull`. */
  readonly vacuum_pull: number;
  /** Vacuum per unit of `v_fill`. */
  readonly vacuum_fill: number;
  /** Vacuum per unit of a negative `v_rest_depth`. */
  readonly vacuum_rest: number;
  /** Vacuum per unit of a positive `a_pull`. */
  readonly vacuum_pull_slope: number;
}

/** The published weights: hand-set, never fitted. */
export const DEFAULT_COEFFICIENTS: Coefficients = {
  pressure_add: 1,
  pressure_rest: 0.5,
  pressure_add_slope: 0.3,
  vacuum_pull: 1,
  vacuum_fill: 1.5,
  vacuum_rest: 0.5,
  vacuum_pull_slope: 0.3,
};

/** Largest coefficient. */
export const MAX_COEFFICIENT = 1000;

/**
 * Reads coefficients from configuration; what is not given has its default.
 * @throws OperatingError CONFIG that names the key, for unknown keys and values outside
 *   0..MAX_COEFFICIENT.
 */
export function parseCoefficients(given: Readonly<Record<string, unknown>>): Coefficients {
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_COEFFICIENTS, key)) {
      const known = Object.keys(DEFAULT_COEFFICIENTS).join(', ');
      throw new OperatingError('CONFIG', `coefficients.${key}: unknown; there are ${known}`);
    }
    if (typeof value !== 'number' || !(value >= 0 && value <= MAX_COEFFICIENT)) {
      const found = String(value).slice(0, 40);
      const range = `a number from 0 to ${MAX_COEFFICIENT}`;
      throw new OperatingError('CONFIG', `coefficients.${key}: found ${found}, expected ${range}`);
    }
  }
  return { ...DEFAULT_COEFFICIENTS, ...given } as Coefficients;
}
