/**
 * A question to a month of gold, one field in one range of ticks, as `lake sql` answers it: in this
 * process, lake opened and closed each time, and as a command; pandas and polars over the same
 * files (bench/python/lake_query.py).
 *
 * The month is one synthetic day of three hours under 21 dates: hard links to its data, with
 * manifests of their own dates. Its files are read from the operating system's cache, which holds
 * them once.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  nextTradingDate,
  openLakeSql,
  type PartitionRef,
  type Product,
  partitionFolder,
  readAnswerTexts,
} from '../src/lake/index.ts';
import { runStage, STAGES } from '../src/pipeline/index.ts';
import { type Day, DT, makeDay, SYMBOL } from './es-day.ts';
import { bench, report } from './harness.ts';

const DAYS = 21;
/** From the specification: a question in a second. */
const AT_LEAST = 1;
const RANGE = [-10, 10] as const;
const python = process.env['SPYMASTER_INTEROP_PYTHON'];

const GOLD = { layer: 'gold', productType: 'future_mbo', table: 'physics_surface_1s' } as const;
const refOf = (dt: string): PartitionRef => ({ ...GOLD, symbol: SYMBOL, dt });

/** Bronze, silver and gold of the day, unless they are there. */
async function makeGold(day: Day): Promise<void> {
  for (const stage of STAGES.filter((s) => s.productType === 'future_mbo')) {
    const symbol = stage.layer === 'bronze' ? 'ES' : SYMBOL;
    const task = { lake: day.lake, productType: 'future_mbo', symbol, dt: DT } as const;
    await runStage(stage, { ...task, product: day.product, session: 'regular' });
  }
}

function sessionDates(product: Product): string[] {
  const dates = [DT];
  while (dates.length < DAYS) dates.push(nextTradingDate(product, dates.at(-1)!));
  return dates;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The day's gold under another date. */
function linkDay(day: Day, lake: string, dt: string): void {
  const [from, to] = [partitionFolder(day.lake, refOf(DT)), partitionFolder(lake, refOf(dt))];
  mkdirSync(to, { recursive: true });
  linkSync(join(from, 'part-00000.parquet'), join(to, 'part-00000.parquet'));
  const text = readFileSync(join(from, '_MANIFEST.json'), 'utf8');
  const manifest = text.replace(/^ {2}"dt": ".*?"/m, `  "dt": "${dt}"`);
  writeFileSync(join(to, '_MANIFEST.json'), manifest);
  const hash = sha256(manifest);
  writeFileSync(join(to, '_SUCCESS'), `${hash} ${sha256(hash).slice(0, 8)}\n`);
}

function question(dates: readonly string[]): string {
  return (
    'SELECT dt, avg(Omega) FROM gold.physics_surface_1s ' +
    `WHERE symbol = '${SYMBOL}' AND dt BETWEEN '${dates[0]}' AND '${dates.at(-1)}' ` +
    `AND rel_ticks BETWEEN ${RANGE[0]} AND ${RANGE[1]} GROUP BY dt ORDER BY dt`
  );
}

async function ask(lake: string, text: string): Promise<number> {
  const sql = await openLakeSql(lake);
  try {
    const { rows } = await readAnswerTexts(sql, await sql.check(text), DAYS + 1);
    if (rows.length !== DAYS) throw new Error(`${rows.length} days answered, not ${DAYS}`);
    return rows.reduce((sum, row) => sum + Number(row[1]), 0) / DAYS;
  } finally {
    sql.close();
  }
}

function command(lake: string, text: string): void {
  const args = [resolve('dist', 'src', 'cli', 'main.js'), 'lake', 'sql', '--lake', lake, text];
  const answer = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (answer.status !== 0) throw new Error(answer.stderr);
}

function measurePython(group: string, interpreter: string, lake: string, mean: number): void {
  const program = resolve('bench', 'python', 'lake_query.py');
  const table = join(partitionFolder(lake, refOf(DT)), '..');
  const args = [program, table, ...RANGE.map(String)];
  const answer = spawnSync(interpreter, args, { encoding: 'utf8' });
  if (answer.status !== 0) throw new Error(`python baseline failed:\n${answer.stderr}`);
  for (const line of answer.stdout.trim().split('\n')) {
    const one = JSON.parse(line) as { name: string; seconds: number[]; mean: number };
    if (Math.abs(one.mean - mean) > 1e-6) throw new Error(`${one.name} answers otherwise`);
    const seconds = [...one.seconds].sort((a, b) => a - b);
    const middle = seconds[seconds.length >> 1]!;
    report({
      group,
      name: one.name,
      unit: 'questions',
      count: 1,
      perSecond: 1 / middle,
      slowest: 1 / seconds.at(-1)!,
      fastest: 1 / seconds[0]!,
      nsEach: middle * 1e9,
      megabytesPerSecond: null,
      bytesEach: null,
      residentMegabytes: null,
      atLeast: null,
      note: 'Python',
    });
  }
}

const day = await makeDay('three hours of synthetic ES', '12:30');
await makeGold(day);
const lake = resolve('.cache', 'bench', 'lake-month');
rmSync(lake, { recursive: true, force: true });
const dates = sessionDates(day.product);
for (const dt of dates) linkDay(day, lake, dt);
try {
  const text = question(dates);
  const bytes = DAYS * statSync(join(partitionFolder(lake, refOf(DT)), 'part-00000.parquet')).size;
  const group = 'One field, 21 ticks, 21 days of gold';
  const note = `${(bytes / 1e9).toFixed(1)} GB of tables: one day of three hours under 21 dates`;
  const shared = { group, unit: 'questions', count: 1, atLeast: AT_LEAST } as const;
  let mean = 0;
  const run = async () => {
    mean = await ask(lake, text);
  };
  await bench({ ...shared, name: 'lake sql, in this process', run }, note);
  await bench({ ...shared, name: 'lake sql, the command', run: () => command(lake, text) }, note);
  if (python) measurePython(group, python, lake, mean);
  else console.error('PYTHON BASELINES DID NOT RUN: SPYMASTER_INTEROP_PYTHON is not set');
} finally {
  rmSync(lake, { recursive: true, force: true });
}
