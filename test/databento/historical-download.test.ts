import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ApiKey, HistoricalClient, type JobFile } from '../../src/databento/index.ts';
import {
  type Answer,
  type Asked,
  bytes,
  clientOf,
  cut,
  json,
  KEY_TEXT,
  quickClock,
  serve,
} from './scripted-server.ts';

const BODY = new Uint8Array(200_000).map((_, i) => (i * 7 + (i >> 8)) & 0xff);
const NAME = 'glbx-mdp3-20260105.mbo.dbn.zst';

const sha256 = (body: Uint8Array) => createHash('sha256').update(body).digest('hex');

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'spymaster-download-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function fileAt(url: string, fields: Partial<JobFile> = {}): JobFile {
  const link = `${url}/v0/batch/download/U/J/${NAME}`;
  return { filename: NAME, bytes: BODY.length, sha256: sha256(BODY), url: link, ...fields };
}

/** Serves the file as the vendor does, ranges included. */
const serveFile: Answer = (asked, response) => {
  const from = Number(/^bytes=(\d+)-(\d+)$/.exec(asked.headers.range ?? '')?.[1] ?? -1);
  if (from < 0) return bytes(BODY)(asked, response);
  const range = `bytes ${from}-${BODY.length - 1}/${BODY.length}`;
  return bytes(BODY.subarray(from), 206, { 'content-range': range })(asked, response);
};

/** Serves what is asked for, cut after a part of it. */
const cutAfter =
  (part: number): Answer =>
  (asked, response) => {
    const from = Number(/^bytes=(\d+)-/.exec(asked.headers.range ?? '')?.[1] ?? 0);
    const rest = BODY.subarray(from);
    const range = { 'content-range': `bytes ${from}-${BODY.length - 1}/${BODY.length}` };
    const headers = { 'content-length': rest.length, ...(from > 0 ? range : {}) };
    cut(rest, Math.floor(rest.length * part), headers)(asked, response);
  };

async function setUp(answers: Answer[], fields: Partial<JobFile> = {}) {
  const dir = folder();
  const setup = await clientOf(answers);
  const path = join(dir, 'J', NAME);
  const file = fileAt(setup.url, fields);
  return { ...setup, dir, path, part: join(dir, 'J', `.${NAME}.part`), file };
}

const ranges = (asked: readonly Asked[]) => asked.map((a) => a.headers.range);

describe('downloadFile', () => {
  it('fetches, verifies, and leaves the file alone in its folder', async () => {
    const { client, path, file, asked } = await setUp([serveFile]);
    const told: number[] = [];
    await client.downloadFile({ file, path, onProgress: (n) => told.push(n) });
    expect(readFileSync(path).equals(BODY)).toBe(true);
    expect(readdirSync(join(path, '..'))).toEqual([NAME]);
    expect(told.at(-1)).toBe(BODY.length);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(asked[0]?.headers.authorization).toMatch(/^Basic /);
    await client.downloadFile({ file, path });
    expect(asked).toHaveLength(1);
  });

  it('goes on after any cuts, in one call or in another process', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { maxLength: 6 }),
        fc.boolean(),
        async (parts, restarted) => {
          const cuts = parts.map(cutAfter);
          const { client, path, file, asked } = await setUp([...cuts, serveFile]);
          if (!restarted) await client.downloadFile({ file, path });
          for (let tries = 0; restarted && !existsSync(path); tries++) {
            expect(tries).toBeLessThanOrEqual(parts.length);
            const { origin } = new URL(file.url);
            const options = { key: new ApiKey(KEY_TEXT), url: origin, clock: quickClock() };
            const once = new HistoricalClient({ ...options, maxAttempts: 1 });
            await once.downloadFile({ file, path }).catch((error) => {
              expect(error).toMatchObject({ code: 'VENDOR_UNAVAILABLE' });
            });
            once.close();
          }
          expect(readFileSync(path).equals(BODY)).toBe(true);
          const starts = ranges(asked).map((range) => Number(/=(\d+)/.exec(range ?? '=0')?.[1]));
          expect(starts).toEqual([...starts].sort((a, b) => a - b));
        },
      ),
      { seed: 7, numRuns: 30 },
    );
  });

  it('counts attempts only while nothing arrives', async () => {
    const progress = Array.from({ length: 12 }, () => cutAfter(0.3));
    const { client, path, file } = await setUp([...progress, serveFile]);
    await client.downloadFile({ file, path });
    expect(readFileSync(path).equals(BODY)).toBe(true);
    const stuck = await setUp([cutAfter(0.5), cutAfter(0)]);
    await expect(stuck.client.downloadFile(stuck)).rejects.toMatchObject({
      code: 'VENDOR_UNAVAILABLE',
    });
    expect(stuck.asked).toHaveLength(5);
    expect(readFileSync(stuck.part).length).toBe(BODY.length / 2);
  });

  it('begins again when the server ignores the range', async () => {
    const { client, path, file, asked } = await setUp([cutAfter(0.4), bytes(BODY)]);
    await client.downloadFile({ file, path });
    expect(ranges(asked)).toEqual([undefined, `bytes=80000-${BODY.length - 1}`]);
    expect(readFileSync(path).equals(BODY)).toBe(true);
  });

  it.each([
    ['of another place', bytes(BODY, 206, { 'content-range': `bytes 0-199999/200000` })],
    ['of another file', bytes(BODY, 206, { 'content-range': `bytes 80000-199999/300000` })],
    ['of nowhere', bytes(BODY, 206)],
    ['that cannot be', json({ detail: 'range' }, 416)],
    ['that brings too much', bytes(BODY, 206, { 'content-range': `bytes 80000-199999/200000` })],
  ])('does not put together what does not belong together: a range %s', async (_, wrong) => {
    const { client, path, file, asked } = await setUp([cutAfter(0.4), wrong, serveFile]);
    await client.downloadFile({ file, path });
    expect(readFileSync(path).equals(BODY)).toBe(true);
    expect(ranges(asked)[2]).toBeUndefined();
  });

  it('fetches once more what has another sha256, and then refuses it', async () => {
    const damaged = BODY.slice();
    damaged[5] = 0;
    const lucky = await setUp([bytes(damaged), serveFile]);
    await lucky.client.downloadFile(lucky);
    expect(readFileSync(lucky.path).equals(BODY)).toBe(true);
    expect(lucky.notices[0]).toMatch(/has sha256 \w+: fetched again from its start/);
    const { client, path, part, file, asked } = await setUp([bytes(damaged)]);
    const failing = client.downloadFile({ file, path });
    await expect(failing).rejects.toMatchObject({ name: 'DataError', code: 'VENDOR_CHECKSUM' });
    await expect(failing).rejects.toThrow(sha256(damaged));
    expect(asked).toHaveLength(2);
    expect(existsSync(path) || existsSync(part)).toBe(false);
  });

  it.each([
    ['longer', new Uint8Array(BODY.length + 1), /found more bytes, twice/],
    ['shorter', BODY.subarray(0, 1000), null],
  ])('refuses a file that is %s than promised', async (_, body, message) => {
    const { client, path, file } = await setUp([
      bytes(body),
      bytes(body),
      json({}, 416),
      bytes(body),
    ]);
    const failing = client.downloadFile({ file, path });
    await expect(failing).rejects.toMatchObject(
      message ? { code: 'VENDOR_CHECKSUM' } : { code: 'VENDOR_UNAVAILABLE' },
    );
    if (message) await expect(failing).rejects.toThrow(message);
    expect(existsSync(path)).toBe(false);
  });

  it('hashes what is there before it relies on it', async () => {
    const other = BODY.slice().reverse();
    const { client, path, part, file, asked } = await setUp([serveFile]);
    await client.downloadFile({ file, path });
    writeFileSync(path, other);
    await client.downloadFile({ file, path });
    expect(readFileSync(path).equals(BODY)).toBe(true);
    expect(asked).toHaveLength(2);
    rmSync(path);
    writeFileSync(part, BODY);
    await client.downloadFile({ file, path });
    expect(asked).toHaveLength(2);
    rmSync(path);
    writeFileSync(part, Buffer.concat([BODY, BODY]));
    await client.downloadFile({ file, path });
    rmSync(path);
    writeFileSync(part, other.subarray(0, 1000));
    await client.downloadFile({ file, path });
    expect(readFileSync(path).equals(BODY)).toBe(true);
    expect(asked).toHaveLength(5);
  });

  it('takes a file of no bytes without asking for it', async () => {
    const empty = new Uint8Array(0);
    const { client, path, file, asked } = await setUp([json({}, 416)], {
      bytes: 0,
      sha256: sha256(empty),
    });
    await client.downloadFile({ file, path });
    expect(readFileSync(path).length).toBe(0);
    expect(asked).toEqual([]);
  });

  it('says that a disk is full, or that there is no place for the file', async () => {
    const { client, file, path, part } = await setUp([serveFile]);
    mkdirSync(part, { recursive: true });
    const wrong = { name: 'OperatingError', code: 'FILE_WRITE' };
    await expect(client.downloadFile({ file, path })).rejects.toMatchObject(wrong);
    await expect(
      client.downloadFile({ file, path: join(part, '..', 'J', NAME) }),
    ).resolves.toBeUndefined();
    const below = client.downloadFile({ file, path: join(path, '..', 'J', NAME, 'deeper') });
    await expect(below).rejects.toMatchObject(wrong);
    if (!existsSync('/dev/full')) return;
    rmSync(part, { recursive: true });
    symlinkSync('/dev/full', part);
    const full = client.downloadFile({ file, path });
    await expect(full).rejects.toMatchObject(wrong);
    await expect(full).rejects.toThrow('ENOSPC');
    expect(existsSync(path)).toBe(false);
  });

  it('is cancelled, and goes on later', async () => {
    const half: Answer = (_, response) => {
      response.writeHead(200, { 'content-length': BODY.length });
      response.write(BODY.subarray(0, 90_000));
    };
    const { client, path, part, file, asked } = await setUp([half, serveFile]);
    const abort = new AbortController();
    const stop = (n: number) => n === 90_000 && abort.abort(new Error('enough'));
    await expect(
      client.downloadFile({ file, path, signal: abort.signal, onProgress: stop }),
    ).rejects.toThrow('enough');
    expect(readFileSync(part).length).toBe(90_000);
    await client.downloadFile({ file, path });
    expect(ranges(asked)).toEqual([undefined, `bytes=90000-${BODY.length - 1}`]);
    expect(readFileSync(path).equals(BODY)).toBe(true);
  });
});

describe('the key and the host of a download', () => {
  it.each([
    ['http://127.0.0.1:1/f', undefined],
    ['https://evil.test/f', undefined],
    ['https://databento.com.evil.test/f', 'https://hist.databento.com'],
    ['https://evildatabento.com/f', 'https://hist.databento.com'],
    ['http://api.databento.com/f', 'https://hist.databento.com'],
    ['https://api.databento.com:8443/f', 'https://hist.databento.com'],
    ['https://user@hist.databento.com/f', 'https://hist.databento.com'],
    ['https://api.databento.com/f', 'https://gateway.example'],
  ])('does not send the key to %s when %s is configured', async (url, configured) => {
    const server = await serve(serveFile);
    const options = { key: new ApiKey(KEY_TEXT), clock: quickClock() };
    const client = new HistoricalClient({ ...options, url: configured ?? server.url });
    const failing = client.downloadFile({ file: fileAt('', { url }), path: join(folder(), NAME) });
    await expect(failing).rejects.toMatchObject({ code: 'VENDOR_PROTOCOL' });
    await expect(failing).rejects.toThrow('the key is not sent to this address');
    expect(server.asked).toEqual([]);
  });

  it('sends it to the vendor’s other hosts when the vendor is configured', async () => {
    const key = new ApiKey(KEY_TEXT);
    const abort = AbortSignal.abort(new Error('would be sent'));
    const client = new HistoricalClient({ key, clock: quickClock() });
    const file = fileAt('https://api.databento.com');
    const path = join(folder(), NAME);
    await expect(client.downloadFile({ file, path, signal: abort })).rejects.toThrow(
      'would be sent',
    );
  });

  it.each([
    'http://hist.databento.com',
    'http://databento.com:8080',
    'https://me@hist.databento.com',
    'ftp://hist.databento.com',
    'hist.databento.com',
    'https://hist.databento.com/?key=1',
  ])('is not sent to %s at all', (url) => {
    const key = new ApiKey(KEY_TEXT);
    expect(() => new HistoricalClient({ key, url })).toThrow(
      expect.objectContaining({ code: 'CONFIG' }),
    );
  });

  it('goes with the path that was configured', async () => {
    const { url, asked } = await serve(json([]));
    const client = new HistoricalClient({
      key: new ApiKey(KEY_TEXT),
      url: `${url}/behind/a/proxy`,
    });
    await client.listDatasets();
    client.close();
    expect(asked[0]?.path).toBe('/behind/a/proxy/v0/metadata.list_datasets');
  });

  it('does not take it along to where a redirect leads', async () => {
    const store = await serve(serveFile);
    const to =
      (location: string, status = 302): Answer =>
      (_, response) => {
        response.writeHead(status, { location });
        response.end();
      };
    const away = await setUp([to(`${store.url}/x`)]);
    await expect(away.client.downloadFile(away)).rejects.toThrow('a redirect is not followed');
    expect(store.asked).toEqual([]);
    const near = await setUp([to('/elsewhere', 307), serveFile]);
    await near.client.downloadFile(near);
    expect(near.asked[1]).toMatchObject({ path: '/elsewhere' });
    const round = await setUp([to('/round')]);
    await expect(round.client.downloadFile(round)).rejects.toThrow('too many redirects');
    const lost = await setUp([to('')]);
    await expect(lost.client.downloadFile(lost)).rejects.toMatchObject({ code: 'VENDOR_PROTOCOL' });
  });
});
