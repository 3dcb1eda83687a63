/**
 * Which parents (`ROOT.OPT`, where ROOT is the product code of the options) may have options on a
 * root that expire on a date. What really expires is read in their definitions afterwards, so a
 * parent too many costs a few definitions and one too few costs the day.
 *
 * Source of the codes: CME Group, Weekly Options on Futures, and the specifications of its options.
 */
import {
  addDays,
  isTradingDay,
  nextTradingDate,
  type Product,
  sessionWindows,
} from '../../lake/index.ts';

/** Product codes of the options on a root; `#` stands for the week of the month, 1 to 5. */
interface OptionCodes {
  /** Monthly and quarterly options, which end on days of their own rule. */
  monthly: readonly string[];
  /** On the last trading day of a month. */
  monthEnd?: string;
  /** On Fridays. */
  friday: string;
  /** On Monday, Tuesday, Wednesday and Thursday. */
  daily: readonly [string, string, string, string];
}

const CODES: Record<string, OptionCodes> = {
  MES: {
    monthly: ['MES'],
    monthEnd: 'EX',
    friday: 'EX#',
    daily: ['X#A', 'X#B', 'X#C', 'X#D'],
  },
  NQ: { monthly: ['NQ'], monthEnd: 'QNE', friday: 'QN#', daily: ['Q#A', 'Q#B', 'Q#C', 'Q#D'] },
  MNQ: { monthly: ['MNQ'], monthEnd: 'MQE', friday: 'MQ#', daily: ['D#A', 'D#B', 'D#C', 'D#D'] },
  RTY: {
    monthly: ['RTO', 'RTY'],
    monthEnd: 'RTM',
    friday: 'R#E',
    daily: ['R#A', 'R#U', 'R#C', 'R#D'],
  },
  GC: { monthly: ['OG'], friday: 'OG#', daily: ['G#M', 'G#T', 'G#W', 'G#R'] },
  SI: { monthly: ['SO'], friday: 'SO#', daily: ['M#S', 'S#T', 'W#S', 'R#S'] },
  CL: { monthly: ['LO'], friday: 'LO#', daily: ['ML#', 'NL#', 'WL#', 'XL#'] },
  '6E': { monthly: ['EUU'], friday: '#EU', daily: ['MO#', 'TU#', 'WE#', 'SU#'] },
};

const WEEKS = ['1', '2', '3', '4', '5'];
const FRIDAY = 5;

function weeks(code: string): string[] {
  return WEEKS.map((week) => code.replace('#', week));
}

function weekdayOf(dt: string): number {
  return new Date(`${dt}T00:00:00Z`).getUTCDay();
}

/** The third Friday of March, June, September and December: the end of quarterly index options. */
function isQuarterly(dt: string): boolean {
  const [, month, day] = dt.split('-').map(Number) as [number, number, number];
  return weekdayOf(dt) === FRIDAY && month % 3 === 0 && day >= 15 && day <= 21;
}

/** Days of a week from Monday to Thursday have codes of their own on ES, for weeks and for days. */
function esDailies(): string[] {
  return ['E#', 'E#A', 'E#B', 'E#C', 'E#D', 'E#E'].flatMap(weeks);
}

/** ES by the category of a day: quarterly, weekly or daily. */
function esCodes(dt: string): string[] {
  // Since 2023 the third Friday of a quarter has options that end in the afternoon as well.
  if (isQuarterly(dt)) return ['ES', 'EW3'];
  if (weekdayOf(dt) === FRIDAY) return ['EW', ...weeks('EW#').slice(0, 4)];
  return esDailies();
}

function codesOf(root: string, dt: string): string[] {
  if (root === 'ES') return esCodes(dt);
  const codes = CODES[root];
  if (!codes) return [root];
  const weekday = weekdayOf(dt);
  const own = weekday === FRIDAY ? codes.friday : codes.daily[weekday - 1];
  return [...codes.monthly, ...(own ? weeks(own) : [])];
}

function monthEndCode(root: string): string | undefined {
  return root === 'ES' ? 'EW' : CODES[root]?.monthEnd;
}

/**
 * The Friday after a day when what would end on it may end on the day: it is a holiday, or an
 * exchange that settles for it is closed; null otherwise.
 */
function fridayMovedTo(product: Product, dt: string): string | null {
  const friday = addDays(dt, FRIDAY - weekdayOf(dt));
  if (friday <= dt) return null;
  for (let day = addDays(dt, 1); day < friday; day = addDays(day, 1)) {
    if (isTradingDay(product, day)) return null;
  }
  const { closed, early } = sessionWindows(product, friday, 'regular');
  return closed === null && early === null ? null : friday;
}

/**
 * Parents whose definitions are asked for to find the options on a root that expire on a trading
 * day, sorted; the futures themselves (`ROOT.FUT`) are among them, for options lead to them.
 */
export function definitionParents(product: Product, dt: string): string[] {
  const { root } = product;
  const codes = new Set(codesOf(root, dt));
  const friday = fridayMovedTo(product, dt);
  if (friday) for (const code of codesOf(root, friday)) codes.add(code);
  const monthEnd = monthEndCode(root);
  const next = nextTradingDate(product, dt);
  const endsMonth = next.slice(0, 7) !== dt.slice(0, 7);
  if (monthEnd && endsMonth) codes.add(monthEnd);
  return [...[...codes].map((code) => `${code}.OPT`), `${root}.FUT`].sort();
}
