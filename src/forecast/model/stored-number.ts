/** Digits that are stored: fewer than a float64 has, so that a last bit's rounding is not told. */
const STORED_DIGITS = 12;

/** A number as parameters store it. */
export function storedNumber(value: number): number {
  return Number(value.toPrecision(STORED_DIGITS));
}
