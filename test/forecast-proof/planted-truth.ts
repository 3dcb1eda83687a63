/** What the synthetic market knew of its next move, beside what the forecast said. */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { NS_PER_SECOND } from '../../src/core/index.ts';
import { OUTCOMES, PROOF_HORIZONS_S, predictDay } from '../../src/forecast/index.ts';
import { dateToUnixNs, loadProducts, productOf, rawTableFolder } from '../../src/lake/index.ts';
import { readForecastDay } from '../../src/pipeline/index.ts';
import type { Chain } from './chain.ts';

/** Probabilities of up, of a move, at the end of one window. */
export interface SaidAndTrue {
  dt: string;
  /** Window's end, s of the day. */
  second: number;
  said: number;
  true: number;
}

/** True probability of up for each whole second of a day. */
async function truthOf(lake: string, dt: string): Promise<Map<number, number>> {
  const folder = rawTableFolder(lake, 'future_mbo', 'ES', 'truth');
  const file = join(folder, `dt=${dt}`, 'truth.parquet');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = await connection.runAndReadAll(
    `SELECT ts_recv, p_up FROM '${file}' WHERE direction = 0`,
  );
  connection.closeSync();
  const origin = dateToUnixNs(dt);
  return new Map(
    (rows.getRows() as [bigint, number][]).map(([ts, up]) => {
      return [Number(ts - origin) / NS_PER_SECOND, up];
    }),
  );
}

/** Windows of the days held out at which the forecast says something, for each horizon, s. */
export async function heldOut(
  { lake, config, parameters }: Chain,
  horizons: readonly number[],
): Promise<SaidAndTrue[][]> {
  const product = productOf(loadProducts(config), 'ES');
  const found = horizons.map((): SaidAndTrue[] => []);
  for (const dt of parameters.days.holdout) {
    const request = { product, productType: 'future_mbo', symbol: 'ESH6', dt } as const;
    const { day } = await readForecastDay(lake, request);
    const { probabilities } = predictDay(parameters, day);
    const truth = await truthOf(lake, dt);
    for (const [n, horizon] of horizons.entries()) {
      const p = probabilities[(PROOF_HORIZONS_S as readonly number[]).indexOf(horizon)]!;
      for (const [i, second] of day.endSecond.entries()) {
        const [down, up] = [p[i * OUTCOMES.length]!, p[i * OUTCOMES.length + 2]!];
        const known = truth.get(second);
        if (Number.isNaN(up) || known === undefined) continue;
        found[n]!.push({ dt, second, said: up / (up + down), true: known });
      }
    }
  }
  return found;
}

/** Pearson's correlation of what was said with what was true; NaN where either is constant. */
export function correlation(windows: readonly SaidAndTrue[]): number {
  const mean = (of: (w: SaidAndTrue) => number) =>
    windows.reduce((sum, w) => sum + of(w), 0) / windows.length;
  const [said, known] = [mean((w) => w.said), mean((w) => w.true)];
  const product = mean((w) => (w.said - said) * (w.true - known));
  const spread = mean((w) => (w.said - said) ** 2) * mean((w) => (w.true - known) ** 2);
  return product / Math.sqrt(spread);
}

/** The same windows, each beside the truth of `seconds` before. */
export function shifted(windows: readonly SaidAndTrue[], seconds: number): SaidAndTrue[] {
  const bySecond = new Map(windows.map((w) => [`${w.dt} ${w.second}`, w.true]));
  return windows.flatMap((w) => {
    const before = bySecond.get(`${w.dt} ${w.second - seconds}`);
    return before === undefined ? [] : [{ ...w, true: before }];
  });
}
