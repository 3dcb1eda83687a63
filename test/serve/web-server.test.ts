import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebServer } from '../../src/serve/index.ts';

let root: string;
let server: Awaited<ReturnType<typeof createWebServer>>;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'spymaster-web-'));
  const folder = join(root, 'web');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(root, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>first page</title>');
  writeFileSync(join(folder, 'vacuum-pressure.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'assets', 'page-abc123.js'), 'export {};');
  server = await createWebServer({ folder, port: 0, logLevel: 'silent' });
});

afterAll(async () => {
  await server?.close();
  rmSync(root, { recursive: true, force: true });
});

const get = (path: string) =>
  fetch(`http://127.0.0.1:${server.port}${path}`, { redirect: 'manual' });

describe('the page server', () => {
  it('serves the first page at /, whatever the query', async () => {
    const answer = await get('/?symbol=ESH6&dt=2026-01-05');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('first page');
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  it('serves pages that are asked for again and assets that are not', async () => {
    const page = await get('/vacuum-pressure.html?symbol=ESH6');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/text\/html/);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect((await get('/assets/page-abc123.js')).headers.get('cache-control')).toMatch(/immutable/);
  });

  it('lets nothing else in or out', async () => {
    const { headers } = await get('/vacuum-pressure.html');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain('ws://localhost:*');
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/nothing']) {
      expect((await get(path)).status).toBeGreaterThanOrEqual(400);
    }
  });

  it('says what is missing', async () => {
    const missing = createWebServer({ folder: join(root, 'none'), port: 0, logLevel: 'silent' });
    await expect(missing).rejects.toMatchObject({
      message: expect.stringMatching(/npm run build/),
    });
    const taken = createWebServer({ folder: root, port: server.port, logLevel: 'silent' });
    await expect(taken).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  });
});
