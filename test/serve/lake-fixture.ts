/**
 * A lake of synthetic days in a folder of its own, for the tests of the servers.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressor } from '../../src/dbn/index.ts';
import { rawTableFolder, SYNTHETIC_MARKER } from '../../src/lake/index.ts';
import { FuturesDay, futuresFileName, futuresSpecs } from '../../src/synth/index.ts';

/** 2026-01-05, a Monday in winter: New York is UTC-5. */
export const DT = '2026-01-05';
const HOUR_NS = 3600e9;

/** How a fixture's day is drawn. */
export interface FixtureDay {
  root?: string;
  dt?: string;
  seed?: number;
  rate?: number;
  /** Window, hours of the UTC day. */
  fromHour?: number;
  toHour?: number;
  compressed?: boolean;
  synthetic?: boolean;
}

/** A temporary lake with its cache; `drop` removes both. */
export interface LakeFixture {
  root: string;
  lake: string;
  cacheFolder: string;
  drop(): void;
}

/** Makes an empty lake. */
export function makeLake(): LakeFixture {
  const root = mkdtempSync(join(tmpdir(), 'spymaster-serve-'));
  return {
    root,
    lake: join(root, 'lake'),
    cacheFolder: join(root, 'cache'),
    drop: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Writes a day of the synthetic market into the lake; returns the file's path. */
export async function writeDay(fixture: LakeFixture, day: FixtureDay = {}): Promise<string> {
  const { root = 'ES', dt = DT, seed = 7, rate = 100, fromHour = 14.4, toHour = 14.7 } = day;
  const { compressed = true, synthetic = false } = day;
  const folder = rawTableFolder(fixture.lake, 'future_mbo', root);
  mkdirSync(folder, { recursive: true });
  if (synthetic) writeFileSync(join(folder, SYNTHETIC_MARKER), '{}');
  const market = new FuturesDay(futuresSpecs(root, dt), {
    seed,
    dt,
    rate,
    signal: 0.5,
    startNs: fromHour * HOUR_NS,
    endNs: toHour * HOUR_NS,
    ...(compressed ? { compress: await zstdCompressor() } : {}),
  });
  const path = join(folder, futuresFileName(dt, 'mbo', !compressed));
  writeFileSync(path, Buffer.concat([...market.pieces()]));
  return path;
}
