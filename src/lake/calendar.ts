/**
 * Trading days and the seconds of a UTC day in which a product trades, by its session's hours and
 * its exchange's calendar of holidays.
 */
import { Temporal } from 'temporal-polyfill';
import { NS_PER_DAY, type NsOfDay } from '../core/index.ts';
import { loadCalendars, type SessionCalendar, type SpecialDay } from './calendar-file.ts';
import { weekdayOf } from './calendar-rules.ts';
import type { Product, TradingSession } from './products.ts';
import { addDays, parseDate } from './session-time.ts';

/** Which seconds of a day are windows: the hours of most volume, or all hours of trading. */
export type SessionChoice = 'regular' | 'full';

/** Seconds of trading, ns since 00:00 UTC of the date; whole seconds, end not included. */
export interface SessionSpan {
  fromNs: NsOfDay;
  toNs: NsOfDay;
}

/** The windows of one UTC day. */
export interface SessionWindows {
  /** Ascending, apart from each other; empty when there is no trading. */
  spans: SessionSpan[];
  /** Why there is no trading: the holiday's name, or `weekend`; null when there is some. */
  closed: string | null;
  /** The holiday for which trading ends early; null otherwise. */
  early: string | null;
}

/** Days that are looked through for a trading day: no exchange closes for longer. */
const MAX_CLOSED_DAYS = 30;

let shipped: ReadonlyMap<string, SessionCalendar> | null = null;

function calendarOf(session: TradingSession): SessionCalendar | null {
  shipped ??= loadCalendars();
  return shipped.get(session.name) ?? null;
}

const instants = new Map<string, number>();

/** ns from 00:00 UTC of `origin` to a local time of `dt`; exact: such times are whole minutes. */
function localNs(origin: string, dt: string, time: string, timeZone: string): number {
  const key = `${timeZone} ${dt} ${time}`;
  let ms = instants.get(key);
  if (ms === undefined) {
    const plainTime = Temporal.PlainTime.from(time);
    ms = Temporal.PlainDate.from(dt).toZonedDateTime({ timeZone, plainTime }).epochMilliseconds;
    instants.set(key, ms);
  }
  return (ms - Date.parse(`${origin}T00:00:00Z`)) * 1e6;
}

function isWeekend(dt: string): boolean {
  const weekday = weekdayOf(dt);
  return weekday === 0 || weekday === 6;
}

function specialDay(product: Product, dt: string): SpecialDay | null {
  return calendarOf(product.session)?.special(dt) ?? null;
}

/**
 * Whether a session bears the date. A day that halts early is a trading day; a Sunday is none, for
 * its evening belongs to Monday's session.
 * @throws DataError USAGE when `dt` is no date.
 */
export function isTradingDay(product: Product, dt: string): boolean {
  if (isWeekend(parseDate(dt))) return false;
  const special = specialDay(product, dt);
  return special === null || special.close !== null;
}

function nearestTradingDate(product: Product, dt: string, step: 1 | -1): string {
  let day = addDays(dt, step);
  for (let i = 0; i < MAX_CLOSED_DAYS && !isTradingDay(product, day); i++) day = addDays(day, step);
  return day;
}

/** The last trading date before a date. */
export function previousTradingDate(product: Product, dt: string): string {
  return nearestTradingDate(product, dt, -1);
}

/** The first trading date after a date. */
export function nextTradingDate(product: Product, dt: string): string {
  return nearestTradingDate(product, dt, 1);
}

/** Adds the part of [from, to) that lies within the UTC day. */
function addSpan(spans: SessionSpan[], from: number, to: number): void {
  const fromNs = Math.max(0, from);
  const toNs = Math.min(NS_PER_DAY, to);
  if (fromNs >= toNs) return;
  const last = spans.at(-1);
  if (last && last.toNs >= fromNs) last.toNs = Math.max(last.toNs, toNs);
  else spans.push({ fromNs, toNs });
}

function regularSpans(product: Product, dt: string, special: SpecialDay | null): SessionSpan[] {
  const { regularOpen, regularClose, timeZone } = product.session;
  const spans: SessionSpan[] = [];
  const close = special?.close && special.close < regularClose ? special.close : regularClose;
  addSpan(spans, localNs(dt, dt, regularOpen, timeZone), localNs(dt, dt, close, timeZone));
  return spans;
}

/** Adds the part of `date`'s session that lies within the UTC day `dt`, pauses left out. */
function addSession(spans: SessionSpan[], product: Product, dt: string, date: string): void {
  if (!isTradingDay(product, date)) return;
  const { session } = product;
  const special = specialDay(product, date);
  const openDate = session.open > session.close ? addDays(date, -1) : date;
  const at = (time: string) => localNs(dt, date, time, session.timeZone);
  const end = at(special?.fullClose ?? special?.close ?? session.close);
  let from = localNs(dt, openDate, session.open, session.timeZone);
  for (const pause of calendarOf(session)?.pauses ?? []) {
    if (date > pause.until || at(pause.from) >= end) continue;
    addSpan(spans, from, at(pause.from));
    from = at(pause.to);
  }
  addSpan(spans, from, end);
}

/** Every session of which hours can fall in a UTC day: the day's own and its neighbours'. */
function fullSpans(product: Product, dt: string): SessionSpan[] {
  const spans: SessionSpan[] = [];
  for (const days of [-1, 0, 1]) addSession(spans, product, dt, addDays(dt, days));
  return spans;
}

/**
 * The seconds of the UTC day `dt` that are windows.
 *
 * `regular`: the hours of most volume of the date's own session, cut by an early close. `full`: all
 * hours of trading that fall in the UTC day, the next session's evening and a Sunday's opening
 * included.
 * @throws DataError USAGE when `dt` is no date.
 */
export function sessionWindows(
  product: Product,
  dt: string,
  choice: SessionChoice,
): SessionWindows {
  const trades = isTradingDay(product, dt);
  const special = specialDay(product, dt);
  const regular = trades ? regularSpans(product, dt, special) : [];
  const spans = choice === 'full' ? fullSpans(product, dt) : regular;
  const reason = special?.name ?? (isWeekend(dt) ? 'weekend' : 'no trading hours');
  return {
    spans,
    closed: spans.length === 0 ? reason : null,
    early: spans.length > 0 && trades && special ? special.name : null,
  };
}
