import { describe, expect, it } from 'vitest';
import {
  isTradingDay,
  loadProducts,
  nextTradingDate,
  type Product,
  previousTradingDate,
  type SessionChoice,
  sessionWindows,
} from '../../src/lake/index.ts';
import { tradingDays } from '../../src/synth/index.ts';

const products = loadProducts();
function product(root: string): Product {
  const found = products.get(root);
  if (!found) throw new Error(`no ${root}`);
  return found;
}
const ES = product('ES');
const QQQ = product('QQQ');
const GC = product('GC');
const FX = product('6E');

/** Spans as `HH:MM-HH:MM` of the UTC day. */
function utc(of: Product, dt: string, choice: SessionChoice): string[] {
  const time = (ns: number) => {
    const minutes = ns / 60e9;
    const two = (n: number) => String(n).padStart(2, '0');
    return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  };
  return sessionWindows(of, dt, choice).spans.map((s) => `${time(s.fromNs)}-${time(s.toNs)}`);
}

function everyDay(from: string, to: string): string[] {
  const days: string[] = [];
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += 86_400_000) {
    days.push(new Date(ms).toISOString().slice(0, 10));
  }
  return days;
}

function weekdays(from: string, to: string): string[] {
  return everyDay(from, to).filter((dt) => ![0, 6].includes(new Date(dt).getUTCDay()));
}

/** As the exchange published them. */
const NYSE_CLOSED: Record<string, string> = {
  2018: '01-01 01-15 02-19 03-30 05-28 07-04 09-03 11-22 12-05 12-25',
  2019: '01-01 01-21 02-18 04-19 05-27 07-04 09-02 11-28 12-25',
  2020: '01-01 01-20 02-17 04-10 05-25 07-03 09-07 11-26 12-25',
  2021: '01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24',
  2022: '01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26',
  2023: '01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25',
  2024: '01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25',
  2025: '01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25',
  2026: '01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25',
  2027: '01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24',
  2028: '01-17 02-21 04-14 05-29 06-19 07-04 09-04 11-23 12-25',
  2029: '01-01 01-15 02-19 03-30 05-28 06-19 07-04 09-03 11-22 12-25',
  2030: '01-01 01-21 02-18 04-19 05-27 06-19 07-04 09-02 11-28 12-25',
};
const NYSE_EARLY: Record<string, string> = {
  2018: '07-03 11-23 12-24',
  2019: '07-03 11-29 12-24',
  2020: '11-27 12-24',
  2021: '11-26',
  2022: '11-25',
  2023: '07-03 11-24',
  2024: '07-03 11-29 12-24',
  2025: '07-03 11-28 12-24',
  2026: '11-27 12-24',
  2027: '11-26',
  2028: '07-03 11-24',
  2029: '07-03 11-23 12-24',
  2030: '07-03 11-29 12-24',
};

describe.each(Object.keys(NYSE_CLOSED))('the US equity exchanges in %s', (year) => {
  const days = weekdays(`${year}-01-01`, `${year}-12-31`);

  it('close on the published holidays, and on no other weekday', () => {
    const closed = days.filter((dt) => !isTradingDay(QQQ, dt)).map((dt) => dt.slice(5));
    expect(closed.join(' ')).toBe(NYSE_CLOSED[year]);
  });

  it('close at 13:00 New York on the published days', () => {
    const early = days.filter((dt) => sessionWindows(QQQ, dt, 'regular').early);
    expect(early.map((dt) => dt.slice(5)).join(' ')).toBe(NYSE_EARLY[year]);
    for (const dt of early) {
      expect(utc(QQQ, dt, 'regular')).toEqual([
        dt.slice(5) < '11-01' ? '13:30-17:00' : '14:30-18:00',
      ]);
    }
  });
});

describe('CME equity index futures', () => {
  it('have no session on New Year’s Day, Good Friday and Christmas alone', () => {
    const closed = weekdays('2023-01-01', '2025-12-31').filter((dt) => !isTradingDay(ES, dt));
    expect(closed).toEqual([
      ...['2023-01-02', '2023-12-25', '2024-01-01', '2024-03-29', '2024-12-25'],
      ...['2025-01-01', '2025-04-18', '2025-12-25'],
    ]);
  });

  it('halt at 13:00 New York on the other holidays and open again at 18:00', () => {
    expect(utc(ES, '2025-01-20', 'full')).toEqual(['00:00-18:00', '23:00-24:00']);
    expect(sessionWindows(ES, '2025-01-20', 'regular')).toMatchObject({
      closed: null,
      early: 'Martin Luther King Jr. Day',
    });
    expect(utc(ES, '2025-01-20', 'regular')).toEqual(['14:30-18:00']);
    expect(utc(ES, '2026-06-19', 'full')).toEqual(['00:00-17:00']);
  });

  it('open on Christmas evening, at 18:00 New York', () => {
    expect(utc(ES, '2023-12-25', 'full')).toEqual(['23:00-24:00']);
    expect(sessionWindows(ES, '2023-12-25', 'full').closed).toBeNull();
    expect(sessionWindows(ES, '2023-12-25', 'regular').closed).toBe('Christmas Day');
    expect(utc(ES, '2023-12-24', 'full')).toEqual([]);
    expect(utc(ES, '2024-12-24', 'full')).toEqual(['00:00-18:15']);
  });

  it('trade around Thanksgiving in three short pieces', () => {
    expect(utc(ES, '2025-11-27', 'full')).toEqual(['00:00-18:00', '23:00-24:00']);
    expect(utc(ES, '2025-11-28', 'full')).toEqual(['00:00-18:15']);
    expect(utc(ES, '2025-11-28', 'regular')).toEqual(['14:30-18:15']);
  });

  it('trade on a Good Friday only when employment figures come out', () => {
    expect(utc(ES, '2024-03-29', 'full')).toEqual([]);
    expect(sessionWindows(ES, '2024-03-29', 'full').closed).toBe('Good Friday');
    expect(utc(ES, '2024-03-28', 'full')).toEqual(['00:00-21:00']);
    expect(utc(ES, '2026-04-03', 'full')).toEqual(['00:00-13:15']);
    expect(sessionWindows(ES, '2026-04-03', 'regular').closed).toBe('Good Friday');
    expect(utc(FX, '2026-04-03', 'full')).toEqual(['00:00-15:15']);
    expect(utc(GC, '2026-04-03', 'full')).toEqual([]);
  });

  it('stop at the opening bell on a national day of mourning, other groups do not', () => {
    for (const dt of ['2018-12-05', '2025-01-09']) {
      expect(utc(ES, dt, 'full')).toEqual(['00:00-14:30', '23:00-24:00']);
      expect(sessionWindows(ES, dt, 'regular').closed).toMatch('Mourning');
      expect(utc(GC, dt, 'full')).toEqual(['00:00-22:00', '23:00-24:00']);
      expect(isTradingDay(QQQ, dt)).toBe(false);
    }
  });

  it('paused from 16:15 to 16:30 New York until June 2021', () => {
    expect(utc(ES, '2021-06-24', 'full')).toEqual(['00:00-20:15', '20:30-21:00', '22:00-24:00']);
    expect(utc(ES, '2021-06-28', 'full')).toEqual(['00:00-21:00', '22:00-24:00']);
    expect(utc(ES, '2021-05-31', 'full')).toEqual(['00:00-17:00', '22:00-24:00']);
  });
});

describe('groups of CME products', () => {
  it('halt at hours of their own', () => {
    expect(utc(GC, '2025-01-20', 'full')).toEqual(['00:00-19:30', '23:00-24:00']);
    expect(utc(GC, '2019-01-21', 'full')).toEqual(['00:00-18:00', '23:00-24:00']);
    expect(utc(FX, '2025-01-20', 'full')).toEqual(['00:00-22:00', '23:00-24:00']);
    expect(utc(GC, '2025-11-28', 'full')).toEqual(['00:00-18:45']);
    expect(utc(product('CL'), '2025-07-03', 'full')).toEqual(['00:00-21:00', '22:00-24:00']);
  });
});

describe('daylight saving', () => {
  it('moves the hours in UTC, on the right day', () => {
    expect(utc(ES, '2026-03-06', 'regular')).toEqual(['14:30-21:00']);
    expect(utc(ES, '2026-03-09', 'regular')).toEqual(['13:30-20:00']);
    expect(utc(ES, '2026-10-30', 'regular')).toEqual(['13:30-20:00']);
    expect(utc(ES, '2026-11-02', 'regular')).toEqual(['14:30-21:00']);
  });

  it('moves the Sunday openings with it', () => {
    expect(utc(ES, '2026-03-01', 'full')).toEqual(['23:00-24:00']);
    expect(utc(ES, '2026-03-08', 'full')).toEqual(['22:00-24:00']);
    expect(utc(ES, '2026-10-25', 'full')).toEqual(['22:00-24:00']);
    expect(utc(ES, '2026-11-01', 'full')).toEqual(['23:00-24:00']);
  });
});

describe('full hours', () => {
  it('of equities reach past midnight UTC in winter, and end at 17:00 after an early close', () => {
    expect(utc(QQQ, '2026-01-06', 'full')).toEqual(['00:00-01:00', '09:00-24:00']);
    expect(utc(QQQ, '2026-07-14', 'full')).toEqual(['08:00-24:00']);
    expect(utc(QQQ, '2025-11-28', 'full')).toEqual(['09:00-22:00']);
  });

  it('are none on a Saturday, and a Sunday’s are no trading day', () => {
    expect(sessionWindows(ES, '2026-01-10', 'full')).toEqual({
      spans: [],
      closed: 'weekend',
      early: null,
    });
    expect(isTradingDay(ES, '2026-01-11')).toBe(false);
    expect(sessionWindows(ES, '2026-01-11', 'regular').closed).toBe('weekend');
  });
});

describe('every day of thirteen years', () => {
  it.each([ES, QQQ, GC, FX])('has ascending spans of whole seconds within it: $root', (of) => {
    for (const dt of everyDay('2018-01-01', '2030-12-31')) {
      for (const choice of ['regular', 'full'] as const) {
        const { spans, closed } = sessionWindows(of, dt, choice);
        expect(closed === null).toBe(spans.length > 0);
        let end = -1;
        for (const { fromNs, toNs } of spans) {
          expect(fromNs > end && toNs > fromNs && toNs <= 86_400e9).toBe(true);
          expect(fromNs % 1e9 === 0 && toNs % 1e9 === 0).toBe(true);
          end = toNs;
        }
      }
    }
  });
});

describe('neighbouring trading dates', () => {
  it('skip weekends and holidays', () => {
    expect(previousTradingDate(ES, '2026-01-05')).toBe('2026-01-02');
    expect(previousTradingDate(ES, '2024-01-02')).toBe('2023-12-29');
    expect(nextTradingDate(QQQ, '2024-03-28')).toBe('2024-04-01');
    expect(nextTradingDate(ES, '2026-01-16')).toBe('2026-01-19');
    expect(nextTradingDate(QQQ, '2026-01-16')).toBe('2026-01-20');
  });

  it('refuse what is no date', () => {
    expect(() => isTradingDay(ES, '2026-02-30')).toThrow(/not a date/);
  });
});

describe('the synthetic market’s calendar', () => {
  it('has the trading days of futures: holidays only shorten them', () => {
    const days = tradingDays(60);
    const last = days.at(-1) as string;
    expect(everyDay('2026-01-05', last).filter((dt) => isTradingDay(ES, dt))).toEqual(days);
  });
});
