/**
 * The market that `spymaster demo` shows: where it lies, and the commands that make it.
 */
import { join } from 'node:path';
import type { ProductType } from '../lake/index.ts';
import { tradingDays } from '../synth/index.ts';
import type { CommandContext } from './command.ts';
import { programVersion } from './version.ts';

/** The market starts this long before playback does, so that the first frame has a past, min. */
const LEAD_MINUTES = 5;
const MINUTES_PER_DAY = 1440;
/** Roots that have synthetic options. */
const WITH_OPTIONS: readonly string[] = ['ES'];
/** Regular hours of futures, New York: elsewhere the tables need the full session. */
const REGULAR_HOURS = { from: '09:30', to: '16:00' };

/** Flags of `demo`. */
export interface DemoOptions {
  product: string;
  days: number;
  speed: number;
  startTime: string;
  minutes: number;
  rate: number;
  seed: number;
  signal: number;
}

/** A command of this program that makes a part of the demo. */
export interface DemoStep {
  /** What is going on, for people. */
  says: string;
  /** Command line after the program's name. */
  args: readonly string[];
}

/** What is made, in order: the shown day first, so that its pages need not wait for the others. */
export interface DemoMarket {
  lake: string;
  /** Differs where the market does. */
  name: string;
  /** Session dates, ascending. */
  dates: readonly string[];
  /** The day that the pages show: the last, which no fit has seen. */
  shown: string;
  /** Orders of the shown day: enough for the vacuum-pressure page. */
  orders: readonly DemoStep[];
  /** Its options and tables: enough for the velocity page. */
  tables: readonly DemoStep[];
  otherDays: readonly DemoStep[];
  /** Fit and report, on all days. */
  forecast: readonly DemoStep[];
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

function timeOf(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}

/** Hours of the market and of its forecast, New York. */
function hoursOf({ startTime, minutes }: DemoOptions) {
  const start = minutesOf(startTime);
  const open = Math.max(0, start - LEAD_MINUTES);
  const close = Math.min(MINUTES_PER_DAY - 1, open + minutes);
  return { open: timeOf(open), start: timeOf(start), close: timeOf(close) };
}

function nameOf(o: DemoOptions): string {
  const time = o.startTime.replace(':', '');
  const size = `${o.days}d-${time}-${o.minutes}m-rate${o.rate}`;
  return `${o.product}-${size}-signal${o.signal}-seed${o.seed}`;
}

/** Markets of other flags lie in other folders, so nothing stale is shown. */
function lakeOf(context: CommandContext, o: DemoOptions): string {
  const { settings, loaded } = context;
  if (loaded.origins.lake === 'flag') return settings.lake;
  return join(settings.cache_dir, 'demo-lake', programVersion(), nameOf(o));
}

/** Command lines for parts of a market. */
class DemoCommands {
  private readonly o: DemoOptions;
  private readonly hours: ReturnType<typeof hoursOf>;
  private readonly shared: readonly string[];

  constructor(o: DemoOptions, shared: readonly string[]) {
    this.o = o;
    this.hours = hoursOf(o);
    this.shared = shared;
  }

  synth(productType: ProductType, dates: string): string[] {
    const { o, hours } = this;
    const how = { seed: o.seed, signal: o.signal, rate: o.rate, from: hours.open, to: hours.close };
    return [
      ...['synth', '--product-type', productType, '--symbol', o.product, '--dates', dates],
      ...Object.entries(how).flatMap(([flag, value]) => [`--${flag}`, String(value)]),
      ...this.shared,
    ];
  }

  pipeline(dates: string): string[] {
    const { start, close } = this.hours;
    const isRegular = start >= REGULAR_HOURS.from && close <= REGULAR_HOURS.to;
    const session = isRegular ? 'regular' : 'full';
    const what = ['--symbol', this.o.product, '--dates', dates, '--session', session];
    return ['pipeline', 'run', ...what, ...this.shared];
  }

  fit(): string[] {
    const { start, close } = this.hours;
    const days = String(this.o.days);
    const what = ['--root', this.o.product, '--days', days, '--from', start, '--to', close];
    return ['forecast', 'fit', ...what, ...this.shared];
  }

  report(): string[] {
    return ['forecast', 'report', '--root', this.o.product, ...this.shared];
  }
}

/** The market of flags, and how it is made. */
export function planDemo(context: CommandContext, o: DemoOptions): DemoMarket {
  const lake = lakeOf(context, o);
  const dates = tradingDays(o.days);
  const shown = dates.at(-1) as string;
  const others = dates.slice(0, -1);
  const commands = new DemoCommands(o, ['--lake', lake, '--config', context.loaded.configFolder]);
  const options: ProductType[] = WITH_OPTIONS.includes(o.product) ? ['future_option_mbo'] : [];
  const drawn = (type: ProductType, when: string, range: string): DemoStep => ({
    says: `${when}: ${type === 'future_mbo' ? 'orders' : 'options'}`,
    args: commands.synth(type, range),
  });
  const made = (when: string, range: string): DemoStep => ({
    says: `${when}: bronze, silver, gold`,
    args: commands.pipeline(range),
  });
  const day = `${shown}:${shown}`;
  const range = `${others[0]}:${others.at(-1)}`;
  const many = `${others.length} more ${others.length === 1 ? 'day' : 'days'}`;
  const otherDays = [
    ...(['future_mbo', ...options] as const).map((type) => drawn(type, many, range)),
    made(many, range),
  ];
  return {
    lake,
    name: nameOf(o),
    dates,
    shown,
    orders: [drawn('future_mbo', shown, day)],
    tables: [...options.map((type) => drawn(type, shown, day)), made(shown, day)],
    otherDays: others.length > 0 ? otherDays : [],
    forecast: [
      { says: 'forecast: fit and proof', args: commands.fit() },
      { says: 'forecast: report', args: commands.report() },
    ],
  };
}
