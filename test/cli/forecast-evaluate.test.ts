import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishPlanted, publishPlantedDays } from './forecast-days-lake.ts';
import { type CliResult, runHere } from './run-cli.ts';

let lake: string;
let dates: string[];
let fitted: CliResult;

function forecast(...args: string[]): Promise<CliResult> {
  return runHere(['forecast', ...args, '--lake', lake]);
}

function fileOf(name: string): string {
  return join(lake, 'forecast', 'ES', name);
}

const PARAMETERS = 'physics_beta_gamma.json';
const EVALUATION = 'physics_beta_gamma_eval.json';

beforeAll(async () => {
  lake = mkdtempSync(join(tmpdir(), 'spymaster-evaluate-'));
  dates = await publishPlantedDays(lake, 6);
  fitted = await forecast('fit', '--root', 'ES', '--to', '09:40', '--workers', '2');
}, 120_000);

afterAll(() => rmSync(lake, { recursive: true, force: true }));

describe('forecast evaluate', () => {
  it('finds what the fit found, byte for byte', async () => {
    expect({ code: fitted.code, stderr: fitted.stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('6 days instead of 20'),
    });
    const before = [PARAMETERS, EVALUATION].map((name) => readFileSync(fileOf(name), 'utf8'));
    const { code, stdout } = await forecast('evaluate', '--root', 'ES', '--workers', '2', '--json');
    expect(code).toBe(0);
    const after = [PARAMETERS, EVALUATION].map((name) => readFileSync(fileOf(name), 'utf8'));
    expect(after).toEqual(before);
    const told = JSON.parse(stdout);
    const { status, reasons, skill, days } = JSON.parse(after[0]);
    expect(days.holdout).toEqual(dates.slice(-2));
    expect(told).toMatchObject({ status, reasons, skill, path: fileOf(EVALUATION) });
    // Two days held out give no interval: honest, and said so.
    expect(status).toBe('unproven');
    expect(reasons[0]).toBe('only 2 days were held out, and an interval needs 3');
    expect(skill.map((s: { low: unknown }) => s.low)).toEqual(Array(6).fill(null));
  });

  it('tells it in words and as a table, and leaves the walk forward out when asked', async () => {
    const { code, stdout } = await forecast(
      'evaluate',
      '--root',
      'ES',
      '--workers',
      '2',
      '--no-walk',
    );
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^Unproven: only 2 days were held out/);
    expect(lines[1]).toBe('status: unproven');
    expect(lines.filter((line) => /^\d+ s +/.test(line))).toHaveLength(6);
    expect(stdout).toContain('interval unknown');
    const evaluation = JSON.parse(readFileSync(fileOf(EVALUATION), 'utf8'));
    expect(evaluation.walk_forward).toEqual([]);
    expect(evaluation.horizons[0].skill.value).not.toBeNull();
  });

  it('refuses what it cannot prove: no parameters, an unknown root, changed tables', async () => {
    expect(await forecast('evaluate', '--root', 'NQ')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/FILE_NOT_FOUND.*forecast fit --root NQ/),
    });
    expect((await forecast('evaluate', '--root', 'NOPE')).code).toBe(2);
    await publishPlanted(lake, dates[0], 1);
    const stale = await forecast('evaluate', '--root', 'ES');
    expect(stale.code).toBe(4);
    expect(stale.stderr).toMatch(/PARAMETERS.*stale.*2026-01-05/);
    await publishPlanted(lake, dates[0], 900);
    expect((await forecast('report', '--root', 'ES')).code).toBe(0);
  });
});

describe('forecast report', () => {
  it('writes one page beside the evaluation, or where it is told', async () => {
    const { code, stdout } = await forecast('report', '--root', 'ES');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${fileOf('report.html')}\n` });
    const html = readFileSync(fileOf('report.html'), 'utf8');
    expect(html).toContain('only 2 days were held out');
    expect(html).toContain('gold.future_mbo.microstructure_1s');
    const out = join(lake, 'elsewhere.html');
    expect((await forecast('report', '--root', 'ES', '--out', out)).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(html);
  });

  it('refuses an evaluation that is not there', async () => {
    const kept = join(lake, 'kept.json');
    copyFileSync(fileOf(EVALUATION), kept);
    rmSync(fileOf(EVALUATION));
    expect(await forecast('report', '--root', 'ES')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/there is no evaluation of ES.*forecast evaluate --root ES/),
    });
    copyFileSync(kept, fileOf(EVALUATION));
    expect((await forecast('report', '--root', 'ES')).code).toBe(0);
  });
});
