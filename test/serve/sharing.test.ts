import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVacuumPressureServer, type RunningServer } from '../../src/serve/index.ts';
import { DT, type LakeFixture, makeLake, writeDay } from './lake-fixture.ts';
import { StreamClient } from './stream-client.ts';

const QUERY = { symbol: 'ESH6', dt: DT, start_time: '09:30', throttle_ms: 50 };

let fixture: LakeFixture;
let server: RunningServer;

beforeAll(async () => {
  fixture = makeLake();
  await writeDay(fixture, { fromHour: 14.49, toHour: 14.52, synthetic: true });
  server = await createVacuumPressureServer({
    lake: fixture.lake,
    cacheFolder: fixture.cacheFolder,
    port: 0,
    logLevel: 'silent',
  });
});

afterAll(async () => {
  await server?.close();
  fixture?.drop();
});

async function engines(): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/health`);
  return ((await answer.json()) as { engines: number }).engines;
}

describe('viewers of one place', () => {
  it('fifty share an engine and get the same bytes, late ones without a hole', async () => {
    const open = (n: number) =>
      Array.from({ length: n }, () => new StreamClient(server.port, { ...QUERY, speed: 2 }));
    const clients = open(40);
    await Promise.all(clients.map((c) => c.count(5)));
    clients.push(...open(10));
    await Promise.all(clients.map((c) => c.count(15)));
    expect(await engines()).toBe(1);
    const [first] = clients as [StreamClient];
    for (const client of clients) {
      for (let i = 0; i < 15; i++) {
        const [a, b] = [first.frames[i], client.frames[i]];
        expect(b?.update.seq).toBe(a?.update.seq);
        expect(Buffer.compare(a?.arrow as Buffer, b?.arrow as Buffer)).toBe(0);
      }
    }
    await Promise.all(clients.map((c) => c.close()));
  });

  it('one that goes another way gets an engine of its own, the others notice nothing', async () => {
    const pair = [0, 1].map(() => new StreamClient(server.port, { ...QUERY, speed: 1 }));
    const [a, b] = pair as [StreamClient, StreamClient];
    await Promise.all(pair.map((c) => c.count(5)));
    b.send({ type: 'speed', value: 3 });
    await b.count(b.frames.length + 20);
    await a.count(a.frames.length + 3);
    for (const { frames } of pair) {
      const seqs = frames.map((f) => f.update.seq);
      let next = seqs[0] as number;
      for (const { update } of frames) {
        expect(update.seq - next).toBe(update.thinned);
        expect(update.skipped).toBe(0);
        next = update.seq + 1;
      }
    }
    const bySeq = new Map(a.frames.map((f) => [f.update.seq, f]));
    const common = b.frames.filter((f) => bySeq.has(f.update.seq));
    expect(common.length).toBeGreaterThan(3);
    for (const { update, arrow } of common) {
      expect(Buffer.compare(arrow, bySeq.get(update.seq)?.arrow as Buffer)).toBe(0);
    }
    await Promise.all(pair.map((c) => c.close()));
  });

  it('one that comes back finds its engine, though another has to go for it', async () => {
    const client = new StreamClient(server.port, { ...QUERY, speed: 5 });
    await client.count(10);
    client.send({ type: 'pause' });
    await client.message('playback');
    for (const to of ['09:30:20', '09:30:40', '09:31:00']) {
      const seen = client.frames.length;
      client.send({ type: 'seek', to });
      await client.count(seen + 1);
    }
    const far = client.frames.at(-1)?.update.seq as number;
    client.send({ type: 'seek', to: '09:30:00' });
    client.send({ type: 'resume' });
    const back = () => client.frames.filter((f) => f.update.seq < far - 200);
    const before = back().length;
    await client.until(() => back().length > before + 20, 'frames from the start');
    await client.close();
  });

  it('a folder that the synthetic market wrote is told as synthetic', async () => {
    const client = new StreamClient(server.port, QUERY);
    expect((await client.message('runtime_config')).mode).toBe('synthetic');
    await client.close();
    const list = (await (await fetch(`http://127.0.0.1:${server.port}/v1/sessions`)).json()) as {
      sessions: unknown[];
    };
    expect(list.sessions).toEqual([
      {
        product_type: 'future_mbo',
        symbol_root: 'ES',
        dates: [DT],
        layers: ['raw'],
        days: [{ dt: DT, symbols: [], layers: ['raw'] }],
        mode: 'synthetic',
        forecast: { available: false, status: 'none', reason: expect.any(String) },
      },
    ]);
    const metrics = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
    expect(metrics).toMatch(/spymaster_vacuum_pressure_frames_sent_total \d+/);
    expect(metrics).toMatch(/spymaster_event_loop_delay_seconds /);
    expect(metrics).toMatch(/spymaster_resident_bytes \d+/);
  });
});

describe('the synthetic source', () => {
  it('plays without a file, and the same market every time', async () => {
    const query = { source: 'synthetic', symbol: 'MNQ', dt: '2026-01-07', throttle_ms: 100 };
    const streams = [0, 1].map(() => new StreamClient(server.port, { ...query, speed: 4 }));
    const [a, b] = (await Promise.all(streams.map((c) => c.count(10)))) as [
      (typeof streams)[0]['frames'],
      (typeof streams)[0]['frames'],
    ];
    expect(await streams[0]?.message('runtime_config')).toMatchObject({
      mode: 'synthetic',
      symbol: 'MNQH6',
    });
    expect(a[0]?.update.seq).toBe((14.5 * 3600 * 1000) / 100);
    expect(a[0]?.update.book_valid).toBe(true);
    for (let i = 0; i < 10; i++) {
      expect(Buffer.compare(a[i]?.arrow as Buffer, b[i]?.arrow as Buffer)).toBe(0);
    }
    await Promise.all(streams.map((c) => c.close()));
    const wrong = new StreamClient(server.port, { ...query, symbol: 'MNQZ9' });
    expect((await wrong.closed).code).toBe(1008);
    expect(wrong.messages.at(-1)).toMatchObject({ code: 'SYMBOL_NOT_FOUND' });
  });
});
