/**
 * When a futures contract expires by the exchange's rules: what is used, and flagged, where no
 * definition says it.
 */
import { addDays, isTradingDay, type Product } from '../lake/index.ts';

/** Month letters of contracts, January first. */
const MONTH_LETTERS = 'FGHJKMNQUVXZ';
const WEDNESDAY = 3;
const FRIDAY = 5;

/** A contract's month. */
interface ContractMonth {
  year: number;
  /** 1..12. */
  month: number;
}

/**
 * The month of a contract (`ESH6`, `ESH26`) that is alive on `dt`: of the years that end in its
 * digit, the first from that of `dt` on. Null when it is no outright contract of the root.
 */
export function contractMonth(symbol: string, root: string, dt: string): ContractMonth | null {
  if (!symbol.startsWith(root)) return null;
  const parts = /^([FGHJKMNQUVXZ])(\d{1,2})$/.exec(symbol.slice(root.length));
  if (!parts) return null;
  const [, letter = '', digits = ''] = parts;
  const cycle = digits.length === 1 ? 10 : 100;
  const year = Number(dt.slice(0, 4));
  const ahead = (((Number(digits) - year) % cycle) + cycle) % cycle;
  return { year: year + ahead, month: MONTH_LETTERS.indexOf(letter) + 1 };
}

function dateOf(year: number, month: number, day: number): string {
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}

function nthWeekday({ year, month }: ContractMonth, weekday: number, nth: number): string {
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  return dateOf(year, month, 1 + ((weekday - first + 7) % 7) + (nth - 1) * 7);
}

/** Whether US exchanges are open: what contract rules call a business day. */
function isBusinessDay(product: Product, dt: string): boolean {
  return isTradingDay({ ...product, session: { ...product.session, name: 'us_equities' } }, dt);
}

/** The `count`th business day before a date. */
function businessDaysBefore(product: Product, dt: string, count: number): string {
  let day = dt;
  for (let left = count; left > 0; ) {
    day = addDays(day, -1);
    if (isBusinessDay(product, day)) left--;
  }
  return day;
}

function onOrBefore(product: Product, dt: string): string {
  return isBusinessDay(product, dt) ? dt : businessDaysBefore(product, dt, 1);
}

/** Last trading day by group of products (CME rulebook chapters 358, 113, 200, 261). */
const RULES: Record<string, (product: Product, month: ContractMonth) => string> = {
  /** Metals: the third last business day of the contract month. */
  globex_metals: (product, { year, month }) =>
    businessDaysBefore(product, dateOf(year, month + 1, 1), 3),
  /** WTI: three business days before the 25th of the month before, or the business day ahead. */
  globex_energy: (product, { year, month }) =>
    businessDaysBefore(product, onOrBefore(product, dateOf(year, month - 1, 25)), 3),
  /** Currencies: the second business day before the third Wednesday. */
  globex_fx: (product, month) => businessDaysBefore(product, nthWeekday(month, WEDNESDAY, 3), 2),
};

/** Last trading date of a contract by rule: the third Friday where no other rule is known. */
export function expiryByRule(product: Product, symbol: string, dt: string): string | null {
  const month = contractMonth(symbol, product.root, dt);
  if (!month) return null;
  const rule = RULES[product.session.name];
  return rule ? rule(product, month) : onOrBefore(product, nthWeekday(month, FRIDAY, 3));
}
