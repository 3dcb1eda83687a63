/**
 * Which product a symbol belongs to: by its definition, else by the form of the symbol. Source:
 * Databento docs, Symbology, parent and raw symbols.
 */

/** What is known of a listed contract. */
export interface Contract {
  /** Product, such as `ES`. */
  root: string;
  /** Letter of the definition: F future, S spread of futures, C call, P put, ... */
  instrumentClass: string;
  /** Day of expiry, days since 1970-01-01. */
  expires: number;
}

const MS_PER_DAY = 86_400_000;
const MONTHS = 'FGHJKMNQUVXZ';
const CME_FUTURE = /^([A-Z0-9]{1,4}?)([FGHJKMNQUVXZ])(\d{1,2})$/;
const CME_SPREAD = /^([A-Z0-9]{1,4}?)[FGHJKMNQUVXZ]\d{1,2}-\1[FGHJKMNQUVXZ]\d{1,2}$/;
const CME_OPTION = /^([A-Z0-9]{1,4}?)[FGHJKMNQUVXZ]\d{1,2} ([CP])\d+(?:\.\d+)?$/;
const OSI = /^([A-Z0-9.]{1,6}) {0,5}(\d{2})(\d{2})(\d{2})([CP])\d{8}$/;
/** Parent suffix by class of instrument. */
const SUFFIX: Record<string, string> = {
  F: 'FUT',
  S: 'FUT',
  C: 'OPT',
  P: 'OPT',
  T: 'OPT',
  M: 'OPT',
  X: 'SPOT',
  Y: 'SPOT',
};

/** Third Friday of a month: how a future's expiry is guessed when no definition tells it. */
function thirdFriday(year: number, month: number): number {
  const first = Math.round(Date.UTC(year, month, 1) / MS_PER_DAY);
  const weekday = (first + 4) % 7;
  return first + ((5 - weekday + 7) % 7) + 14;
}

/** The year that one or two digits mean, seen from a day: never more than a year in the past. */
function yearOf(digits: string, day: number): number {
  const now = new Date(day * MS_PER_DAY).getUTCFullYear();
  if (digits.length === 2) return 2000 + Number(digits);
  const year = Math.floor(now / 10) * 10 + Number(digits);
  return year < now - 1 ? year + 10 : year;
}

/** A contract by the form of its symbol, on a day; null when the form tells nothing. */
export function contractOfSymbol(symbol: string, day: number): Contract | null {
  const future = CME_FUTURE.exec(symbol);
  if (future) {
    const expires = thirdFriday(yearOf(future[3]!, day), MONTHS.indexOf(future[2]!));
    return { root: future[1]!, instrumentClass: 'F', expires };
  }
  const spread = CME_SPREAD.exec(symbol);
  if (spread) return { root: spread[1]!, instrumentClass: 'S', expires: day };
  const option = CME_OPTION.exec(symbol);
  if (option) return { root: option[1]!, instrumentClass: option[2]!, expires: day };
  const osi = OSI.exec(symbol);
  if (!osi) return null;
  const [year, month, date] = [2000 + Number(osi[2]), Number(osi[3]) - 1, Number(osi[4])];
  const expires = Math.round(Date.UTC(year, month, date) / MS_PER_DAY);
  return { root: osi[1]!, instrumentClass: osi[5]!, expires };
}

/** The parent symbol of a contract, such as `ES.FUT`; null for what has none. */
export function parentOf(symbol: string, defined: Contract | undefined): string | null {
  const byForm = contractOfSymbol(symbol, 0);
  const root = defined?.root || byForm?.root;
  const suffix = SUFFIX[defined?.instrumentClass ?? byForm?.instrumentClass ?? ''];
  return root && suffix ? `${root}.${suffix}` : null;
}
