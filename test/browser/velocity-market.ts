/**
 * What the velocity page's tests run against: a seeded synthetic morning of a future and its
 * options, made into tables by the real pipeline, the real servers on it, and parameters of a
 * forecast that nobody proved.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  FEATURE_NAMES,
  type HorizonModel,
  MOVE_SIZE_LEVELS,
  PROOF_HORIZONS_S,
} from '../../src/forecast/index.ts';
import { makeParameters, saveParameters } from '../../src/pipeline/index.ts';
import { checkBuilt, runProgram, ServerProcess } from './market.ts';

/** The session that the tests watch. */
export const VELOCITY_MARKET = {
  root: 'ES',
  symbol: 'ESH6',
  date: '2026-01-05',
  /** First and last minute written, New York time. */
  from: '09:29',
  to: '09:34',
  seed: '7',
  rate: '120',
} as const;

/** Why the forecast is unproven, as every screen must say. */
export const UNPROVEN_REASON = 'made for a test, proven by nobody';

function modelOf(horizon: number): HorizonModel {
  const slope = FEATURE_NAMES.map((name) => (name === 'queue_imbalance' ? 0.4 : 0.05));
  const level = Math.log(1 + 4 / horizon);
  const even = { from: [0, 1], to: [0, 1] };
  const sizes = Array.from({ length: MOVE_SIZE_LEVELS }, (_, i) => 0.5 + (i * horizon) / 60);
  return {
    horizon_s: horizon,
    means: FEATURE_NAMES.map(() => 0),
    scales: FEATURE_NAMES.map(() => 1),
    l2: 1,
    weights: [
      [0, ...slope.map((w) => -w)],
      [level, ...slope.map(() => 0)],
      [0, ...slope],
    ],
    calibration: { down: even, flat: even, up: even },
    move_sizes: { down: sizes, up: sizes },
    samples: { train: 0, calibrate: 0 },
  };
}

/** Writes parameters with a little skill at 1 s, none to speak of later, and no proof. */
function writeParameters(lake: string): void {
  const day = VELOCITY_MARKET.date;
  const fitted = {
    beta: { value: 0.2, standard_error: 0.01 },
    gamma: { value: 0.8, standard_error: 0.01 },
    train_samples: 1000,
    features: { names: [...FEATURE_NAMES] },
    horizons: PROOF_HORIZONS_S.map(modelOf),
  };
  const origin = {
    root: VELOCITY_MARKET.root,
    productType: 'future_mbo',
    days: { train: [day], calibrate: [day], holdout: [day, day, day] },
    session: { time_zone: 'America/New_York', from: '09:30', to: '12:30' },
    inputs: [],
    codeVersion: 'test',
  };
  const skill = PROOF_HORIZONS_S.map((horizon_s) => {
    const value = horizon_s === 1 ? 0.03 : -0.01;
    const interval = { low: value - 0.02, high: value + 0.02 };
    return { horizon_s, skill: value, ...interval, baseline: 'queue imbalance' };
  });
  saveParameters(lake, { ...makeParameters(fitted, origin), reasons: [UNPROVEN_REASON], skill });
}

/** A folder with the tables of a morning, the servers on it, and the page's address. */
export class VelocityMarket {
  readonly folder: string;
  private readonly web: ServerProcess;
  /** Sends the unproven forecast, called so. */
  private stream: ServerProcess;
  /** Withholds what is not proven. */
  private readonly strict: ServerProcess;

  private constructor(
    folder: string,
    web: ServerProcess,
    stream: ServerProcess,
    strict: ServerProcess,
  ) {
    this.folder = folder;
    this.web = web;
    this.stream = stream;
    this.strict = strict;
  }

  /** @throws Error when the program or the page has not been built. */
  static async open(): Promise<VelocityMarket> {
    checkBuilt('index.html');
    const folder = await mkdtemp(join(tmpdir(), 'spymaster-velocity-'));
    const lake = join(folder, 'lake');
    const { root, date, from, to, seed, rate } = VELOCITY_MARKET;
    const days = ['--symbol', root, '--dates', date, '--lake', lake];
    const shape = ['--from', from, '--to', to, '--seed', seed, '--signal', '0.6', '--rate', rate];
    for (const type of ['future_mbo', 'future_option_mbo']) {
      const product = ['--product-type', type, ...days];
      await runProgram(['synth', ...product, ...shape]);
      await runProgram(['pipeline', 'run', ...product, '--layer', 'all']);
    }
    writeParameters(lake);
    const web = await ServerProcess.start(['web', '--web-port', '0']);
    const stream = await VelocityMarket.serve(lake, '0', ['--allow-unproven']);
    return new VelocityMarket(folder, web, stream, await VelocityMarket.serve(lake, '0', []));
  }

  private static serve(lake: string, port: string, more: readonly string[]) {
    return ServerProcess.start(['velocity', '--port', port, '--lake', lake, ...more]);
  }

  /** `host:port` of the stream's server. */
  get server(): string {
    return new URL(this.stream.url).searchParams.get('server')!;
  }

  /** `host:port` of the server that withholds what is not proven. */
  get strictServer(): string {
    return new URL(this.strict.url).searchParams.get('server')!;
  }

  /** The page's address with parameters of the stream and the view. */
  page(parameters: Record<string, string> = {}): string {
    const url = new URL('/', this.web.url);
    const stream = { symbol: VELOCITY_MARKET.symbol, dt: VELOCITY_MARKET.date };
    const all = { ...stream, start_time: '09:30', server: this.server, ...parameters };
    for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
    return url.href;
  }

  /** Kills the stream's server as a crash would; `revive` starts another one on the same port. */
  async crash(): Promise<void> {
    await this.stream.kill();
  }

  /** See `crash`. */
  async revive(): Promise<void> {
    const port = this.server.split(':').at(-1)!;
    const lake = join(this.folder, 'lake');
    this.stream = await VelocityMarket.serve(lake, port, ['--allow-unproven']);
  }

  /** Ends the servers and removes the folder. */
  async close(): Promise<void> {
    await Promise.all([this.stream.kill(), this.strict.kill(), this.web.kill()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}
