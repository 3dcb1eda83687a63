/** Fewest days that can be fitted, calibrated and held out. */
export const MIN_DAYS = 6;
/** Days of a full fit: 12 to train, 3 to calibrate, 5 held out. */
export const FULL_DAYS = 20;
/** Parts of the days, of `FULL_DAYS`. */
const CALIBRATE_DAYS = 3;
const HOLDOUT_DAYS = 5;

/** Days of the three parts, in time order; no day is in two. */
export interface DaySplit<T> {
  train: T[];
  calibrate: T[];
  holdout: T[];
}

/**
 * Splits days in time order as 12 : 3 : 5; of fewer, each part is at least one day.
 * @param days ascending, `MIN_DAYS` or more.
 */
export function splitDays<T>(days: readonly T[]): DaySplit<T> {
  const part = (of: number) => Math.max(1, Math.round((days.length * of) / FULL_DAYS));
  const holdFrom = days.length - part(HOLDOUT_DAYS);
  const calibrateFrom = holdFrom - part(CALIBRATE_DAYS);
  return {
    train: days.slice(0, calibrateFrom),
    calibrate: days.slice(calibrateFrom, holdFrom),
    holdout: days.slice(holdFrom),
  };
}
