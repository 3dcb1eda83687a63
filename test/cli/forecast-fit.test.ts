import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadParameters, parametersPath } from '../../src/pipeline/index.ts';
import { publishPlantedDays } from './forecast-days-lake.ts';
import { runHere } from './run-cli.ts';

let lake: string;
let dates: string[];

const fitHere = (...args: string[]) => runHere(['forecast', 'fit', '--lake', lake, ...args]);

beforeAll(async () => {
  lake = mkdtempSync(join(tmpdir(), 'spymaster-fit-'));
  dates = await publishPlantedDays(lake, 6);
}, 120_000);

afterAll(() => rmSync(lake, { recursive: true, force: true }));

describe('forecast fit', () => {
  it('fits six days, proves on the last two, and writes both', async () => {
    const { code, stdout, stderr } = await fitHere('--root', 'ES');
    expect(code, stderr).toBe(0);
    const { parameters } = loadParameters(lake, 'ES', 'future_mbo');
    expect(parameters.days).toEqual({
      train: dates.slice(0, 3),
      calibrate: dates.slice(3, 4),
      holdout: dates.slice(4),
    });
    expect(parameters.inputs).toHaveLength(3 * 6);
    expect(parameters.session).toEqual({
      time_zone: 'America/New_York',
      from: '09:30',
      to: '12:30',
    });
    expect(parameters.status).toBe('unproven');
    expect(existsSync(join(lake, 'forecast', 'ES', 'physics_beta_gamma_eval.json'))).toBe(true);
    expect(stdout).toContain('ES future_mbo: 3 days to train, 1 to calibrate, 2 held out');
    expect(stdout).toMatch(/beta [\d.e-]+ \(±/);
    expect(stderr).toContain('6 days instead of 20');
    expect(stderr).toContain('no day has options');
    expect(stderr).toContain('6 days have fewer windows than 09:30 to 12:30 hold: 240 to 240');
  }, 60_000);

  it('gives the same bytes again, however many days are read at a time', async () => {
    const before = readFileSync(parametersPath(lake, 'ES'), 'utf8');
    const { code, stdout } = await fitHere('--root', 'ES', '--workers', '3', '--json');
    expect(code).toBe(0);
    expect(readFileSync(parametersPath(lake, 'ES'), 'utf8')).toBe(before);
    expect(JSON.parse(stdout)).toEqual({
      path: parametersPath(lake, 'ES'),
      ...JSON.parse(before),
    });
  }, 60_000);

  it('says what it cannot do, and leaves what was there', async () => {
    const before = readFileSync(parametersPath(lake, 'ES'), 'utf8');
    const cases: [args: string[], code: number, said: RegExp][] = [
      [['--root', 'ESH6'], 2, /ESH6 is a contract, expected --root ES/],
      [['--root', 'XX'], 2, /PRODUCT_UNKNOWN/],
      [['--root', 'ES', '--product-type', 'future_option_mbo'], 2, /cannot be forecast as/],
      [['--root', 'ES', '--dates', '2026-01-05:2026-01-08'], 3, /found 4 days/],
      [['--root', 'QQQ'], 3, /found 0 days/],
      [['--root', 'ES', '--days', '5'], 2, /from 6 to 250/],
      [['--root', 'ES', '--from', '25:00'], 2, /not a time of day/],
      [
        ['--root', 'ES', '--from', '09:30', '--to', '09:30:20'],
        4,
        /no window of the training days/,
      ],
    ];
    for (const [args, code, said] of cases) {
      const result = await fitHere(...args);
      expect(result.stderr).toMatch(said);
      expect(result.code, args.join(' ')).toBe(code);
    }
    expect(readFileSync(parametersPath(lake, 'ES'), 'utf8')).toBe(before);
  }, 60_000);
});
