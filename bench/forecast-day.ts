/**
 * A three-hour ES day from gold to what a forecast is fitted on: 10,800 windows of force, walls and
 * microstructure, out of millions of sparse rows. Beside it the rows alone: what the lake's reader
 * takes for the same columns.
 *
 * A day takes seconds, so that it is read twice and the second is told; processor time of all
 * threads is in the note, for the machine's other work is not in it.
 */
import { assert } from '../src/core/index.ts';
import { loadContract, openPartition, type PartitionRef } from '../src/lake/index.ts';
import { readForecastDay, runStage, STAGES } from '../src/pipeline/index.ts';
import { type Day, DT, makeDay, SYMBOL } from './es-day.ts';
import { report } from './harness.ts';

/** From the budget of a fit: 20 days in three minutes, fit and evaluation included. */
const WINDOWS_PER_SECOND = 10_800 / 5;
const GROUP = 'A day for the forecast: three hours of synthetic ES';

async function makeTables({ lake, product }: Day): Promise<void> {
  for (const stage of STAGES.filter((s) => s.productType === 'future_mbo')) {
    const symbol = stage.layer === 'bronze' ? 'ES' : SYMBOL;
    await runStage(stage, {
      lake,
      productType: 'future_mbo',
      symbol,
      dt: DT,
      product,
      session: 'regular',
    });
  }
}

async function told(
  name: string,
  unit: string,
  atLeast: number | null,
  run: () => Promise<number>,
): Promise<void> {
  await run();
  const before = process.cpuUsage();
  const start = performance.now();
  const count = await run();
  const seconds = (performance.now() - start) / 1000;
  const cpu = process.cpuUsage(before);
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  const perSecond = count / seconds;
  report({
    group: GROUP,
    name,
    unit,
    count,
    perSecond,
    slowest: perSecond,
    fastest: perSecond,
    nsEach: (seconds / count) * 1e9,
    megabytesPerSecond: null,
    bytesEach: null,
    residentMegabytes: process.memoryUsage().rss / 1e6,
    atLeast,
    note: `one run of ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of processor`,
  });
}

async function readRows({ lake }: Day): Promise<number> {
  const ref: PartitionRef = {
    layer: 'gold',
    productType: 'future_mbo',
    table: 'physics_surface_1s',
    symbol: SYMBOL,
    dt: DT,
  };
  const names = ['window_end_ts_ns', 'rel_ticks', 'side', 'pressure_grad', 'u_near', 'u_p_slow'];
  const columns = [...names, 'Omega'].map((name) =>
    name === 'window_end_ts_ns' ? { name, as: 'lanes' as const } : { name },
  );
  const reader = await openPartition(lake, ref, loadContract(ref), columns);
  let rows = 0;
  for (let batch = reader.next(); batch !== null; batch = reader.next()) rows += batch.rows;
  reader.close();
  return rows;
}

async function readDay({ lake, product }: Day): Promise<number> {
  const request = { product, productType: 'future_mbo', symbol: SYMBOL, dt: DT } as const;
  const { day } = await readForecastDay(lake, request);
  assert(
    day.valid.every((valid, i) => valid === 0 || Number.isFinite(day.forceHere[i]!)),
    'every valid window has a force',
  );
  return day.windows;
}

const day = await makeDay('three hours of synthetic ES', '12:30');
await makeTables(day);
await told('rows of the surface alone', 'rows', null, () => readRows(day));
await told('session with force and walls', 'windows', WINDOWS_PER_SECOND, () => readDay(day));
