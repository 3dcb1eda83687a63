/** The whole chain by its own commands on short synthetic days: orders to report. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ForecastParameters, ForecastProof } from '../../src/forecast/index.ts';
import { packageRoot } from '../../src/lake/index.ts';
import { runCli, temporaryFolder } from '../cli/run-cli.ts';

/** Each test starts several processes, which share the processors with other tests, ms. */
export const PATIENCE_MS = 600_000;
/** Fewest days of which three are held out, without which nothing can be proven. */
const DAYS = 10;
/** Hours of each day, New York: long enough to learn from, short enough for every build. */
const HOURS = ['--from', '09:30', '--to', '09:42'];
const SEED = 1;
const RATE = 60;
/** Ticks on each side of spot that tables hold: beyond what the force looks at. */
const GRID_TICKS = 100;

/** What a chain left behind. */
export interface Chain {
  lake: string;
  config: string;
  parameters: ForecastParameters;
  proof: ForecastProof;
  /** The report, HTML. */
  report: string;
}

/** The configuration as shipped, but with a narrow grid: half the rows, and the same book. */
function narrowConfig(): string {
  const folder = join(temporaryFolder(), 'config');
  const shipped = join(packageRoot(), 'config');
  cpSync(shipped, folder, { recursive: true });
  const text = readFileSync(join(shipped, 'products.yaml'), 'utf8');
  const narrow = text.replaceAll('grid_max_ticks: 200', `grid_max_ticks: ${GRID_TICKS}`);
  writeFileSync(join(folder, 'products.yaml'), narrow);
  return folder;
}

/** Runs a command on a chain's lake; it must succeed. */
export async function spymaster(
  { lake, config }: Pick<Chain, 'lake' | 'config'>,
  args: readonly string[],
): Promise<string> {
  const { code, stdout, stderr } = await runCli([...args, '--lake', lake, '--config', config]);
  expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

/** A file of the forecast. */
export function forecastFile(lake: string, name: string): string {
  return readFileSync(join(lake, 'forecast', 'ES', name), 'utf8');
}

/** A market whose moves lean on its book by `signal`, through every command to its report. */
export async function runChain(signal: number): Promise<Chain> {
  const at = { lake: join(temporaryFolder(), 'lake'), config: narrowConfig() };
  const market = ['--days', `${DAYS}`, '--seed', `${SEED}`, '--signal', `${signal}`];
  await spymaster(at, ['synth', '--symbol', 'ES', ...market, '--rate', `${RATE}`, ...HOURS]);
  await spymaster(at, ['pipeline', 'run', '--symbol', 'ES', '--workers', '1']);
  await spymaster(at, ['forecast', 'fit', '--root', 'ES', '--days', `${DAYS}`, ...HOURS]);
  await spymaster(at, ['forecast', 'report', '--root', 'ES']);
  const { lake } = at;
  return {
    ...at,
    parameters: JSON.parse(forecastFile(lake, 'physics_beta_gamma.json')),
    proof: JSON.parse(forecastFile(lake, 'physics_beta_gamma_eval.json')),
    report: forecastFile(lake, 'report.html'),
  };
}

/** Controls that show skill where nothing can be known, and causality and clock: must be empty. */
export function leaksOf({ controls, causality, clock }: ForecastProof): string[] {
  return [
    ...controls.filter((c) => c.flagged).map((c) => `${c.control} at ${c.horizon_s} s`),
    ...(causality.changed > 0 ? ['causality'] : []),
    ...(clock.flagged ? ['clock'] : []),
  ];
}
