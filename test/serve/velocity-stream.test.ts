import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../src/serve/index.ts';
import { VELOCITY_COLUMNS, VELOCITY_SURFACES } from '../../src/wire/index.ts';
import { DT, ES, publishMarket, QQQ, rowsOf } from '../pipeline/forecast-lake.ts';
import { type ReceivedWindow, sameForAll, surfaceOf, VelocityClient } from './velocity-client.ts';
import {
  FIRST,
  HOLE,
  INVALID,
  lakeOf,
  QUERY,
  someSeconds,
  startVelocity,
  type VelocityLake,
  WINDOWS,
} from './velocity-fixture.ts';

const LAST = FIRST + WINDOWS - 1;
/** 00:00 UTC of the fixture's date. */
const ORIGIN = BigInt(Date.parse(`${DT}T00:00:00Z`)) * 1_000_000n;
const instant = (second: number) => String(ORIGIN + BigInt(second) * 1_000_000_000n);

let fixture: VelocityLake;
let server: RunningServer;
/** The whole session as one viewer got it. */
let whole: ReceivedWindow[];
let first: VelocityClient;

beforeAll(async () => {
  fixture = await lakeOf();
  await publishMarket(fixture.lake, QQQ, someSeconds(QQQ.bucketTicks));
  server = await startVelocity(fixture.lake);
  first = new VelocityClient(server.port, QUERY);
  expect((await first.closed).code).toBe(1000);
  whole = first.windows;
});

afterAll(async () => {
  await server?.close();
  fixture?.drop();
});

/** A second's window. */
const at = (second: number) => whole.find((w) => w.start.seq === second)!;

describe('a session from its first window to its last', () => {
  it('begins with what it is and how busy it was, and ends with `end`', () => {
    expect(first.protocolError).toBeNull();
    const types = first.messages.map((m) => m.type).filter((t) => t !== 'preparing');
    expect(types).toEqual(['runtime_config', 'session_activity', 'end']);
    const config = first.messages.find((m) => m.type === 'runtime_config')!;
    expect(config).toMatchObject({
      stream: 'velocity',
      product_type: 'future_mbo',
      symbol: 'ESH6',
      symbol_root: 'ES',
      dt: DT,
      mode: 'replay',
      time_zone: 'America/New_York',
      tick_size_int: '250000000',
      grid_max_ticks: 200,
      range_start_ns: instant(FIRST),
      range_end_ns: instant(LAST),
      options: { available: true, symbol: 'ESH6', reason: '' },
      forecast: { available: false, status: 'none', parameters_version: null, skill: [] },
    });
    const { schema } = config as { schema: Record<string, unknown> };
    expect(schema).toEqual(VELOCITY_COLUMNS);
  });

  it('has every second once, a gap told where the lake has none', () => {
    const seqs = whole.map((w) => w.start.seq);
    expect(seqs).toEqual(Array.from({ length: WINDOWS }, (_, i) => FIRST + i));
    for (const { start, surfaces } of whole) {
      expect(start.window_end_ts_ns).toBe(instant(start.seq));
      const wanted = HOLE.includes(start.seq) ? ['snap'] : [...VELOCITY_SURFACES];
      expect(start.surfaces).toEqual(wanted);
      expect(surfaces.map((s) => s.header.surface)).toEqual(wanted);
      for (const { header, bytes } of surfaces) {
        expect(header).toMatchObject({ session: start.session, seq: start.seq });
        expect(header.bytes).toBe(bytes.length);
      }
      const hasGap = HOLE.includes(start.seq) || start.seq === INVALID;
      expect(start.gap === null).toBe(!hasGap);
    }
    const gap = at(HOLE[0]!).start.gap;
    expect(gap).toMatchObject({ from_ns: instant(HOLE[0]! - 1), to_ns: instant(HOLE[0]!) });
  });

  it('says nothing that is not known', () => {
    const { start } = at(HOLE[1]!);
    expect(start).toMatchObject({ mid_price_int: null, spot_ref_price_int: null });
    expect(start.book_valid).toBe(false);
    const { columns } = surfaceOf(at(HOLE[1]!), 'snap');
    expect(columns.mid_price[0]).toBeNaN();
    expect(columns.spot_ref_price_int[0]).toBe(2n ** 63n - 1n);
    expect(at(INVALID).start.book_valid).toBe(false);
  });
});

describe('a window', () => {
  const seconds = someSeconds();
  const rows = rowsOf(ES, seconds);
  const ofSecond = <R extends { window_end_ts_ns: number }>(all: readonly R[], second: number) =>
    all.filter((row) => row.window_end_ts_ns === second * 1e9);

  it('shows the rows of its own second, those of nothing on the far side of spot left out', () => {
    for (const second of [FIRST, FIRST + 59, FIRST + 60, FIRST + 150, LAST]) {
      const { columns, rows: count } = surfaceOf(at(second), 'velocity');
      const kept = ofSecond(rows.surface, second).filter((row) => {
        const isFar = row.side === 0 ? row.rel_ticks < 0 : row.rel_ticks > 0;
        return !isFar || row.pressure_grad !== 0 || row.Omega !== 0;
      });
      expect(count).toBe(kept.length);
      expect(Array.from(columns.rel_ticks)).toEqual(kept.map((r) => r.rel_ticks));
      expect(Array.from(columns.side)).toEqual(kept.map((r) => r.side));
      expect(Array.from(columns.Omega)).toEqual(kept.map((r) => r.Omega));
      expect(Array.from(columns.pressure_grad)).toEqual(
        kept.map((r) => Math.fround(r.pressure_grad)),
      );
    }
  });

  it('shows options at their strikes', () => {
    const wanted = ofSecond(rows.options, FIRST + 3);
    const { columns } = surfaceOf(at(FIRST + 3), 'options');
    expect(Array.from(columns.strike_tick)).toEqual(
      wanted.map((r) => r.strike_price_int / ES.tick),
    );
    expect(Array.from(columns.right)).toEqual(wanted.map((r) => r.right));
    expect(Array.from(columns.Omega)).toEqual(wanted.map((r) => r.Omega_opt));
  });

  it('tells prices exactly and where the path of least resistance lies', () => {
    const window = at(FIRST + 3);
    const { bid, ask, spot } = seconds[3]!;
    const text = (ticks: number | null) => String(BigInt(ticks!) * BigInt(ES.tick));
    expect(window.start).toMatchObject({
      best_bid_price_int: text(bid),
      best_ask_price_int: text(ask),
      spot_ref_price_int: text(spot),
      book_valid: true,
    });
    const { columns } = surfaceOf(window, 'snap');
    expect(columns.window_end_ts_ns[0]).toBe(ORIGIN + BigInt(FIRST + 3) * 1_000_000_000n);
    expect(columns.spot_ref_price_int[0]).toBe(BigInt(text(spot)));
    const { header, rows: count } = surfaceOf(window, 'forecast');
    expect(count).toBe(0);
    expect(header.forecast).toMatchObject({ forecast_available: false, status: 'none' });
    expect(header.forecast?.reason).toMatch(/forecast fit --root ES/);
    const { diagnostics } = header.forecast!;
    expect(diagnostics?.wall_up_ticks).toBeGreaterThanOrEqual(1);
    expect(diagnostics?.force).not.toBeNull();
    expect(diagnostics?.physics_confidence).toBeNull();
  });
});

describe('the same window', () => {
  it('is the same bytes for every viewer, from any place and at any speed', async () => {
    const viewers = [
      new VelocityClient(server.port, { ...QUERY, start_time: '09:31:05' }),
      new VelocityClient(server.port, { ...QUERY, speed: 200, skip_minutes: 1 }),
      new VelocityClient(server.port, { ...QUERY, symbol: 'ES', speed: 50 }),
    ];
    for (const viewer of viewers) {
      const windows = await viewer.count(20);
      expect(viewer.protocolError).toBeNull();
      for (const window of windows) {
        expect(sameForAll(window)).toEqual(sameForAll(at(window.start.seq)));
      }
      await viewer.close();
    }
    expect(viewers[0]!.windows[0]!.start.seq).toBe(52_265);
    expect(viewers[1]!.windows[0]!.start.seq).toBe(FIRST + 60);
  });

  it('is there again after a seek, and alone while paused', async () => {
    const client = new VelocityClient(server.port, { ...QUERY, speed: 1 });
    await client.count(1);
    client.send({ type: 'pause' });
    expect((await client.message('playback')).paused).toBe(true);
    const before = client.windows.length;
    client.send({ type: 'seek', to: '09:32:40' });
    await client.count(before + 1);
    expect(sameForAll(client.windows.at(-1)!)).toEqual(sameForAll(at(52_360)));
    client.send({ type: 'ping', id: 'still' });
    await client.message('pong');
    expect(client.windows).toHaveLength(before + 1);
    client.send({ type: 'seek', to: '03:00' });
    await client.count(before + 2);
    expect(client.windows.at(-1)!.start.seq).toBe(FIRST);
    client.send({ type: 'speed', value: 0 });
    client.send({ type: 'resume' });
    expect((await client.closed).code).toBe(1000);
    expect(client.windows.at(-1)!.start.seq).toBe(LAST);
  });

  it('follows the one before on a new connection, without a hole', async () => {
    const session = whole[0]!.start.session;
    const resumed = new VelocityClient(server.port, {
      ...QUERY,
      resume_from: `${session}:${FIRST + 99}`,
    });
    await resumed.closed;
    expect(resumed.windows.map(sameForAll)).toEqual(whole.slice(100).map(sameForAll));
    const other = new VelocityClient(server.port, {
      ...QUERY,
      resume_from: `0123456789abcdef:${FIRST + 99}`,
    });
    expect(await other.message('gap')).toMatchObject({ from_seq: FIRST + 100 });
    await other.close();
  });
});

describe('equities', () => {
  it('are shown in their buckets, with their options', async () => {
    const query = { ...QUERY, product_type: 'equity_mbo', symbol: 'QQQ' };
    const client = new VelocityClient(server.port, query);
    const config = await client.message('runtime_config');
    expect(config).toMatchObject({ symbol: 'QQQ', bucket_ticks: 5, qty_unit: 'shares' });
    const [window] = await client.count(1);
    const { relTicks, strikes } = {
      relTicks: surfaceOf(window!, 'velocity').columns.rel_ticks,
      strikes: surfaceOf(window!, 'options').rows,
    };
    expect(relTicks.length).toBeGreaterThan(0);
    expect(Array.from(relTicks).every((ticks) => ticks % 5 === 0)).toBe(true);
    expect(strikes).toBeGreaterThan(0);
    await client.close();
  });
});

describe('what an operator sees', () => {
  it('is the days that can be streamed, health and metrics', async () => {
    const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
    const { sessions } = (await (await get('/v1/sessions')).json()) as { sessions: unknown[] };
    const day = { dt: DT, symbols: ['ESH6'], layers: ['silver', 'gold'] };
    expect(sessions).toEqual([
      {
        product_type: 'future_mbo',
        symbol_root: 'ES',
        mode: 'replay',
        dates: [DT],
        layers: ['silver', 'gold'],
        days: [day],
        forecast: { available: false, status: 'none', reason: expect.stringMatching(/fit/) },
      },
      expect.objectContaining({ symbol_root: 'QQQ', days: [{ ...day, symbols: ['QQQ'] }] }),
    ]);
    expect(await (await get('/health')).json()).toMatchObject({ reasons: expect.any(Array) });
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toMatch(/spymaster_velocity_frames_sent_total \d+/);
    expect(metrics).toMatch(/spymaster_event_loop_delay_seconds /);
  });
});
