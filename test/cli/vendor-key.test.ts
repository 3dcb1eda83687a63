/**
 * The vendor's key is in nothing that the program says, writes or answers: real processes against
 * stand-ins, some of which repeat to the client all that they know of its key.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ApiKey, HistoricalClient } from '../../src/databento/index.ts';
import {
  startVendorGateway,
  startVendorHistorical,
  type VendorGateway,
  type VendorHistorical,
} from '../../src/vendor/index.ts';
import { failure, liveHeader, mapping, order, system } from '../databento/live-records.ts';
import {
  acceptLogin,
  type Peer,
  readSubscriptions,
  type ScriptedGateway,
  scriptedGateway,
} from '../databento/live-scripted-gateway.ts';
import { makeTestFolder, type TestFolder } from '../vendor/historical-data.ts';
import { liveFolder } from '../vendor/live-data.ts';
import { BASIC, Evidence, KEY } from './key-evidence.ts';

const PACE = ['--pause-seconds', '0', '--poll-interval', '0.02', '--settle-seconds', '0.02'];
const DAYS = ['--start', '2026-01-05', '--end', '2026-01-05'];
const FUTURES = ['--include-futures', '--options-schemas', 'none'];

/** How long a stream is watched, ms. */
const WATCHED_MS = 1500;

let evidence: Evidence;
beforeEach(() => {
  evidence = new Evidence();
});
afterEach(() => {
  evidence.close();
});

describe('downloads', () => {
  let data: TestFolder;
  let vendor: VendorHistorical;

  beforeAll(async () => {
    data = await makeTestFolder();
    const jobs = { by: 'clock', queued: 0, processing: 0 } as const;
    vendor = await startVendorHistorical({ data: data.path, key: KEY, jobs });
  });
  afterAll(async () => {
    await vendor.close();
    data.remove();
  });
  afterEach(() => vendor.faults.clear());

  function where(url = vendor.url): string[] {
    return ['--historical-url', url, '--lake', join(evidence.folder, 'lake')];
  }

  function download(what: string, ...more: string[]) {
    const log = ['--log-file', join(evidence.folder, 'logs', 'all.log')];
    const flags = what === 'poll' ? [] : [...DAYS, ...FUTURES];
    const pace = what === 'daemon' ? [...PACE, ...log] : what === 'cost' ? [] : log;
    return evidence.run(['download', 'futures', what, ...flags, ...pace, ...where(), ...more]);
  }

  test('that go well', async () => {
    const cost = download('cost');
    const doctors = [[], ['--json'], ['--print-config']].map((flags) =>
      evidence.run(['doctor', ...where(), ...flags]),
    );
    const config = await doctors[2]!;
    expect(config.stdout).toContain('…SEEN1');
    expect((await doctors[0]!).stdout).toContain('SEEN1');
    await Promise.all([cost, ...doctors]);
    expect((await cost).code).toBe(0);
    expect((await download('submit')).code).toBe(0);
    expect((await download('poll')).code).toBe(0);
    expect((await download('daemon', '--json')).code).toBe(0);
    expect(evidence.addFiles()).toBeGreaterThan(3);
    expect(evidence.text).toContain('"jobs":');
    evidence.add('what the stand-in remembers', JSON.stringify(vendor.log.entries));
    evidence.expectClean();
  });

  test('that fail', async () => {
    const faults = ['auth-refused', 'license-refused', 'server-error', 'not-json'] as const;
    const codes: (number | null)[] = [];
    const damaged = join(evidence.folder, 'damaged.json');
    for (const name of [...faults, 'wrong-sha256'] as const) {
      vendor.faults.add({ name, times: name === 'server-error' ? 1 : 9 });
      const apart = ['--lake', join(evidence.folder, name), '--tracker', `${name}.json`];
      codes.push((await download('daemon', ...apart)).code);
      vendor.faults.clear();
    }
    writeFileSync(damaged, `{"jobs": "${KEY}`);
    codes.push((await download('poll', '--tracker', damaged)).code);
    // A server that fails once is asked again.
    expect(codes.map((code) => code !== 0)).toEqual([true, true, false, true, true, true]);
    for (const word of ['VENDOR_AUTH', '500', 'sha256', 'TRACKER']) {
      expect(evidence.text).toContain(word);
    }
    rmSync(damaged);
    evidence.expectClean();
  });

  test('from a server that repeats what it was sent', async () => {
    const pad = (n: number) => 'x'.repeat(n);
    const json = { 'content-type': 'application/json' };
    const told = `${KEY} ${BASIC}`;
    const answers: ((request: IncomingMessage, response: ServerResponse) => unknown)[] = [
      (_, r) => r.writeHead(401, json).end(JSON.stringify({ detail: told })),
      (_, r) => r.writeHead(403, { 'request-id': KEY }).end(`<p>${pad(385)}${told}</p>`),
      (_, r) => r.writeHead(200, json).end(`${pad(40)}${told}`),
      (_, r) => r.writeHead(200, json).end(`${pad(50)}${BASIC}`),
      (_, r) => r.writeHead(200, json).end(JSON.stringify({ [KEY]: 1, [BASIC]: [told] })),
      (_, r) => r.writeHead(422, json).end(JSON.stringify({ detail: [{ loc: [KEY], msg: told }] })),
      (_, r) =>
        r.writeHead(400, json).end(JSON.stringify({ detail: { case: KEY, message: told } })),
      (_, r) => r.writeHead(307, { location: `http://${KEY}@localhost/${KEY}` }).end(),
      (q, r) => r.writeHead(418, json).end(JSON.stringify(q.headers)),
      (_, r) => r.writeHead(400, { 'x-warning': `["${pad(380)}${told}"]` }).end(),
      (_, r) => r.socket?.end(`HTTP/9.9 ${told}\r\n`),
    ];
    let asked = 0;
    const server = createServer((request, response) => {
      answers[asked++ % answers.length]?.(request, response);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const notices: string[] = [];
    const onNotice = (text: string) => notices.push(text);
    const client = new HistoricalClient({ key: new ApiKey(KEY), url, maxAttempts: 1, onNotice });
    for (const _ of answers) {
      const error = await client.listDatasets().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      evidence.add('a client', inspect([error, notices, client], { depth: 9, showHidden: true }));
    }
    client.close();
    const flags = [...DAYS, ...FUTURES, ...where(url)];
    const cost = evidence.run(['download', 'futures', 'cost', ...flags]);
    await Promise.all([cost, evidence.run(['download', 'futures', 'submit', ...flags])]);
    await evidence.run(['doctor', '--json', ...where(url)]);
    server.closeAllConnections();
    server.close();
    expect(evidence.text).toContain('…SEEN1');
    evidence.expectClean();
  });
});

test('a key in the wrong place is not repeated', async () => {
  const files = [`databento_api_key: |${KEY}`, `lake: *${KEY}`, `${KEY}: 1`, `lake: !${KEY} x`];
  const config = join(evidence.folder, 'config');
  mkdirSync(config);
  const ask = (...args: string[]) => evidence.run(['doctor', '--json', ...args], { key: '' });
  const codes: (number | null)[] = [];
  for (const text of files) {
    writeFileSync(join(config, 'spymaster.yaml'), text);
    codes.push((await ask('--print-config', '--config', config)).code);
  }
  expect(codes).toEqual([2, 2, 2, 0]);
  rmSync(config, { recursive: true });
  const url = `http://${KEY}@127.0.0.1:9`;
  expect((await ask('--historical-url', url, '--print-config')).stdout).toContain('…SEEN1@');
  expect((await ask(`--key=${KEY}`)).code).toBe(2);
  const wrong = await evidence.run(['doctor'], { key: `${KEY}x` });
  expect(wrong.stdout).toContain('33 characters that are not shown');
  await evidence.run(['live', 'check', '--symbols', KEY, '--live-gateway', KEY]);
  evidence.expectClean();
});

describe('live', () => {
  let data: ReturnType<typeof liveFolder>;
  let gateway: VendorGateway | ScriptedGateway | null = null;

  beforeAll(() => {
    data = liveFolder();
  });
  afterAll(() => data.remove());
  afterEach(() => gateway?.close());

  /** Flags of a gateway with faults. */
  async function play(...faults: string[]): Promise<string[]> {
    await gateway?.close();
    const played = await startVendorGateway({ data: data.path, keys: [KEY], speed: 2, faults });
    gateway = played;
    return flagsOf(played);
  }

  function flagsOf({ host, port }: { host: string; port: number }): string[] {
    return ['--live-gateway', `${host}:${port}`];
  }

  /** Flags of a gateway that knows the key, and says it wherever it can. */
  async function playEcho(): Promise<string[]> {
    await gateway?.close();
    const echo = await scriptedGateway(repeatKey);
    gateway = echo;
    return flagsOf(echo.gateway);
  }

  function record(at: readonly string[], ...more: string[]) {
    const lake = ['--lake', join(evidence.folder, 'lake')];
    const what = ['--symbols', 'ESH6', '--duration', '1.5'];
    return evidence.start(['live', 'record', ...at, ...what, ...lake, ...more]);
  }

  const check = (at: readonly string[], ...more: string[]) =>
    evidence.run(['live', 'check', ...at, '--symbols', 'ESH6', '--seconds', '1', ...more]);

  test('checks and recordings, of connections that end', async () => {
    const at = await play('drop-seconds:0.6@2');
    const recording = record(at);
    await recording.waitFor(/GAP, disconnected/);
    const commandLine = readFileSync(`/proc/${recording.pid}/cmdline`, 'latin1');
    expect(commandLine).toContain('record');
    evidence.add('the command line', commandLine);
    evidence.addFiles();
    expect((await recording.ended).code).toBe(0);
    expect((await check(at, '--json')).stdout).toContain('ends in SEEN1');
    await check(at, '--print-config');
    evidence.expectClean();
  });

  test.each(['auth-refused', 'wrong-challenge', 'auth-garbled', 'error-2:9'])(
    'refusals: %s',
    async (fault) => {
      const at = await play(fault);
      const checked = check(at);
      expect((await record(at, '--json').ended).code).not.toBe(0);
      expect((await checked).code).toBe(1);
      expect(evidence.text).toMatch(/VENDOR_(AUTH|PROTOCOL)/);
      evidence.expectClean();
    },
  );

  test('a gateway that repeats the key', async () => {
    const at = await playEcho();
    const [recorded] = await Promise.all([record(at).ended, check(at)]);
    expect(recorded.stderr).toContain('…SEEN1');
    expect(recorded.stderr).toContain('does not accept key …SEEN1');
    expect(evidence.addFiles()).toBeGreaterThan(1);
    evidence.expectClean();
  });

  test('streams, and what the servers answer', async () => {
    const cache = ['--cache-dir', join(evidence.folder, 'cache'), '--log-level', 'debug'];
    const ports = ['--port', '0', '--velocity-port', '0', '--web-port', '0'];
    for (const begin of [() => play('drop-seconds:0.6@1'), () => play('auth-refused'), playEcho]) {
      const lake = ['--lake', join(evidence.folder, 'lake')];
      const server = evidence.start([
        'serve',
        'all',
        ...ports,
        ...cache,
        ...lake,
        ...(await begin()),
      ]);
      const [, stream = ''] = await server.waitFor(/socket {2}(\S+vacuum-pressure\S+)\n/);
      const [, page = ''] = await server.waitFor(/page {4}(\S+vacuum-pressure\.html)/);
      const url = new URL(stream);
      url.hostname = '127.0.0.1';
      url.search = '?source=live&symbol=ESH6';
      await watch(url, evidence);
      url.protocol = 'http:';
      for (const path of ['/health', '/metrics', '/v1/sessions', '/nowhere']) {
        await evidence.addAnswer(new URL(path, url).href);
      }
      const html = await evidence.addAnswer(page.replace('localhost', '127.0.0.1'));
      for (const [, path = ''] of html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)) {
        await evidence.addAnswer(new URL(path, page.replace('localhost', '127.0.0.1')).href);
      }
      evidence.addFiles();
      server.signal('SIGINT');
      expect((await server.ended).code).toBe(0);
    }
    expect(evidence.text).toContain('live feed begins');
    expect(evidence.text).toContain('VENDOR_AUTH');
    evidence.expectClean();
  });

  test('crashes: what a report says of the process, and of its environment', async () => {
    const at = await play();
    const folder = join(evidence.folder, 'reports');
    mkdirSync(folder);
    const reports = ['--report-directory', folder];
    const planned = "setTimeout(() => { throw new Error('planned') }, 1500)";
    const crash = ['--report-uncaught-exception', '--import', `data:text/javascript,${planned}`];
    const args = ['live', 'record', ...at, '--symbols', 'ESH6', '--lake'];
    const asked = evidence.start([...args, 'one'], { node: ['--report-on-signal', ...reports] });
    const crashed = evidence.start([...args, 'other'], { node: [...crash, ...reports] });
    await asked.waitFor(/subscription-acknowledged/);
    asked.signal('SIGUSR2');
    await asked.waitFor(/report completed/);
    asked.signal('SIGINT');
    expect((await asked.ended).code).toBe(0);
    expect((await crashed.ended).code).not.toBe(0);
    expect(readdirSync(folder)).toHaveLength(2);
    evidence.addFiles();
    expect(evidence.text).toContain('"environmentVariables"');
    expect(evidence.text).toContain('planned');
    expect(evidence.text).not.toContain('DATABENTO_API_KEY');
    evidence.expectClean();
  });
});

/** The first connection streams the key in every text there is; the second refuses it. */
async function repeatKey(peer: Peer): Promise<void> {
  if (peer.connection % 3 === 0) {
    await peer.write(`lsg_version=${KEY}\ncram=abcd1234\n`);
    const login = await peer.line();
    await peer.write(`success=0|error=${'x'.repeat(380)}${KEY} ${BASIC} of ${login}\n`);
    peer.end();
    return;
  }
  await acceptLogin(peer, KEY);
  await readSubscriptions(peer);
  const said = `the key ${KEY}`;
  const pieces = [
    liveHeader(),
    system(1, `Subscription of ${said}`),
    mapping(7, 'ESH6', 'ESH6'),
    order(1),
    system(2, said),
    failure(4, `Failed to resolve ${said}`),
    failure(7, `${said}, 5 records were skipped`),
    order(2),
    failure(6, said),
  ];
  for (const piece of pieces) await peer.write(piece);
  peer.end();
}

/** Watches a stream for a while, or until it is refused. */
async function watch(url: URL, evidence: Evidence): Promise<void> {
  const socket = new WebSocket(url);
  const closed = new Promise((done) => socket.once('close', done));
  socket.on('error', (error) => evidence.add('a socket', String(error)));
  socket.on('message', (data: Buffer) =>
    evidence.add(`a message of ${url}`, data.toString('latin1')),
  );
  socket.on('close', (code, reason) => evidence.add(`the end of ${url}`, `${code} ${reason}`));
  await Promise.race([closed, new Promise((done) => setTimeout(done, WATCHED_MS))]);
  socket.close();
  await closed;
}
