import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { MIN_DAYS } from '../../src/forecast/index.ts';
import { runCli, startCli, temporaryFolder } from './run-cli.ts';

/** The demo starts a process for each step, which share the processors with other tests, ms. */
const PATIENCE_MS = 600_000;
vi.setConfig({ testTimeout: PATIENCE_MS });

const PORTS = ['--port', '0', '--velocity-port', '0', '--web-port', '0'];

function demo(flags: readonly string[], folder = temporaryFolder()) {
  return startCli(['demo', ...PORTS, ...flags], folder);
}

/** A page as its own program reaches it. */
async function statusOf(page: string): Promise<number> {
  return (await fetch(page.replace('localhost', '127.0.0.1'))).status;
}

/** The first message of the stream that a page opens. */
async function openingOf(page: string, path: string) {
  const query = new URL(page).searchParams;
  const server = query.get('server');
  query.delete('server');
  query.delete('peer');
  const socket = new WebSocket(`ws://${server}${path}?${query}`);
  const [data] = await once(socket, 'message');
  socket.close();
  return JSON.parse(String(data));
}

describe('demo', () => {
  test('shows both pages, one link to the other; fits, reports, and starts at once again', async () => {
    const folder = temporaryFolder();
    const small = ['--minutes', '8', '--rate', '30', '--product', 'MNQ'];
    const flags = [...small, '--days', String(MIN_DAYS)];
    const run = demo(flags, folder);
    const [, pressure = ''] = await run.waitFor(/vacuum pressure {2}(\S+)/);
    const [, velocity = ''] = await run.waitFor(/velocity {9}(\S+)/);
    for (const page of [pressure, velocity]) {
      expect(await statusOf(page)).toBe(200);
      const { symbol, dt, start_time } = Object.fromEntries(new URL(page).searchParams);
      expect({ symbol, dt, start_time }).toEqual({
        symbol: 'MNQH6',
        dt: '2026-01-12',
        start_time: '09:30',
      });
    }
    expect(new URL(pressure).searchParams.get('peer')).toBe(
      new URL(velocity).searchParams.get('server'),
    );
    const before = await openingOf(velocity, '/v1/velocity/stream');
    expect(before.forecast).toMatchObject({ available: false, status: 'none' });
    const [, report = ''] = await run.waitFor(/report {11}(\S+)/);
    expect(readFileSync(fileURLToPath(report), 'utf8')).toMatch(/^<!doctype html>/i);
    const after = await openingOf(velocity, '/v1/velocity/stream');
    expect(after.forecast).toMatchObject({ available: true, status: 'unproven' });
    expect(after.forecast.reason).toContain('held out');
    await run.waitFor(/Ctrl-C stops everything/);
    run.interrupt();
    expect((await run.result).code).toBe(0);

    const again = demo(flags, folder);
    await again.waitFor(/forecast {9}unproven: .*held out/);
    await again.waitFor(/report {11}\S+/);
    again.interrupt();
    const { code, stderr } = await again.result;
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'spymaster: stopped\n' });
  });

  test('an interrupt while something is made ends it with 0 and leaves nothing half-done', async () => {
    const folder = temporaryFolder();
    const run = demo(['--rate', '5000', '--days', '1'], folder);
    await run.waitFor(/orders/);
    run.interrupt();
    const { code, stdout, stderr } = await run.result;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('spymaster: stopped');
    expect(existsSync(`${folder}/lake`)).toBe(false);
  });

  test('has the options of a day; says that one day makes no forecast', async () => {
    const run = demo(['--minutes', '7', '--rate', '20', '--days', '1']);
    const [, velocity = ''] = await run.waitFor(/velocity {9}(\S+)/);
    const opening = await openingOf(velocity, '/v1/velocity/stream');
    expect(opening.options).toMatchObject({ available: true, symbol: 'ESH6' });
    const [, why = ''] = await run.waitFor(/forecast {9}(.*)\n/);
    expect(why).toBe(`none: it takes ${MIN_DAYS} days at least (--days ${MIN_DAYS})`);
    run.interrupt();
    expect((await run.result).code).toBe(0);
  });

  test.each(['--port', '--velocity-port', '--web-port'])(
    'a %s that is taken is told before anything is made',
    async (flag) => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const result = await runCli(['demo', ...PORTS, flag, String(port)]);
      server.close();
      expect(result.code).toBe(1);
      expect(result.stderr).toContain(`port ${port}: another program listens`);
      expect(result.stderr).toContain(flag);
      expect(result.stderr).not.toContain('orders');
    },
  );
});
