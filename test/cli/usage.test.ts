import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import { runCli, runHere, temporaryFolder } from './run-cli.ts';

describe('command line', () => {
  test('every command that runs has a description and an example', () => {
    const lacking: string[] = [];
    const walk = (command: ReturnType<typeof buildProgram>, path: string) => {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      if (!/Examples?:\n {2}\$ spymaster /.test(help)) lacking.push(path);
      for (const child of command.commands)
        walk(child as typeof command, `${path} ${child.name()}`);
    };
    walk(buildProgram(), 'spymaster');
    expect(lacking).toEqual([]);
  });

  test('--help and --version answer with 0', async () => {
    const help = await runCli(['book', '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('--every');
    const version = await runCli(['--version']);
    expect(version).toMatchObject({ code: 0 });
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    [[]],
    [['bogus']],
    [['book']],
    [['book', '--levels', '0', 'x']],
    [['book', '--every', 'tuesday', 'x']],
    [['dbn', 'cat', 'a', 'b']],
    [['synth', '--seed', '1.5']],
    [['synth', '--days', '1', '--dates', '2026-01-05']],
    [['synth', '--dates', '2026-02-30']],
    [['synth', '--dates', '2026-01-06:2026-01-05']],
    [['synth', '--symbol', 'ZZZ']],
    [['synth', '--product-type', 'bond_mbo']],
    [['serve', 'nothing']],
  ])('wrong usage exits with 2: %j', async (args) => {
    expect(await runHere(args)).toMatchObject({ code: 2 });
  });

  test('a range without a trading day exits with 3 and says what is there', async () => {
    const result = await runHere(['synth', '--dates', '2026-01-10:2026-01-11']);
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('2026-01-12');
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('--print-config shows values with their origin and runs nothing', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, '.env'), 'DATABENTO_API_KEY=db-verysecretvalue12345\n');
    const result = await runCli(['serve', 'all', '--lake', 'here', '--print-config'], {
      cwd,
      env: { SPYMASTER_WEB_PORT: '6000' },
    });
    expect(result.code).toBe(0);
    const shown = JSON.parse(result.stdout);
    expect(shown.lake).toEqual({ value: 'here', origin: 'flag' });
    expect(shown.web_port).toEqual({ value: 6000, origin: 'environment SPYMASTER_WEB_PORT' });
    expect(shown.databento_api_key.value).toBe('…12345');
    expect(shown.databento_api_key.origin).toBe('.env DATABENTO_API_KEY');
  });

  test('a wrong setting is told with its origin', async () => {
    const result = await runCli(['doctor'], { env: { SPYMASTER_LOG_LEVEL: 'loud' } });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('log_level (from environment SPYMASTER_LOG_LEVEL)');
  });
});

describe('doctor', () => {
  test('lists every finding as JSON', async () => {
    const { stdout } = await runHere(['doctor', '--json']);
    const findings = JSON.parse(stdout) as { what: string; status: string; fix: string }[];
    expect(findings.map((f) => f.what)).toEqual([
      'node',
      'page',
      'config',
      'lake',
      'cache',
      'memory',
      'clock',
      'port',
      'web port',
      'raw data',
      'tables',
      'vendor key',
    ]);
    const unfixable = findings.filter((f) => f.status !== 'ok' && f.fix === '');
    expect(unfixable).toEqual([]);
  });

  test('a port that is taken and a lake that cannot be written are told', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const { port } = server.address() as { port: number };
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const { code, stdout } = await runHere([
      'doctor',
      '--json',
      '--port',
      String(port),
      '--lake',
      join(file, 'lake'),
    ]);
    server.close();
    const findings = JSON.parse(stdout) as { what: string; status: string }[];
    const status = (what: string) => findings.find((f) => f.what === what)?.status;
    expect(status('port')).toBe('warning');
    expect(status('lake')).toBe('problem');
    expect(code).toBe(1);
  });

  test('tables that are not complete or damaged are told', async () => {
    const lake = temporaryFolder();
    const table = join(lake, 'gold/product_type=future_mbo/symbol=ESH6/table=physics_surface_1s');
    const tables = async () => {
      const { stdout } = await runHere(['doctor', '--json', '--lake', lake]);
      const findings = JSON.parse(stdout) as { what: string; status: string; found: string }[];
      return findings.find((f) => f.what === 'tables');
    };
    expect(await tables()).toMatchObject({
      status: 'ok',
      found: expect.stringMatching(/^0 partitions/),
    });
    mkdirSync(join(table, 'dt=2026-01-05'), { recursive: true });
    expect(await tables()).toMatchObject({
      status: 'warning',
      found: expect.stringMatching(/^1 partitions, 1 not/),
    });
    writeFileSync(join(table, 'dt=2026-01-05', '_SUCCESS'), 'not a hash');
    expect(await tables()).toMatchObject({ status: 'problem' });
  });
});
