/**
 * Holidays by trading session: `config/calendars/*.yaml`, read once and validated as a whole.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { DataError } from '../core/index.ts';
import { type DayRule, dayOfRule, WEEKDAYS } from './calendar-rules.ts';
import { shippedConfigFolder } from './config-folder.ts';

/** What is not ordinary about a day of a session. */
export interface SpecialDay {
  /** The holiday's name. */
  name: string;
  /** Local time that trading ends, `HH:MM`; null: there is no trading. */
  close: string | null;
  /** Local time that the hours after the regular session end, when they go on after `close`. */
  fullClose: string | null;
}

/** Minutes of every day in which trading pauses, local. */
export interface TradingPause {
  from: string;
  to: string;
  /** Last day that it holds, YYYY-MM-DD. */
  until: string;
}

const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected "HH:MM"');
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected "YYYY-MM-DD"');
const closing = z.union([z.literal('closed'), localTime]);
const weekday = z.enum(WEEKDAYS);

const dayRule = z.strictObject({
  month: z.int().min(1).max(12).optional(),
  day: z.int().min(1).max(31).optional(),
  weekday: weekday.optional(),
  nth: z.int().min(-1).max(5).optional(),
  easter: z.int().min(-60).max(60).optional(),
  plus: z.int().min(-7).max(7).optional(),
  moved: z.enum(['nearest', 'sunday']).optional(),
  only: z.array(weekday).optional(),
});

const closes = {
  name: z.string().min(1),
  /** One for all sessions of the file, or by session: those not named have an ordinary day. */
  close: z.union([closing, z.record(z.string(), closing)]),
  full_close: localTime.optional(),
};

const calendarFile = z.strictObject({
  time_zone: z.string().min(1),
  sessions: z.array(z.string()).min(1),
  holidays: z.array(
    z.strictObject({ ...closes, on: dayRule, years: z.tuple([z.int(), z.int()]).optional() }),
  ),
  dates: z.array(z.strictObject({ ...closes, date })).default([]),
  pauses: z
    .array(
      z.strictObject({
        sessions: z.array(z.string()),
        from: localTime,
        to: localTime,
        until: date,
      }),
    )
    .default([]),
});

type CalendarFile = z.infer<typeof calendarFile>;
type Closes = Pick<CalendarFile['dates'][number], 'name' | 'close' | 'full_close'>;

function specialDay(row: Closes, session: string): SpecialDay | null {
  const close = typeof row.close === 'string' ? row.close : row.close[session];
  if (close === undefined) return null;
  const isClosed = close === 'closed';
  return {
    name: row.name,
    close: isClosed ? null : close,
    fullClose: isClosed ? null : (row.full_close ?? null),
  };
}

/** The special days of one session. */
export class SessionCalendar {
  readonly pauses: readonly TradingPause[];
  private readonly file: CalendarFile;
  private readonly session: string;
  private readonly years = new Map<number, Map<string, SpecialDay | null>>();

  constructor(file: CalendarFile, session: string) {
    this.file = file;
    this.session = session;
    this.pauses = file.pauses.filter((p) => p.sessions.includes(session));
  }

  /** What is special about a date; null when nothing is. Weekends are not looked at. */
  special(dt: string): SpecialDay | null {
    const year = Number(dt.slice(0, 4));
    const days = this.years.get(year) ?? this.daysOf(year);
    this.years.set(year, days);
    return days.get(dt) ?? null;
  }

  private daysOf(year: number): Map<string, SpecialDay | null> {
    const days = new Map<string, SpecialDay | null>();
    for (const row of this.file.holidays) {
      const [first, last] = row.years ?? [year, year];
      if (year < first || year > last) continue;
      const dt = dayOfRule(row.on as DayRule, year);
      const special = specialDay(row, this.session);
      if (dt && special) days.set(dt, special);
    }
    for (const row of this.file.dates) {
      if (row.date.startsWith(`${year}-`)) days.set(row.date, specialDay(row, this.session));
    }
    return days;
  }
}

function readCalendarFile(path: string): CalendarFile {
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new DataError('CONFIG', `${path}: ${(cause as Error).message.split('\n')[0]}`);
  }
  const parsed = calendarFile.safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new DataError('CONFIG', `${path}: ${issue?.path.join('.')}: ${issue?.message}`);
}

/**
 * Reads the calendars of a configuration folder, by session name.
 * @throws DataError CONFIG naming the file and the key that is wrong.
 */
export function loadCalendars(
  configFolder: string = shippedConfigFolder(),
): ReadonlyMap<string, SessionCalendar> {
  const folder = join(configFolder, 'calendars');
  const calendars = new Map<string, SessionCalendar>();
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.yaml')) continue;
    const file = readCalendarFile(join(folder, name));
    for (const session of file.sessions) {
      calendars.set(session, new SessionCalendar(file, session));
    }
  }
  return calendars;
}
