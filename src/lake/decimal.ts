import { DataError, type PriceNano } from '../core/index.ts';

const DECIMAL = /^(-?)(\d{1,9})(?:\.(\d{1,9}))?$/;

/**
 * The integer of 1e-9 units that an exact decimal says, without passing through a binary fraction.
 * @param text at most nine digits before and after the point, e.g. `0.00005` -> 50000.
 * @throws DataError CONFIG when `text` is no such decimal or leaves the exact range of a Number
 * (2^53).
 */
export function parseDecimalNano(text: string): PriceNano {
  const parts = DECIMAL.exec(text);
  const whole = parts?.[2];
  if (!parts || whole === undefined) {
    throw new DataError('CONFIG', 'not an exact decimal', {
      found: JSON.stringify(text),
      expected: 'digits with at most nine decimals, such as "0.25"',
    });
  }
  const nano = Number(whole) * 1e9 + Number((parts[3] ?? '').padEnd(9, '0'));
  if (!Number.isSafeInteger(nano)) {
    throw new DataError('CONFIG', 'decimal too large', { found: text, expected: 'under 9007199' });
  }
  return parts[1] === '-' ? -nano : nano;
}

/** The shortest decimal text of an integer of 1e-9 units, e.g. 250000000 -> `0.25`. */
export function formatNano(nano: PriceNano): string {
  const sign = nano < 0 ? '-' : '';
  const magnitude = Math.abs(nano);
  const whole = Math.floor(magnitude / 1e9);
  const fraction = String(magnitude - whole * 1e9)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${sign}${whole}${fraction ? `.${fraction}` : ''}`;
}
