import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/lake/index.ts';
import { runCli, startCli, temporaryFolder } from './run-cli.ts';
import { TINY_MARKET, tinyBytes, writeTiny } from './tiny-files.ts';

const MAIN = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');

/** Every file below a folder. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

async function listening() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as { port: number }).port };
}

describe('the process', () => {
  test('a reader that leaves (| head) is no error', async () => {
    const many = Array.from({ length: 2000 }, () => TINY_MARKET).flat();
    const file = await writeTiny(join(temporaryFolder(), 'many.dbn'), tinyBytes(many));
    const child = spawn(process.execPath, [MAIN, 'dbn', 'cat', file]);
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = await once(child, 'close');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('an interrupt stops at a safe point and leaves nothing half-done', async () => {
    const folder = temporaryFolder();
    const run = startCli(['synth', '--rate', '3000', '--seed', '3'], folder);
    while (filesIn(folder).length === 0) await new Promise((done) => setTimeout(done, 20));
    // Under npm, Ctrl-C arrives twice.
    run.interrupt();
    run.interrupt();
    const result = await run.result;
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('interrupted');
    expect(filesIn(folder)).toEqual([]);
  });

  test('a missing folder is one line', async () => {
    const result = await runCli(['dbn', 'info', '/nonexistent/file.dbn']);
    expect(result.code).toBe(3);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('serve', () => {
  test('prints ready-made URLs, answers, and stops on an interrupt', async () => {
    const lake = join(temporaryFolder(), 'lake');
    const days = ['--from', '09:25', '--to', '09:27', '--rate', '20', '--lake', lake];
    expect((await runCli(['synth', ...days])).code).toBe(0);
    const ports = ['--port', '0', '--velocity-port', '0', '--web-port', '0'];
    const flags = ['--lake', lake, '--start-time', '09:26', '--speed', '2'];
    const run = startCli(['serve', 'all', ...ports, ...flags]);
    const [, page = ''] = await run.waitFor(/page {4}(\S+vacuum-pressure.html\S+)\n/);
    const [, socket = ''] = await run.waitFor(/socket {2}(\S+vacuum-pressure\S+)\n/);
    const parameters = new URL(socket).searchParams;
    expect(Object.fromEntries(parameters)).toEqual({
      product_type: 'future_mbo',
      symbol: 'ES',
      dt: '2026-01-05',
      start_time: '09:26',
      speed: '2',
      throttle_ms: '25',
    });
    expect(new URL(page).searchParams.get('server')).toBe(new URL(socket).host);
    const html = await fetch(page.replace('localhost', '127.0.0.1'));
    expect(html.status).toBe(200);
    const health = new URL('/health', socket.replace('ws:', 'http:'));
    health.hostname = '127.0.0.1';
    // A busy machine makes the event loop late, which the server rightly calls degraded.
    const answer = (await (await fetch(health)).json()) as { status: string };
    expect(['ready', 'degraded']).toContain(answer.status);
    run.interrupt();
    expect((await run.result).code).toBe(0);
  });

  test('a port that is taken is told, and nothing stays', async () => {
    const { server, port } = await listening();
    const ports = ['--port', String(port), '--velocity-port', '0', '--web-port', '0'];
    const result = await runCli(['serve', 'all', ...ports]);
    server.close();
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(new RegExp(`PORT_IN_USE: port ${port}`));
  });

  test('another host needs a token', async () => {
    const result = await runCli(['serve', 'vacuum-pressure', '--host', '0.0.0.0', '--port', '0']);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('--token');
  });
});
