import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BatchStart, VelocitySurface } from '../../src/wire/index.ts';
import { csvPieces } from '../../web/shell/export-csv.ts';
import { readCell, readOut } from '../../web/shell/read-cell.ts';
import { DenseColumns } from '../../web/velocity/dense-columns.ts';
import { STORED_COLUMNS } from '../../web/velocity/fields.ts';
import { readAfter, readBeyond, readOptions } from '../../web/velocity/read-layers.ts';
import { StrikeHistory } from '../../web/velocity/strike-history.ts';
import { READ_OUT } from '../../web/velocity/velocity-controller.ts';
import { VelocityModel } from '../../web/velocity/velocity-model.ts';
import { type VelocityWindow, WindowCodec } from '../../web/velocity/window-codec.ts';
import {
  FORECAST_HEAD,
  makeBatch,
  makeSurface,
  OPEN_SEQ,
  type Row,
  SPOT_TICK,
  VELOCITY_CONFIG,
  windowMessages,
} from './windows.ts';

/** Reads messages as the page does; the last one must complete a window. */
function windowOf(messages: (string | ArrayBuffer)[]): VelocityWindow {
  const codec = new WindowCodec();
  let window: VelocityWindow | null = null;
  for (const m of messages) {
    if (typeof m === 'string') expect(codec.readText(m)).toBeNull();
    else window = codec.readBinary(m);
  }
  return window!;
}

describe('window codec', () => {
  it('gives a window when its last surface has come, and not before', () => {
    const codec = new WindowCodec();
    const messages = windowMessages(makeBatch(OPEN_SEQ), {
      velocity: [{ rel_ticks: -1, side: 1, Omega: 2.5 }],
      forecast: [{ horizon_s: 1, p_up: 0.5 }],
    });
    const found = messages.map((m) =>
      typeof m === 'string' ? codec.readText(m) : codec.readBinary(m),
    );
    expect(found.slice(0, -1).every((f) => f === null)).toBe(true);
    const window = found.at(-1) as VelocityWindow;
    expect(window.header.seq).toBe(OPEN_SEQ);
    expect([...window.velocity!.columns.Omega]).toEqual([2.5]);
    expect(window.options!.rows).toBe(0);
    expect(window.forecastHead).toEqual(FORECAST_HEAD);
    expect(window.forecast!.columns.p_up[0]).toBe(0.5);
  });

  it('passes other messages on, and forgets half a window on a new connection', () => {
    const codec = new WindowCodec();
    const end = JSON.stringify({ type: 'end' });
    expect(codec.readText(end)).toEqual({ type: 'end' });
    const [head, surface, binary] = windowMessages(makeBatch(OPEN_SEQ));
    codec.readText(head as string);
    codec.readText(surface as string);
    codec.reset();
    expect(codec.readBinary(binary as ArrayBuffer)).toBeNull();
  });

  it('refuses a surface of another window and a binary of another length', () => {
    const codec = new WindowCodec();
    const here = windowMessages(makeBatch(OPEN_SEQ)) as [string, string, ArrayBuffer];
    const there = windowMessages(makeBatch(OPEN_SEQ + 1)) as [string, string, ArrayBuffer];
    expect(() => codec.readText(here[1])).toThrow(/not begun/);
    codec.readText(here[0]);
    expect(() => codec.readText(there[1])).toThrow(/window 52201/);
    codec.readText(here[1]);
    expect(() => codec.readBinary(here[2].slice(8))).toThrow(/bytes/);
  });
});

const surfaceOf = (rows: readonly Row[]) => makeSurface('velocity', rows);

describe('dense columns', () => {
  const half = 200;
  const touch = { bid: half - 1, ask: half };
  const filled = (rows: readonly Row[], at = touch) => {
    const dense = new DenseColumns(2 * half + 1, 1);
    dense.fill(surfaceOf(rows), at);
    return dense.values;
  };

  it('are 0 where a row is absent, and 1 for viscosity', () => {
    const values = filled([]);
    for (const name of STORED_COLUMNS) {
      const expected = name.startsWith('nu') ? 1 : 0;
      expect(
        values[name].every((v) => v === expected),
        name,
      ).toBe(true);
    }
  });

  it('keep both sides of a price, and show the side that owns it', () => {
    const values = filled([
      { rel_ticks: 0, side: 0, liquidity_velocity: 0.25, nu: 3 },
      { rel_ticks: 0, side: 1, liquidity_velocity: -4, nu: 9 },
      { rel_ticks: -3, side: 0, liquidity_velocity: 8, nu: 1 },
      { rel_ticks: -3, side: 1, liquidity_velocity: -0.5, nu: 2 },
    ]);
    expect(values.liquidity_velocity_ask[half]).toBe(0.25);
    expect(values.liquidity_velocity_bid[half]).toBe(-4);
    // The best ask stands at spot: it must not vanish there.
    expect(values.liquidity_velocity[half]).toBe(0.25);
    expect(values.nu[half]).toBe(3);
    expect(values.liquidity_velocity[half - 3]).toBe(-0.5);
  });

  it('show the larger side inside the spread and where a side is missing', () => {
    const rows = [
      { rel_ticks: 0, side: 0, pressure_grad: -1 },
      { rel_ticks: 0, side: 1, pressure_grad: 2 },
    ];
    expect(filled(rows, { bid: half - 2, ask: half + 2 }).pressure_grad[half]).toBe(2);
    const none = { bid: Number.NaN, ask: Number.NaN };
    expect(filled(rows, none).pressure_grad[half]).toBe(2);
  });

  it('agree with a plain search, whatever the rows', () => {
    const row = fc.record({
      rel_ticks: fc.integer({ min: -205, max: 205 }),
      side: fc.integer({ min: 0, max: 1 }),
      u_wave_energy: fc.integer({ min: 0, max: 64 }),
      Omega_prom: fc.integer({ min: -9, max: 9 }),
    });
    const rows = fc.uniqueArray(row, { selector: (r) => 2 * r.rel_ticks + r.side });
    fc.assert(
      fc.property(rows, (list) => {
        const values = filled(list);
        for (let k = -half; k <= half; k++) {
          const side = k >= 0 ? 0 : 1;
          const own = list.find((r) => r.rel_ticks === k && r.side === side);
          expect(values.u_wave_energy[half + k]).toBe(own?.u_wave_energy ?? 0);
          if (k === 0) continue;
          const way = list.filter((r) => {
            const reach = Math.abs(r.rel_ticks) <= 64 && r.side === side;
            return reach && Math.sign(r.rel_ticks) === Math.sign(k);
          });
          const largest = Math.max(0, ...way.map((r) => r.Omega_prom));
          const mine = Math.abs(k) <= 64 ? Math.max(0, own?.Omega_prom ?? 0) : 0;
          const share = largest > 0 ? mine / largest : 0;
          expect(values.wall[half + k]).toBeCloseTo(share, 6);
        }
      }),
      { seed: 71, numRuns: 40 },
    );
  });

  it('count buckets, not ticks, where a row is several', () => {
    const dense = new DenseColumns(401, 5);
    dense.fill(surfaceOf([{ rel_ticks: -15, side: 1, Omega: 7 }]), touch);
    expect(dense.values.Omega_bid[half - 3]).toBe(7);
  });
});

describe('strike history', () => {
  const options = (rows: readonly Row[]) => makeSurface('options', rows);

  it('adds bids and asks up, and knows no strike that was not listed or in reach', () => {
    const h = new StrikeHistory(8);
    const at = { strike_tick: 27_800, right: 1, nu: 2.5, Omega: 1 };
    const rows = [
      { ...at, side: 0, liquidity_velocity: 0.25 },
      { ...at, side: 1, liquidity_velocity: -1 },
    ];
    h.store(3, options(rows), SPOT_TICK, 200);
    expect(h.value(27_800, 'P', 'liquidity_velocity', 3)).toBe(-0.75);
    expect(h.value(27_800, 'P', 'Omega', 3)).toBe(2);
    expect(h.value(27_800, 'P', 'nu', 3)).toBe(4);
    expect(h.value(27_800, 'C', 'liquidity_velocity', 3)).toBe(0);
    expect(h.value(27_800, 'C', 'nu', 3)).toBe(1);
    expect(h.value(27_820, 'C', 'nu', 3)).toBeNaN();
    expect(h.value(27_800, 'P', 'nu', 4)).toBeNaN();
    h.store(4, options([]), SPOT_TICK + 1000, 200);
    expect(h.value(27_800, 'P', 'nu', 4)).toBeNaN();
    h.store(3, null, SPOT_TICK, 200);
    expect(h.value(27_800, 'P', 'nu', 3)).toBeNaN();
  });

  it('forgets what a slot held before', () => {
    const h = new StrikeHistory(2);
    const one = { strike_tick: 27_780, right: 0, side: 1, Omega: 4, nu: 1 };
    h.store(0, options([one]), SPOT_TICK, 200);
    h.store(0, options([]), SPOT_TICK, 200);
    expect(h.value(27_780, 'C', 'Omega', 0)).toBe(0);
    expect(h.listed).toEqual([27_780]);
    h.clear();
    expect(h.listed).toEqual([]);
    expect(h.value(27_780, 'C', 'Omega', 0)).toBeNaN();
  });
});

describe('velocity model', () => {
  let m: VelocityModel;
  beforeEach(() => {
    m = new VelocityModel();
    m.takeConfig(VELOCITY_CONFIG);
  });
  const rows: Partial<Record<VelocitySurface, readonly Row[]>> = {
    velocity: [{ rel_ticks: 4, side: 0, liquidity_velocity: 0.5, rho: 2, nu: 1.5 }],
    options: [{ strike_tick: 27_800, right: 0, side: 0, liquidity_velocity: 0.125, nu: 1 }],
    forecast: [
      { horizon_s: 2, predicted_tick_delta: 0.5, band80_low: -1, band80_high: 2, p_up: 0.5 },
      { horizon_s: 1, predicted_tick_delta: 0.25 },
    ],
  };
  const take = (seq: number, more: Partial<BatchStart> = {}, head = FORECAST_HEAD) =>
    m.takeFrame(windowOf(windowMessages(makeBatch(seq, more), rows, head)));

  it('reads the exact numbers of a cell, both sides', () => {
    take(OPEN_SEQ);
    const cell = readCell(m, OPEN_SEQ, SPOT_TICK + 4);
    expect(cell).toMatchObject({ time: '09:30:00.000', price: '6948.50', frameSeq: OPEN_SEQ });
    expect(cell.values).toMatchObject({
      liquidity_velocity_ask: 0.5,
      liquidity_velocity_bid: 0,
      liquidity_velocity: 0.5,
      nu_bid: 1,
    });
    const texts = readOut({ ...cell, extra: [['first', 'x']] }, READ_OUT);
    expect(texts.slice(0, 2)).toEqual([
      ['first', 'x'],
      ['u ask | bid', '0.500 | 0.000'],
    ]);
    expect(new Set(texts.map(([label]) => label)).size).toBe(texts.length);
    const strike = readCell(m, OPEN_SEQ, 27_800);
    expect(readOptions(m, strike)).toEqual([
      ['calls u', '0.125'],
      ['puts u', '0.000'],
    ]);
    expect(readOptions(m, cell)).toEqual([]);
  });

  it('says of the seconds ahead what the forecast says, and calls it unproven', () => {
    take(OPEN_SEQ);
    const ahead = (seconds: number) => readBeyond(m, readCell(m, OPEN_SEQ + seconds, SPOT_TICK));
    expect(ahead(2)).toEqual([
      ['+2 s UNPROVEN', '0.50 ticks'],
      ['80 % band', '-1.0 to 2.0 ticks'],
    ]);
    expect(ahead(1)[1]).toEqual(['80 % band', '– to – ticks']);
    expect(ahead(0)).toEqual([]);
    expect(ahead(3)).toEqual([]);
  });

  it('has no horizons when the forecast is not available, whatever rows came', () => {
    const none = { forecast_available: false, status: 'none' as const, reason: 'no parameters' };
    take(OPEN_SEQ, {}, { ...none, diagnostics: null });
    expect(m.forecast).toMatchObject({ available: false, reason: 'no parameters', horizons: [] });
    expect(readBeyond(m, readCell(m, OPEN_SEQ + 2, SPOT_TICK))).toEqual([]);
  });

  it('remembers what was said at each window', () => {
    take(OPEN_SEQ);
    take(OPEN_SEQ + 1, {}, { ...FORECAST_HEAD, reason: 'later' });
    expect(m.forecastAt(OPEN_SEQ)!.reason).toBe(FORECAST_HEAD.reason);
    expect(m.forecastAt(OPEN_SEQ + 1)!.reason).toBe('later');
    expect(m.forecastAt(OPEN_SEQ + 2)).toBeNull();
  });

  it('shows what was said for ten seconds later beside what came, and a dash before it came', () => {
    const horizon = { horizon_s: 10, p_down: 0.25, p_flat: 0.25, p_up: 0.5 };
    const say = (seq: number, mid: number) => {
      const header = makeBatch(seq, { mid_price_int: String(mid * 250_000_000) });
      m.takeFrame(windowOf(windowMessages(header, { forecast: [horizon] })));
    };
    const read = () => readAfter(m, readCell(m, OPEN_SEQ, SPOT_TICK));
    for (let s = 0; s < 10; s++) say(OPEN_SEQ + s, SPOT_TICK - 0.5);
    expect(read()).toEqual([
      ['said for 10 s UNPROVEN', '▲ 50 % ▼ 25 %'],
      ['came', '– ticks'],
    ]);
    say(OPEN_SEQ + 10, SPOT_TICK + 1);
    expect(read()[1]).toEqual(['came', '1.5 ticks']);
    expect(readAfter(m, readCell(m, OPEN_SEQ - 1, SPOT_TICK))).toEqual([]);
  });

  it('forgets every layer when it is cleared', () => {
    take(OPEN_SEQ);
    m.takeGap({ type: 'gap', from_seq: 1, to_seq: 2, reason: 'x' });
    m.clear();
    expect(m.history.empty).toBe(true);
    expect(m.forecast).toBeNull();
    expect(m.options).toBeNull();
    expect(m.strikes.listed).toEqual([]);
    expect(m.gaps.gaps).toEqual([]);
    expect(m.forecastAt(OPEN_SEQ)).toBeNull();
    expect(m.header).toBeNull();
  });

  it('takes a wider grid, and prices of several ticks a row', () => {
    take(OPEN_SEQ);
    const wide = { ...VELOCITY_CONFIG, session: 'v2', grid_max_ticks: 1000, bucket_ticks: 5 };
    const { epoch } = m.history;
    expect(m.takeConfig({ ...wide, grid_max_ticks: 400, bucket_ticks: 1 })).toBe(true);
    expect(m.history.layout.rows).toBe(801);
    expect(m.history.epoch).toBeGreaterThan(epoch);
    m.takeConfig({ ...wide, session: 'v3' });
    expect(m.history.layout.rows).toBe(401);
    take(OPEN_SEQ);
    expect(m.spotRow).toBe(Math.floor(SPOT_TICK / 5));
  });

  it('draws no options where the stream has none', () => {
    const options = { available: false, symbol: null, reason: 'no 0DTE options' };
    m.takeConfig({ ...VELOCITY_CONFIG, session: 'v2', options });
    take(OPEN_SEQ);
    expect(m.options).toBeNull();
    expect(m.strikes.listed).toEqual([]);
  });

  it('has no data in a window without spot', () => {
    take(OPEN_SEQ, { spot_ref_price_int: null, mid_price_int: null });
    const cell = readCell(m, OPEN_SEQ, SPOT_TICK);
    expect(cell.frameSeq).toBeNull();
    expect(Object.values(cell.values).every(Number.isNaN)).toBe(true);
  });

  it('exports the visible window with exact values', () => {
    take(OPEN_SEQ);
    const row = SPOT_TICK + 4;
    const window = { fromColumn: OPEN_SEQ, toColumn: OPEN_SEQ, fromRow: row, toRow: row };
    const [head, line] = csvPieces(m, window).join('').trim().split('\n');
    const values = Object.fromEntries(
      head!.split(',').map((name, i) => [name, line!.split(',')[i]]),
    );
    expect(values).toMatchObject({
      seq: String(OPEN_SEQ),
      ts_ns: '1767623400000000000',
      price: '6948.50',
      liquidity_velocity_ask: '0.5',
      rho_ask: '2',
    });
  });
});
