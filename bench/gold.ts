/**
 * Silver and gold of a three-hour ES day, published, and the same tables in pandas and polars over
 * the same bronze (bench/python/gold_*.py, in the interop suite's Python environment).
 *
 * A day takes tens of seconds, so that each stage is run once, after a day of ten minutes has
 * warmed it up; processor time is in the note, for the machine's other work is not in it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type PartitionRef, partitionFolder } from '../src/lake/index.ts';
import {
  bronzeFutureMbo,
  runStage,
  STAGES,
  type Stage,
  type StageReport,
  silverFutureMbo,
} from '../src/pipeline/index.ts';
import { type Day, DT, makeDay, SYMBOL } from './es-day.ts';
import { report } from './harness.ts';

/** From the specification: three hours of gold in 20 s, silver at 3 M events/s, for a core. */
const GOLD_SECONDS_PER_SECOND = 10_800 / 20;
const SILVER_EVENTS_PER_SECOND = 3_000_000;

const goldFutureMbo = STAGES.find((s) => s.layer === 'gold' && s.productType === 'future_mbo')!;
const goldMicrostructure = STAGES.find((s) => s.name === 'gold_compute_microstructure_1s')!;
const python = process.env['SPYMASTER_INTEROP_PYTHON'];

interface Run {
  seconds: number;
  cpuSeconds: number;
  result: StageReport;
}

async function run(stage: Stage, day: Day): Promise<Run> {
  const symbol = stage.layer === 'bronze' ? 'ES' : SYMBOL;
  const task = { lake: day.lake, productType: 'future_mbo', symbol, dt: DT } as const;
  const before = process.cpuUsage();
  const start = performance.now();
  const result = await runStage(
    stage,
    { ...task, product: day.product, session: 'regular' },
    { overwrite: true },
  );
  const cpu = process.cpuUsage(before);
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  return { seconds: (performance.now() - start) / 1000, cpuSeconds, result: result! };
}

function told(
  group: string,
  name: string,
  unit: string,
  count: number,
  seconds: number,
  more: { atLeast?: number; note: string; ours: boolean },
): void {
  report({
    group,
    name,
    unit,
    count,
    perSecond: count / seconds,
    slowest: count / seconds,
    fastest: count / seconds,
    nsEach: (seconds / count) * 1e9,
    megabytesPerSecond: null,
    bytesEach: null,
    residentMegabytes: more.ours ? process.memoryUsage().rss / 1e6 : null,
    atLeast: more.atLeast ?? null,
    note: more.note,
  });
}

function tellStage(day: Day, name: string, unit: string, run: Run, atLeast?: number): void {
  const { published, rowsRead, counters } = run.result;
  const bytes = published.reduce((sum, p) => sum + p.bytes, 0);
  const rows = published.reduce((sum, p) => sum + p.rows, 0);
  const count = unit === 'records' ? rowsRead : counters['seconds']!;
  const note =
    `one run, ${run.cpuSeconds.toFixed(1)} s of processor; ` +
    `${rows} rows, ${(bytes / 1e6).toFixed(0)} MB published`;
  told(`Silver and gold, ${day.name}`, name, unit, count, run.seconds, {
    ...(atLeast === undefined ? {} : { atLeast }),
    note,
    ours: true,
  });
}

async function measureStages(day: Day, tell: boolean): Promise<void> {
  await run(bronzeFutureMbo, day);
  const silver = await run(silverFutureMbo, day);
  const gold = await run(goldFutureMbo, day);
  const micro = await run(goldMicrostructure, day);
  if (!tell) return;
  const part = { silver: 'bronze to silver', gold: 'silver to gold' };
  tellStage(day, part.silver, 'records', silver, SILVER_EVENTS_PER_SECOND);
  tellStage(day, part.gold, 'seconds of market', gold, GOLD_SECONDS_PER_SECOND);
  tellStage(day, 'bronze and silver to microstructure', 'records', micro);
}

function measurePython(interpreter: string, day: Day, peer: 'pandas' | 'polars'): void {
  const mbo = { layer: 'bronze', productType: 'future_mbo', table: 'mbo' } as const;
  const ref: PartitionRef = { ...mbo, symbol: SYMBOL, dt: DT };
  const bronze = join(partitionFolder(day.lake, ref), 'part-00000.parquet');
  const out = join(day.lake, peer);
  mkdirSync(out, { recursive: true });
  const program = resolve('bench', 'python', `gold_${peer}.py`);
  const { tickSizeInt, gridMaxTicks } = day.product;
  const numbers = [day.fromNs, day.toNs, tickSizeInt, gridMaxTicks].map(String);
  const answer = spawnSync(interpreter, [program, bronze, ...numbers, out], { encoding: 'utf8' });
  rmSync(out, { recursive: true, force: true });
  if (answer.status !== 0) throw new Error(`${peer} baseline failed:\n${answer.stderr}`);
  for (const line of answer.stdout.trim().split('\n')) {
    const { name, records, seconds } = JSON.parse(line) as {
      name: string;
      records: number;
      seconds: [number];
    };
    const unit = name === 'silver' ? 'records' : 'seconds of market';
    const what = name === 'silver' ? 'bronze to silver' : 'silver to gold';
    const group = `Silver and gold, ${day.name}`;
    told(group, `${what}, ${peer}`, unit, records, seconds[0], { note: 'Python', ours: false });
  }
}

const short = await makeDay('ten minutes of synthetic ES', '09:40');
await measureStages(short, false);
await measureStages(short, true);
if (python) {
  for (const peer of ['pandas', 'polars'] as const) measurePython(python, short, peer);
} else {
  console.error('PYTHON BASELINES DID NOT RUN: SPYMASTER_INTEROP_PYTHON is not set');
}
await measureStages(await makeDay('three hours of synthetic ES', '12:30'), true);
