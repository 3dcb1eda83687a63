import { NS_PER_DAY, NS_PER_SECOND } from '../core/index.ts';
import { civilDate, nthWeekday, weekday } from './calendar.ts';

/**
 * When the synthetic markets trade and how busy they are, in New York time. Futures: 18:00 to 17:00
 * with a break of an hour, weekend closed. Shares: 04:00 to 20:00, of which a file holds what falls
 * on its UTC date. Options on shares: 09:30 to 16:00. Activity is U-shaped over the cash session
 * and low outside it.
 */

/** Hours of trading. */
export type TradingHours = 'globex' | 'shares' | 'cash';

const HOUR_S = 3600;
const SECONDS_PER_DAY = 86_400;
const SESSION_CLOSE_S = 17 * HOUR_S;
const SESSION_OPEN_S = 18 * HOUR_S;
const CASH_OPEN_S = 9.5 * HOUR_S;
const CASH_CLOSE_S = 16 * HOUR_S;
const SHARES_OPEN_S = 4 * HOUR_S;
const SHARES_CLOSE_S = 20 * HOUR_S;
/** Shares before and after the cash session, relative to futures at the same hour. */
const SHARES_OUTSIDE = 0.25;

/**
 * Hours that New York is behind UTC at a moment: 4 in daylight saving time (US rule since 2007),
 * else 5.
 */
export function newYorkOffsetHours(day: number, secondOfUtcDay: number): number {
  const { year } = civilDate(day);
  const start = nthWeekday(year, 3, 0, 2) * 86_400 + 7 * HOUR_S;
  const end = nthWeekday(year, 11, 0, 1) * 86_400 + 6 * HOUR_S;
  const now = day * SECONDS_PER_DAY + secondOfUtcDay;
  return now >= start && now < end ? 4 : 5;
}

/** The moment of a New York time of day, `hours` after midnight, as ns of the same UTC date. */
export function newYorkNs(day: number, hours: number): number {
  const offset = newYorkOffsetHours(day, 12 * HOUR_S);
  return (hours + offset) * HOUR_S * NS_PER_SECOND;
}

/** Relative activity at a second of the New York day, before normalisation. */
function rawActivity(second: number): number {
  if (second >= CASH_OPEN_S && second < CASH_CLOSE_S) {
    const sinceOpen = (second - CASH_OPEN_S) / 60;
    const toClose = (CASH_CLOSE_S - second) / 60;
    return 0.62 + 1.5 * Math.exp(-sinceOpen / 25) + 1.0 * Math.exp(-toClose / 18);
  }
  if (second >= CASH_CLOSE_S && second < SESSION_CLOSE_S) return 0.16;
  if (second >= 8.5 * HOUR_S && second < CASH_OPEN_S) return 0.42;
  if (second >= 3 * HOUR_S && second < 8.5 * HOUR_S) return 0.22;
  return 0.1;
}

function meanCashActivity(): number {
  let sum = 0;
  for (let s = CASH_OPEN_S; s < CASH_CLOSE_S; s++) sum += rawActivity(s);
  return sum / (CASH_CLOSE_S - CASH_OPEN_S);
}

const MEAN_CASH_ACTIVITY = meanCashActivity();

/** Activity of each second of one UTC date; its mean over 09:30-16:00 New York is 1. */
export class TradingSession {
  /** Activity per second of the UTC day; 0 = closed. [86400] */
  readonly activity: Float64Array;

  /** @param day day number of the UTC date. */
  constructor(day: number, hours: TradingHours = 'globex') {
    const activity = new Float64Array(SECONDS_PER_DAY);
    const week = weekday(day);
    for (let hour = 0; hour < 24; hour++) {
      // Clocks change on the hour.
      const offset = newYorkOffsetHours(day, hour * HOUR_S) * HOUR_S;
      for (let s = hour * HOUR_S; s < (hour + 1) * HOUR_S; s++) {
        const local = s - offset;
        const second = local < 0 ? local + SECONDS_PER_DAY : local;
        const localWeekday = local < 0 ? (week + 6) % 7 : week;
        const relative = rawActivity(second) / MEAN_CASH_ACTIVITY;
        if (hours !== 'globex') activity[s] = local < 0 ? 0 : relative * shareOfHour(hours, second);
        else activity[s] = isOpen(localWeekday, second) ? relative : 0;
      }
    }
    this.activity = activity;
  }

  /**
   * The first moment at or after `ns` (of the UTC day) that is open; the end of the day when none
   * is.
   */
  nextOpenNs(ns: number): number {
    const { activity } = this;
    let s = Math.max(0, Math.floor(ns / NS_PER_SECOND));
    if (s < SECONDS_PER_DAY && activity[s]! > 0) return ns;
    while (s < SECONDS_PER_DAY && activity[s] === 0) s++;
    return s < SECONDS_PER_DAY ? s * NS_PER_SECOND : NS_PER_DAY;
  }
}

function isOpen(localWeekday: number, second: number): boolean {
  if (localWeekday === 6) return false;
  if (localWeekday === 5) return second < SESSION_CLOSE_S;
  if (localWeekday === 0) return second >= SESSION_OPEN_S;
  return second < SESSION_CLOSE_S || second >= SESSION_OPEN_S;
}

/** Activity of shares or their options, relative to futures at the same hour; 0 = closed. */
function shareOfHour(hours: 'shares' | 'cash', second: number): number {
  if (second >= CASH_OPEN_S && second < CASH_CLOSE_S) return 1;
  if (hours === 'cash' || second < SHARES_OPEN_S || second >= SHARES_CLOSE_S) return 0;
  return SHARES_OUTSIDE;
}
