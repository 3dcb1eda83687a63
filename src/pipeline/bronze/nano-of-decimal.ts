import { DataError } from '../../core/index.ts';

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;
const NANO_DIGITS = 9;
/** Largest price that a record can hold; the one above means undefined. */
const MAX_NANO = 2n ** 63n - 2n;

function roundHalfEven(digits: string, dropped: string): bigint {
  const kept = BigInt(digits === '' ? '0' : digits);
  const half = `5${'0'.repeat(Math.max(0, dropped.length - 1))}`;
  if (dropped === '' || dropped < half) return kept;
  return dropped > half || kept % 2n === 1n ? kept + 1n : kept;
}

/**
 * The integer of 1e-9 units that a decimal text says, further digits rounded half to even. A
 * float's own shortest text is read, so that 4810.35 means 4810.35 and not the nearest binary
 * fraction.
 * @throws DataError CONTRACT when it is no decimal or too large for a record.
 */
export function nanoOfDecimal(text: string): bigint {
  const parts = DECIMAL.exec(text);
  if (!parts) throw refuse(text);
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const point = whole.length + Number(exponent) + NANO_DIGITS;
  if (point > 40) throw refuse(text);
  const all = (whole + fraction).padEnd(point, '0');
  const padded = point < 0 ? '0'.repeat(-point) + all : all;
  const at = Math.max(0, point);
  const nano = roundHalfEven(padded.slice(0, at), padded.slice(at));
  if (nano > MAX_NANO) throw refuse(text);
  return sign === '-' ? -nano : nano;
}

function refuse(found: string): DataError {
  return new DataError('CONTRACT', 'not a price', { found, expected: 'a decimal under 9.2e9' });
}
