/**
 * The measuring rules of every benchmark: warm up, take the median of five, count what was
 * allocated.
 *
 * A benchmark file calls `bench(...)` for each case, baselines included, so that what is compared
 * ran in the same process on the same input. `npm run bench` runs the files one after the other and
 * writes bench/RESULTS.md.
 */
import { appendFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { setTimeout as sleep } from 'node:timers/promises';

/** Timed runs; the median is reported, the fastest and slowest with it. */
const RUNS = 5;
/** Untimed runs before them, at least, and for at least this long, ms: short runs need more. */
const WARM_UP_RUNS = 2;
const WARM_UP_MS = 1000;
/**
 * A pause between cases, ms, so that one case's garbage is not collected in the next one's time.
 */
const SETTLE_MS = 50;

/** What to measure. */
export interface BenchCase {
  /** Table that the case belongs to, e.g. `DBN decode, ES, uncompressed`. */
  group: string;
  /** Row of the table, e.g. `columns, one thread`. */
  name: string;
  /** What one operation is: `records`, `events`, `frames`. */
  unit: string;
  /** Operations of one run; a function when only the run knows. */
  count: number | (() => number);
  /** Bytes of input that a run reads, for a rate in MB/s. */
  bytes?: number;
  /** Target in operations per second, from the specification. */
  atLeast?: number;
  /** One run. It must use its result, or the engine may remove the work. */
  run: () => void | Promise<void>;
  /** Untimed work before each run. */
  before?: () => void | Promise<void>;
  /** Timed runs when five would take too long (baselines of 10,000 events/s). */
  runs?: number;
}

/** One measured case, as it stands in RESULTS.md. */
export interface BenchResult {
  group: string;
  name: string;
  unit: string;
  /** Operations of one run. */
  count: number;
  /** Median, operations per second. */
  perSecond: number;
  /** Slowest and fastest run, operations per second. */
  slowest: number;
  fastest: number;
  /** Median time of one operation, ns. */
  nsEach: number;
  /** Median input rate, MB/s (1e6 bytes); null when the case reads none. */
  megabytesPerSecond: number | null;
  /** JavaScript heap allocated per operation, bytes; null when not measured. */
  bytesEach: number | null;
  /** Resident set after the last run, MB (1e6 bytes); null when not measured. */
  residentMegabytes: number | null;
  atLeast: number | null;
  note: string;
}

/** Mean distance between allocation samples, bytes. */
const SAMPLE_BYTES = 16_384;

interface ProfileNode {
  selfSize: number;
  children: ProfileNode[];
}

function bytesOf(node: ProfileNode): number {
  return node.children.reduce((sum, child) => sum + bytesOf(child), node.selfSize);
}

/**
 * Bytes that a run allocates on the JavaScript heap, collected ones included: V8's sampling
 * profiler, good to about `SAMPLE_BYTES`. Memory behind array buffers is not on that heap.
 */
async function allocatedBytes(c: BenchCase): Promise<number> {
  await c.before?.();
  const session = new Session();
  session.connect();
  session.post('HeapProfiler.startSampling', {
    samplingInterval: SAMPLE_BYTES,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  } as object);
  await c.run();
  const total = await new Promise<number>((resolve, reject) => {
    session.post('HeapProfiler.stopSampling', (error, answer) =>
      error ? reject(error) : resolve(bytesOf(answer.profile.head as unknown as ProfileNode)),
    );
  });
  session.disconnect();
  return total;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

/** Formats a count with three significant digits and a suffix: 1.23 M. */
export function human(value: number): string {
  const scales: [number, string][] = [
    [1e9, ' G'],
    [1e6, ' M'],
    [1e3, ' k'],
  ];
  for (const [scale, suffix] of scales) {
    if (Math.abs(value) >= scale) return `${(value / scale).toPrecision(3)}${suffix}`;
  }
  return Number(value.toPrecision(3)).toString();
}

/** Measures a case, prints its row and hands it to `npm run bench`. */
export async function bench(c: BenchCase, note = ''): Promise<BenchResult> {
  await sleep(SETTLE_MS);
  const warmUntil = performance.now() + WARM_UP_MS;
  for (let i = 0; i < WARM_UP_RUNS || performance.now() < warmUntil; i++) {
    await c.before?.();
    await c.run();
  }
  const seconds: number[] = [];
  for (let i = 0; i < (c.runs ?? RUNS); i++) {
    // No forced collection between runs: it drops the compiler's knowledge of classes that have no
    // instance at the moment, which no running program loses.
    await c.before?.();
    const start = performance.now();
    await c.run();
    seconds.push((performance.now() - start) / 1000);
  }
  const bytes = await allocatedBytes(c);
  const count = typeof c.count === 'number' ? c.count : c.count();
  const middle = median(seconds);
  const result: BenchResult = {
    group: c.group,
    name: c.name,
    unit: c.unit,
    count,
    perSecond: count / middle,
    slowest: count / Math.max(...seconds),
    fastest: count / Math.min(...seconds),
    nsEach: (middle / count) * 1e9,
    megabytesPerSecond: c.bytes === undefined ? null : c.bytes / middle / 1e6,
    bytesEach: bytes / count,
    residentMegabytes: process.memoryUsage().rss / 1e6,
    atLeast: c.atLeast ?? null,
    note,
  };
  report(result);
  return result;
}

/**
 * Prints a row and appends it to the file that `npm run bench` collects; for figures measured in
 * other ways too.
 */
export function report(result: BenchResult): void {
  const each = result.bytesEach === null ? '' : `, ${result.bytesEach.toFixed(2)} B each`;
  const rate =
    result.megabytesPerSecond === null ? '' : `, ${result.megabytesPerSecond.toFixed(0)} MB/s`;
  const verdict = result.perSecond >= (result.atLeast ?? 0) ? 'met' : 'MISSED';
  const target = result.atLeast === null ? '' : `, target ${human(result.atLeast)}: ${verdict}`;
  console.log(
    `${result.group} | ${result.name}: ${human(result.perSecond)} ${result.unit}/s ` +
      `(${human(result.nsEach)} ns each${rate}${each}${target}) ${result.note}`,
  );
  const file = process.env['SPYMASTER_BENCH_RESULTS'];
  if (file) appendFileSync(file, `${JSON.stringify(result)}\n`);
}
