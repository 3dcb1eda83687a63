import { opraExpiryDate } from '../../feed/index.ts';
import { type OptionTerms, RIGHTS } from './option-terms.ts';

const OSI = /^([A-Z0-9.]{1,6}) *(\d{2})(\d{2})(\d{2})([CP])(\d{8})$/;
/** 1e-9 currency in the last digit of a symbol's strike. */
const NANO_PER_STRIKE_UNIT = 1_000_000n;

/**
 * True when a symbol of the Options Symbology Initiative (`QQQ   260105C00500000`) says the same
 * right, strike and expiry as the terms.
 */
export function osiAgrees({ symbol, right, strike, expiration }: OptionTerms): boolean {
  const parts = OSI.exec(symbol);
  if (!parts) return false;
  const [, , yy, mm, dd, letter, digits] = parts as unknown as string[];
  return (
    letter === RIGHTS[right] &&
    BigInt(digits!) * NANO_PER_STRIKE_UNIT === strike &&
    `20${yy}-${mm}-${dd}` === opraExpiryDate(expiration)
  );
}
