import { civilDate, nthWeekday, weekday } from './calendar.ts';

/** A synthetic option contract. */
export interface OptionContract {
  /** Raw symbol, e.g. `E1AF6 C6900` or `QQQ   260105P00620000`. */
  symbol: string;
  instrumentId: number;
  right: 'C' | 'P';
  /** 1e-9 currency. */
  strike: number;
}

/** The options of one underlying that expire on one day. */
export interface OptionSeries {
  /** Product code of the venue, e.g. E1A; the ticker for options on shares. */
  asset: string;
  /** Day number of the expiry. */
  expiryDay: number;
  /** Raw symbol of the underlying. */
  underlying: string;
  underlyingId: number;
  /** By strike, the call before the put. */
  contracts: readonly OptionContract[];
}

const NANO = 1e9;
const MONTH_CODES = 'FGHJKMNQUVXZ';
const FRIDAY = 5;
/** Instrument ids of a day's options: one for each strike step and right. */
const IDS_PER_EXPIRY = 8192;
/** Expiry days count from here in instrument ids. */
const ID_EPOCH_DAY = 18_000;

/** Strikes about a price: a whole number of steps, `each` of them on both sides of the nearest. */
export interface StrikeRange {
  /** Price to be about, 1e-9 currency. */
  about: number;
  /** Distance of strikes, 1e-9 currency. */
  step: number;
  each: number;
}

/** Both rights at each strike; `symbolOf` names them. */
export function listContracts(
  strikes: StrikeRange,
  expiryDay: number,
  firstId: number,
  symbolOf: (right: 'C' | 'P', strike: number) => string,
): OptionContract[] {
  const { about, step, each } = strikes;
  const middle = Math.round(about / step);
  const out: OptionContract[] = [];
  for (let k = middle - each; k <= middle + each; k++) {
    const strike = k * step;
    const id = firstId + (expiryDay - ID_EPOCH_DAY) * IDS_PER_EXPIRY + 2 * k;
    out.push({ symbol: symbolOf('C', strike), instrumentId: id, right: 'C', strike });
    out.push({ symbol: symbolOf('P', strike), instrumentId: id + 1, right: 'P', strike });
  }
  return out;
}

/**
 * Product code of the E-mini S&P 500 options that expire on a weekday: E1A to E5D for Monday to
 * Thursday, EW1 to EW4 for Friday, EW for the last weekday of a month. Source: CME contract codes.
 */
export function indexOptionCode(day: number): string {
  const { year, month, day: dayOfMonth } = civilDate(day);
  const week = Math.ceil(dayOfMonth / 7);
  if (nextWeekdayIsNextMonth(day, month)) return 'EW';
  const on = weekday(day);
  const isNth = nthWeekday(year, month, on, week) === day;
  return on === FRIDAY && isNth ? `EW${week}` : `E${week}${'ABCD'[on - 1]}`;
}

function nextWeekdayIsNextMonth(day: number, month: number): boolean {
  return civilDate(nextWeekday(day)).month !== month;
}

/** The next Monday to Friday after a day number. */
export function nextWeekday(day: number): number {
  const on = weekday(day);
  return day + (on === FRIDAY ? 3 : on === 6 ? 2 : 1);
}

/** Raw symbol of an option on a future, e.g. `E1AF6 C6900`. */
export function futureOptionSymbol(
  code: string,
  expiryDay: number,
  right: 'C' | 'P',
  strike: number,
): string {
  const { year, month } = civilDate(expiryDay);
  return `${code}${MONTH_CODES[month - 1]}${year % 10} ${right}${strike / NANO}`;
}

/** Raw symbol of an option on a share by the OSI convention, 21 characters. */
export function osiSymbol(
  ticker: string,
  expiryDay: number,
  right: 'C' | 'P',
  strike: number,
): string {
  const { year, month, day } = civilDate(expiryDay);
  const two = (n: number) => String(n % 100).padStart(2, '0');
  const thousandths = String(Math.round((strike / NANO) * 1000)).padStart(8, '0');
  return `${ticker.padEnd(6)}${two(year)}${two(month)}${two(day)}${right}${thousandths}`;
}
