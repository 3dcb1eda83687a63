/**
 * The fields of a physics surface, by the names of the published columns of futures and equities
 * (options: the same algebra, the names with `_opt`), in the order of the tables.
 */

/** Names, in the order of the tables; docs/formulas.md has the formula of each. */
export const SURFACE_FIELDS = [
  'add_intensity',
  'fill_intensity',
  'pull_intensity',
  'liquidity_velocity',
  'u_ema_2',
  'u_ema_8',
  'u_ema_32',
  'u_ema_128',
  'u_band_fast',
  'u_band_mid',
  'u_band_slow',
  'u_wave_energy',
  'du_dt',
  'd2u_dt2',
  'rho',
  'phi_rest',
  'u_p',
  'u_p_slow',
  'Omega',
  'u_near',
  'u_far',
  'u_prom',
  'du_dx',
  'd2u_dx2',
  'Omega_near',
  'Omega_far',
  'Omega_prom',
  'nu',
  'kappa',
  'pressure_grad',
] as const;

/** One of `SURFACE_FIELDS`. */
export type SurfaceField = (typeof SURFACE_FIELDS)[number];

/** A float64 array per field: `[series][cell]`, flattened. */
export type SurfaceRows = Record<SurfaceField, Float64Array>;

/** What a field is where the table has no row: 1 for `nu` and `kappa`, 0 for every other. */
export function absentValueOf(field: string): 0 | 1 {
  return /^(nu|kappa)(_opt)?$/.test(field) ? 1 : 0;
}

/** Zeroed rows for `length` cells. */
export function makeSurfaceRows(length: number): SurfaceRows {
  const rows = SURFACE_FIELDS.map((field) => [field, new Float64Array(length)]);
  return Object.fromEntries(rows) as SurfaceRows;
}
