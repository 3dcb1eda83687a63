/**
 * Which days of a year a holiday's rule means: fixed dates, nth weekdays, days from Easter.
 */
import { addDays } from './session-time.ts';

/** Weekdays by their number: 0 is Sunday. */
export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;
/** One of `WEEKDAYS`. */
export type Weekday = (typeof WEEKDAYS)[number];

/** A rule as `config/calendars` writes it; one of `day`, `weekday`, `easter` says which kind. */
export interface DayRule {
  /** 1..12. */
  month?: number | undefined;
  /** Day of the month. */
  day?: number | undefined;
  weekday?: Weekday | undefined;
  /** Which of the month's weekdays: 1 is the first, -1 the last. */
  nth?: number | undefined;
  /** Days from Easter Sunday. */
  easter?: number | undefined;
  /** Days added in the end. */
  plus?: number | undefined;
  /** Where a weekend day goes: to the nearest weekday, or only a Sunday to Monday. */
  moved?: 'nearest' | 'sunday' | undefined;
  /** Only these weekdays count. */
  only?: readonly Weekday[] | undefined;
}

/** The weekday of a date, 0 for Sunday to 6 for Saturday. */
export function weekdayOf(dt: string): number {
  return new Date(`${dt}T00:00:00Z`).getUTCDay();
}

function dateText(year: number, month: number, day: number): string {
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}

/** Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8). */
function easterSunday(year: number): string {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return dateText(year, Math.floor(n / 31), (n % 31) + 1);
}

/** The nth weekday of a month; nth -1 is the last one. */
export function nthWeekdayOf(year: number, month: number, weekday: number, nth: number): string {
  if (nth < 0) {
    const last = dateText(year, month + 1, 0);
    return addDays(last, -((weekdayOf(last) - weekday + 7) % 7) + (nth + 1) * 7);
  }
  const first = dateText(year, month, 1);
  return addDays(first, ((weekday - weekdayOf(first) + 7) % 7) + (nth - 1) * 7);
}

function plainDay(rule: DayRule, year: number): string {
  if (rule.easter !== undefined) return addDays(easterSunday(year), rule.easter);
  const month = rule.month ?? 1;
  if (rule.weekday === undefined) return dateText(year, month, rule.day ?? 1);
  return nthWeekdayOf(year, month, WEEKDAYS.indexOf(rule.weekday), rule.nth ?? 1);
}

/** The day of a year that a rule means; null when there is none. */
export function dayOfRule(rule: DayRule, year: number): string | null {
  const dt = addDays(plainDay(rule, year), rule.plus ?? 0);
  const weekday = weekdayOf(dt);
  if (rule.only && !rule.only.includes(WEEKDAYS[weekday] as Weekday)) return null;
  if (weekday === 0 && rule.moved) return addDays(dt, 1);
  if (weekday === 6 && rule.moved === 'nearest') return addDays(dt, -1);
  return dt;
}
