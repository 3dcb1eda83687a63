/**
 * A real hour of ES from its file to what a forecast sees: every second has a force, and sampled
 * seconds equal the formulas, straight from gold's rows.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  DISPLACEMENTS,
  type ForecastDay,
  MAX_DISPLACEMENT_TICKS,
} from '../../src/forecast/index.ts';
import {
  dateToUnixNs,
  loadContract,
  loadProducts,
  openPartition,
  type PartitionRef,
  type Product,
  productOf,
  rawTableFolder,
} from '../../src/lake/index.ts';
import { readForecastDay, runStage, STAGES } from '../../src/pipeline/index.ts';
import { type SlowRow, SlowWindow } from '../forecast/physics-slow.ts';
import { describeConformance } from './data.ts';

const DT = '2023-12-25';
const SYMBOL = 'ESH4';
const TICK = 250_000_000;
/** Every how many-th second is compared. */
const EVERY = 511;
/** Displacements that are compared, ticks. */
const PLACES = [-80, -41, -7, -1, 0, 1, 7, 41, 80];

const lake = mkdtempSync(join(tmpdir(), 'spymaster-force-'));
afterAll(() => rmSync(lake, { recursive: true, force: true }));

async function makeTables(file: string, product: Product): Promise<void> {
  const path = join(rawTableFolder(lake, 'future_mbo', 'ES'), '20231225.mbo.dbn.zst');
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(file, path);
  for (const stage of STAGES.filter((s) => s.productType === 'future_mbo')) {
    const symbol = stage.layer === 'bronze' ? 'ES' : SYMBOL;
    const task = { lake, productType: 'future_mbo', symbol, dt: DT, product } as const;
    await runStage(stage, { ...task, session: 'full' });
  }
}

/** Rows of gold by second, of seconds that `keep` wants; spot in ticks. */
async function goldSeconds(keep: (second: number) => boolean) {
  const ref: PartitionRef = {
    layer: 'gold',
    productType: 'future_mbo',
    table: 'physics_surface_1s',
    symbol: SYMBOL,
    dt: DT,
  };
  const names = ['spot_ref_price_int', 'rel_ticks', 'side', 'pressure_grad', 'u_near', 'u_p_slow'];
  const time = { name: 'window_end_ts_ns', origin: dateToUnixNs(DT) };
  const columns = [time, ...[...names, 'Omega'].map((name) => ({ name }))];
  const reader = await openPartition(lake, ref, loadContract(ref), columns);
  const seconds = new Map<number, { spot: number; rows: SlowRow[] }>();
  for (let batch = reader.next(); batch !== null; batch = reader.next()) {
    for (let i = 0; i < batch.rows; i++) {
      const second = batch.columns[0]![i]! / 1e9;
      if (!keep(second)) continue;
      const [, spot, step, side, g, uNear, uPSlow, omega] = batch.columns.map((c) => c[i]!);
      const rows = seconds.get(second)?.rows ?? [];
      const row = { step: step!, g: g!, uNear: uNear!, uPSlow: uPSlow!, omega: omega! };
      rows.push({ ...row, side: side === 0 ? 'A' : 'B' });
      seconds.set(second, { spot: spot! / TICK, rows });
    }
  }
  reader.close();
  return seconds;
}

/** What is wrong with window `i`, by the formulas. */
function differences(day: ForecastDay, i: number, spot: number, rows: SlowRow[]): string[] {
  const slow = new SlowWindow(rows);
  const { forceAtStep, dampingAtStep } = slow.solve();
  const wrong: string[] = [];
  const compare = (name: string, found: number, expected: number) => {
    const isClose = Math.abs(found - expected) <= 1e-6 * Math.max(1, Math.abs(expected));
    if (!isClose) wrong.push(`${day.endSecond[i]} s, ${name}: ${found}, not ${expected}`);
  };
  for (const d of PLACES) {
    const place = d + day.mid[i]! - spot;
    const force = SlowWindow.linear(forceAtStep, place);
    const damping = SlowWindow.linear(dampingAtStep, place);
    const found = day.force[i * DISPLACEMENTS + MAX_DISPLACEMENT_TICKS + d]!;
    compare(`force at ${d}`, found, force / (1 + damping));
  }
  const up = slow.run(1);
  const down = slow.run(-1);
  compare('wall up', day.wallUp[i]!, up.wall);
  compare('wall down', day.wallDown[i]!, down.wall);
  compare('vacuum up', day.vacuumUp[i]!, up.vacuum);
  compare('vacuum down', day.vacuumDown[i]!, down.vacuum);
  compare('reinforce up', day.reinforceUp[i]!, up.reinforce);
  compare('reinforce down', day.reinforceDown[i]!, down.reinforce);
  return wrong;
}

describeConformance('the force of a real hour', (pathOf) => {
  it('is there in every second, and that of the formulas', async () => {
    const product = productOf(loadProducts(), 'ES');
    await makeTables(pathOf('dbn/esh4-20231225.mbo.v1.dbn.zst'), product);
    const request = { product, productType: 'future_mbo', symbol: SYMBOL, dt: DT } as const;
    const { day } = await readForecastDay(lake, request);
    expect(day.windows).toBe(3600);
    expect(day.valid.every((valid) => valid === 1)).toBe(true);
    expect(day.force.every(Number.isFinite)).toBe(true);

    const sampled = day.endSecond.filter((_, i) => i % EVERY === EVERY - 1);
    const seconds = await goldSeconds((second) => sampled.includes(second));
    expect(seconds.size).toBe(7);
    const wrong = Array.from(seconds, ([second, { spot, rows }]) =>
      differences(day, day.endSecond.indexOf(second), spot, rows),
    );
    expect(wrong.flat()).toEqual([]);
  });
});
