/**
 * What a short live session shows: how long each step took, and how late records are.
 */
import type { LiveItem, LiveNotice, LiveRecords } from '../databento/index.ts';
import { columnsOf, DbnDecoder, type RecordRun, RTYPE } from '../dbn/index.ts';
import { type Finding, ok } from './doctor-finding.ts';

/** A clock that is off by more than this makes latencies meaningless, ms. */
const CLOCK_OFF_MS = 100;
/** Records that arrive later than this say that the feed is not live, ms. */
const NOT_LIVE_MS = 60_000;
/** Records of gateways themselves: not what was subscribed. */
const CONTROL: readonly number[] = [RTYPE.ERROR, RTYPE.SYMBOL_MAPPING, RTYPE.SYSTEM];

/** Takes the items of a session as they come. */
export class LiveSurvey {
  /** Records of which the times were looked at. */
  timedRecords = 0;
  private readonly seconds: number;
  private readonly redact: (text: string) => string;
  private readonly startMs = performance.now();
  private connectedMs: number | null = null;
  private firstRecordMs: number | null = null;
  private heartbeats = 0;
  private records = 0;
  private readonly notices: LiveNotice[] = [];
  private readonly lost: string[] = [];
  private readonly mapped = new Set<string>();
  /** Our clock less the gateway's sending time, and that less the time of capture, ms. */
  private readonly onTheWay: number[] = [];
  private readonly atVendor: number[] = [];

  /**
   * @param seconds that it lasts at most.
   * @param redact takes the key out of what others say.
   */
  constructor(seconds: number, redact: (text: string) => string) {
    this.seconds = seconds;
    this.redact = redact;
  }

  /** Takes an item. */
  take(item: LiveItem): void {
    const atMs = performance.now() - this.startMs;
    if (item.type === 'connected') this.connectedMs ??= atMs;
    else if (item.type === 'notice') this.notices.push(item);
    else if (item.type === 'mapping') this.mapped.add(item.symbol);
    else if (item.type === 'gap') this.lost.push(item.text);
    else this.takeRecords(item, atMs);
  }

  /** What was found, step by step. */
  findings(): Finding[] {
    const found: Finding[] = [];
    if (this.connectedMs === null) {
      const fix = 'see the next line';
      found.push({ what: 'authentication', status: 'problem', found: 'no session', fix });
      return found;
    }
    const took = `${this.connectedMs.toFixed(0)} ms to a session`;
    found.push(ok('authentication', took));
    found.push(this.subscription(), this.arrival(), ...this.latency(), this.pulse());
    for (const text of this.lost) {
      const fix = 'see that nothing between here and the gateway ends connections';
      found.push({ what: 'connection', status: 'problem', found: this.redact(text), fix });
    }
    return found;
  }

  private takeRecords({ bytes, version, tsOut }: LiveRecords, atMs: number): void {
    const decoder = new DbnDecoder({ version, tsOut });
    decoder.write(bytes);
    for (let run = decoder.next(); run; run = decoder.next()) {
      if (run.rtype === RTYPE.SYSTEM) this.heartbeats += beatsIn(run);
      if (CONTROL.includes(run.rtype)) continue;
      this.firstRecordMs ??= atMs;
      this.records += run.count;
      if (tsOut) this.time(run);
    }
  }

  private time(run: RecordRun): void {
    const originNs = BigInt(Date.now()) * 1_000_000n;
    const columns = columnsOf(run, { originNs, fields: ['ts_recv', 'ts_out'] });
    const sent = columns['ts_out'] as Float64Array;
    const captured = columns['ts_recv'] as Float64Array | undefined;
    for (let i = 0; i < run.count; i++) {
      this.onTheWay.push(-(sent[i] as number) / 1e6);
      if (captured) this.atVendor.push(((sent[i] as number) - (captured[i] as number)) / 1e6);
    }
    this.timedRecords += run.count;
  }

  private subscription(): Finding {
    const refused = this.notices.filter(({ what }) => what === 'symbol-refused');
    if (refused.length > 0) {
      const found = refused.map(({ text }) => this.redact(text)).join('; ');
      const fix = 'correct the symbols or --stype-in';
      return { what: 'subscription', status: 'problem', found, fix };
    }
    const names = [...this.mapped].slice(0, 8).join(' ');
    const found = this.mapped.size > 0 ? `resolved to ${names}` : 'accepted';
    return ok('subscription', found);
  }

  private arrival(): Finding {
    if (this.firstRecordMs !== null) {
      const found = `the first of ${this.records} after ${this.firstRecordMs.toFixed(0)} ms`;
      return ok('records', found);
    }
    const found = `none in ${this.seconds} s`;
    const fix = 'the market may be closed; wait longer with --seconds, or ask for another symbol';
    return { what: 'records', status: 'warning', found, fix };
  }

  private latency(): Finding[] {
    if (this.onTheWay.length === 0) return [];
    const way = median(this.onTheWay);
    const vendor =
      this.atVendor.length > 0 ? `, ${median(this.atVendor).toFixed(1)} ms before` : '';
    const found = `${spanText(way)} from the gateway to here${vendor} (medians)`;
    if (way < -CLOCK_OFF_MS) {
      const fix = "this machine's clock is slow: set it by NTP";
      return [{ what: 'latency', status: 'problem', found, fix }];
    }
    if (way > NOT_LIVE_MS) {
      const fix = 'this gateway plays recorded data, or the clock of this machine is fast';
      return [{ what: 'latency', status: 'warning', found, fix }];
    }
    return [ok('latency', found)];
  }

  private pulse(): Finding {
    const none = this.records > 0 ? 'none was due: records came' : 'none';
    return ok('heartbeats', this.heartbeats > 0 ? String(this.heartbeats) : none);
  }
}

/** Heartbeats among the gateway's messages: code 0. */
function beatsIn(run: RecordRun): number {
  const { code } = columnsOf(run, { fields: ['code', 'msg'] });
  return code ? [...(code as Uint8Array)].filter((c) => c === 0).length : run.count;
}

/** Milliseconds, or days of what is not live. */
function spanText(ms: number): string {
  return ms > NOT_LIVE_MS ? `${(ms / 86_400_000).toFixed(1)} days` : `${ms.toFixed(1)} ms`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
