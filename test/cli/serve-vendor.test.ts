/** `spymaster serve vendor`, as a process: what it prints works, and an interrupt ends it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/lake/index.ts';
import { GATEWAY_FAULTS, HISTORICAL_FAULTS } from '../../src/vendor/index.ts';
import { DATASET, DAYS, makeTestFolder } from '../vendor/historical-data.ts';
import { runHere, temporaryFolder } from './run-cli.ts';

const MAIN = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');

it('prints two addresses, a key and commands, serves, and ends at an interrupt', async () => {
  const folder = await makeTestFolder();
  const pem = join(folder.path, 'trust.pem');
  const flags = ['--data', folder.path, '--port', '0', '--live-port', '0', '--certificate', pem];
  const faults = ['--fault', 'server-error@metadata.list_schemas', '--fault', 'split-lines'];
  const child = spawn(process.execPath, [MAIN, 'serve', 'vendor', ...flags, ...faults]);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.includes('curl')) break;
  }
  const said = (name: string) => lines.find((line) => line.startsWith(name))!.split(/\s+/);
  expect(lines[0]).toBe(`replayed data, not the vendor: ${DATASET} ${DAYS[0]}..${DAYS[1]}`);
  const [url, key] = [said('historical')[1]!, said('key')[1]!];
  expect(key).toMatch(/^db-[A-Za-z0-9]{29}$/);
  expect(said('live')[1]).toMatch(/^127\.0\.0\.1:\d+$/);
  const days = `--start ${DAYS[0]} --end ${DAYS[1]}`;
  expect(lines.join('\n')).toContain(`download futures cost ${days} --symbols ES`);
  const headers = { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` };
  const schemas = `${url}/v0/metadata.list_schemas?dataset=${DATASET}`;
  expect((await fetch(schemas, { headers })).status).toBe(500);
  expect(await (await fetch(schemas, { headers })).json()).toContain('mbo');
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  folder.remove();
});

it('lists every fault of both stand-ins', async () => {
  const { code, stdout } = await runHere(['serve', 'vendor', '--list-faults']);
  expect(code).toBe(0);
  for (const name of [...Object.keys(HISTORICAL_FAULTS), ...Object.keys(GATEWAY_FAULTS)]) {
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  }
});

it.each([
  [['--data', '/no/such/folder'], /\/no\/such\/folder/],
  [[], /--data is missing/],
  [['--fault', 'nothing'], /not a fault.*nothing.*--list-faults/s],
  [['--key', 'db-short'], /8 characters that are not shown/],
  [['--at-end', 'x'], /stay, close or loop/],
])('refuses %j with words', async (flags, text) => {
  const { code, stderr } = await runHere(['serve', 'vendor', ...flags]);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(text);
  expect(stderr).not.toContain('db-short');
});

it('says so when a folder has nothing to serve', async () => {
  const folder = temporaryFolder();
  const { code, stderr } = await runHere(['serve', 'vendor', '--data', folder]);
  expect(code).not.toBe(0);
  expect(stderr).toContain('no DBN file can be served');
  rmSync(folder, { recursive: true });
});
