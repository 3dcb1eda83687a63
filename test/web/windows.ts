import {
  type BatchStart,
  makeVelocityFrame,
  type SurfaceHeader,
  VELOCITY_COLUMNS,
  VELOCITY_SURFACES,
  type VelocityConfig,
  type VelocitySurface,
} from '../../src/wire/index.ts';

/** Window end of 09:30:00 New York on 2026-01-05, s since 00:00 UTC. */
export const OPEN_SEQ = 52_200;
/** 00:00 UTC of that day, ns. */
const MIDNIGHT_NS = 1_767_571_200_000_000_000n;
/** Tick of spot in `makeBatch`, and its touch: bid one below, ask on it. */
export const SPOT_TICK = 27_790;

/** The first message of a velocity stream. */
export const VELOCITY_CONFIG: VelocityConfig = {
  type: 'runtime_config',
  stream: 'velocity',
  session: 'v1',
  product_type: 'future_mbo',
  symbol: 'ESH6',
  symbol_root: 'ES',
  dt: '2026-01-05',
  mode: 'synthetic',
  time_zone: 'America/New_York',
  price_scale: 1e-9,
  tick_size: 0.25,
  tick_size_int: '250000000',
  bucket_ticks: 1,
  price_decimals: 2,
  contract_multiplier: 50,
  qty_unit: 'contracts',
  grid_max_ticks: 200,
  range_start_ns: String(MIDNIGHT_NS),
  range_end_ns: String(MIDNIGHT_NS + 86_400_000_000_000n),
  speed: 1,
  paused: false,
  schema: VELOCITY_COLUMNS as unknown as VelocityConfig['schema'],
  options: { available: true, symbol: 'ESH6', reason: '' },
  forecast: {
    available: true,
    status: 'unproven',
    reason: 'no skill at any horizon',
    parameters_version: '0123456789ab',
    holdout_days: 5,
    day_role: null,
    proven_hours: { from: '09:30', to: '12:30', time_zone: 'America/New_York' },
    skill: [
      { horizon_s: 1, skill: 0.021, low: 0.008, high: 0.034, baseline: 'queue imbalance' },
      { horizon_s: 30, skill: -0.01, low: -0.03, high: 0.01, baseline: 'climatology' },
    ],
  },
  config_version: 'c',
  server_version: '1',
};

/** The head of a window around `SPOT_TICK`. */
export function makeBatch(seq: number, more: Partial<BatchStart> = {}): BatchStart {
  const price = (tick: number) => String(tick * 250_000_000);
  return {
    type: 'batch_start',
    session: 'v1',
    seq,
    window_end_ts_ns: String(MIDNIGHT_NS + BigInt(seq) * 1_000_000_000n),
    surfaces: [...VELOCITY_SURFACES],
    mid_price_int: price(SPOT_TICK - 0.5),
    spot_ref_price_int: price(SPOT_TICK),
    best_bid_price_int: price(SPOT_TICK - 1),
    best_ask_price_int: price(SPOT_TICK),
    book_valid: true,
    crossed: false,
    spot_stale: false,
    buy_volume: 0,
    sell_volume: 0,
    trade_count: 0,
    lag_ms: 1,
    skipped: 0,
    thinned: 0,
    gap: null,
    ...more,
  };
}

/** A row of a surface by column name; what is left out is 0 (forecast: NaN). */
export type Row = Readonly<Record<string, number>>;

/** A surface's binary from rows. */
export function makeSurface(surface: VelocitySurface, rows: readonly Row[]) {
  const frame = makeVelocityFrame(surface, rows.length);
  const columns = frame.columns as unknown as Record<string, { [i: number]: number }>;
  for (const { name, type } of VELOCITY_COLUMNS[surface]) {
    rows.forEach((row, i) => {
      const absent = surface === 'forecast' ? Number.NaN : 0;
      if (type !== 'int64') columns[name]![i] = row[name] ?? absent;
    });
  }
  return frame;
}

/** What a forecast's head says, unless told otherwise. */
export const FORECAST_HEAD: NonNullable<SurfaceHeader['forecast']> = {
  forecast_available: true,
  status: 'unproven',
  reason: 'no skill at any horizon',
  diagnostics: null,
};

/** A window as the texts and binaries that a server sends, in their order. */
export function windowMessages(
  header: BatchStart,
  rows: Partial<Record<VelocitySurface, readonly Row[]>> = {},
  forecast = FORECAST_HEAD,
): (string | ArrayBuffer)[] {
  const parts = header.surfaces.flatMap((surface) => {
    const { bytes, rows: count } = makeSurface(surface, rows[surface] ?? []);
    const head = { type: 'surface_header', session: header.session, seq: header.seq, surface };
    const more = surface === 'forecast' ? { forecast } : {};
    const text = JSON.stringify({ ...head, rows: count, bytes: bytes.length, ...more });
    return [text, bytes.slice().buffer];
  });
  return [JSON.stringify(header), ...parts];
}
