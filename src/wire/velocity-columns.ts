import type { ArrowType } from './arrow-layout.ts';
import type { ArrowArray } from './arrow-views.ts';
import type { VelocitySurface } from './velocity-messages.ts';

/**
 * Columns of the velocity stream's surfaces. Rows are sparse: an absent row means 0 everywhere,
 * except `nu` and `kappa`, which are then 1. Also left out are cells beyond spot, seen from their
 * own side, in which nothing rests and nothing happened. Meaning: docs/formulas.md.
 */

/** Codes of `side`. */
export const SIDE_CODES = { A: 0, B: 1 } as const;
/** Codes of `right`. */
export const RIGHT_CODES = { C: 0, P: 1 } as const;

/** Name, storage and unit of every column. */
export const VELOCITY_COLUMNS = {
  snap: [
    { name: 'window_end_ts_ns', type: 'int64', unit: 'ns since 1970 UTC' },
    { name: 'mid_price', type: 'float64', unit: 'currency; NaN = unknown' },
    { name: 'spot_ref_price_int', type: 'int64', unit: '1e-9 currency; 2^63-1 = unknown' },
    { name: 'book_valid', type: 'uint8', unit: '0 or 1' },
  ],
  velocity: [
    { name: 'rel_ticks', type: 'int16', unit: 'ticks from spot' },
    { name: 'side', type: 'int8', unit: '0 ask, 1 bid' },
    { name: 'liquidity_velocity', type: 'float32', unit: '1/s' },
    { name: 'rho', type: 'float32', unit: 'ln lots' },
    { name: 'nu', type: 'float32', unit: 'none' },
    { name: 'kappa', type: 'float32', unit: 'none' },
    { name: 'pressure_grad', type: 'float32', unit: '1/s' },
    { name: 'u_wave_energy', type: 'float32', unit: '1/s' },
    { name: 'Omega', type: 'float32', unit: 'none' },
    { name: 'Omega_prom', type: 'float32', unit: 'none' },
  ],
  options: [
    { name: 'strike_tick', type: 'int32', unit: 'ticks of the underlying' },
    { name: 'right', type: 'int8', unit: '0 call, 1 put' },
    { name: 'side', type: 'int8', unit: '0 ask, 1 bid' },
    { name: 'liquidity_velocity', type: 'float32', unit: '1/s' },
    { name: 'pressure_grad', type: 'float32', unit: '1/s' },
    { name: 'u_wave_energy', type: 'float32', unit: '1/s' },
    { name: 'nu', type: 'float32', unit: 'none' },
    { name: 'Omega', type: 'float32', unit: 'none' },
  ],
  forecast: [
    { name: 'horizon_s', type: 'int16', unit: 's' },
    { name: 'predicted_tick_delta', type: 'float32', unit: 'ticks' },
    { name: 'predicted_spot_tick', type: 'float32', unit: 'ticks' },
    { name: 'p_down', type: 'float32', unit: 'NaN = not fitted at this horizon' },
    { name: 'p_flat', type: 'float32', unit: 'NaN = not fitted at this horizon' },
    { name: 'p_up', type: 'float32', unit: 'NaN = not fitted at this horizon' },
    { name: 'confidence', type: 'float32', unit: 'p(predicted) - p(opposite)' },
    { name: 'band50_low', type: 'float32', unit: 'ticks from the mid' },
    { name: 'band50_high', type: 'float32', unit: 'ticks from the mid' },
    { name: 'band80_low', type: 'float32', unit: 'ticks from the mid' },
    { name: 'band80_high', type: 'float32', unit: 'ticks from the mid' },
  ],
} as const satisfies Record<
  VelocitySurface,
  readonly { name: string; type: ArrowType; unit: string }[]
>;

/** The columns of a surface as typed arrays, one value a row. */
export type VelocityArrays<S extends VelocitySurface> = {
  [C in (typeof VELOCITY_COLUMNS)[S][number] as C['name']]: ArrowArray<C['type']>;
};
