/** Days of synthetic ES that several benchmarks read; made once and kept in `.cache/bench`. */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { zstdCompressor } from '../src/dbn/index.ts';
import {
  dateToUnixNs,
  loadProducts,
  type Product,
  productOf,
  rawTableFolder,
  sessionTimeToNs,
} from '../src/lake/index.ts';
import { FuturesDay, futuresFileName, futuresSpecs } from '../src/synth/index.ts';

/** Session date of the days. */
export const DT = '2026-01-05';
/** Their contract. */
export const SYMBOL = 'ESH6';
const SEED = 1;
/** Mean records a second of the busy session: about 1,500 over the three hours. */
const RATE = 600;

/** A lake with a day that is drawn from 09:25 to `close` and whose session ends there. */
export interface Day {
  name: string;
  lake: string;
  product: Product;
  /** Unix ns of the session. */
  fromNs: bigint;
  toNs: bigint;
}

/** The raw day; its lake may hold tables of earlier runs. */
export async function makeDay(name: string, close: string): Promise<Day> {
  const lake = resolve('.cache', 'bench', `lake-es-${close.replace(':', '')}-rate${RATE}`);
  const es = productOf(loadProducts(), 'ES');
  const session = { ...es.session, regularOpen: '09:30', regularClose: close };
  const timeOf = (time: string) => sessionTimeToNs(DT, time, session.timeZone);
  const folder = rawTableFolder(lake, 'future_mbo', 'ES');
  const file = join(folder, futuresFileName(DT, 'mbo'));
  if (!existsSync(file)) {
    console.error(`making ${file}`);
    mkdirSync(folder, { recursive: true });
    const compress = await zstdCompressor();
    const options = { dt: DT, seed: SEED, signal: 0.5, rate: RATE, compress };
    const times = { startNs: timeOf('09:25'), endNs: timeOf(close) };
    const day = new FuturesDay(futuresSpecs('ES', DT).slice(0, 1), { ...options, ...times });
    writeFileSync(`${file}.part`, Buffer.concat([...day.pieces()]));
    renameSync(`${file}.part`, file);
  }
  const origin = dateToUnixNs(DT);
  const [fromNs, toNs] = [timeOf('09:30'), timeOf(close)].map((ns) => origin + BigInt(ns));
  return { name, lake, product: { ...es, session }, fromNs: fromNs!, toNs: toNs! };
}
