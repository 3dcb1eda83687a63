/**
 * A mark of an axis: where it stands (row, or ms since epoch), and whether it deserves a stronger
 * line.
 */
export interface AxisTick {
  at: number;
  label: string;
  major: boolean;
}

/** Steps of a decade, times ten, so that 2.5 stays whole. */
const DECADE = [10, 20, 25, 50];

/**
 * The smallest pleasant price step of at least `minNano` that is a whole number of rows: one row,
 * or 1, 2, 2.5, 5 times a power of ten. All in 1e-9 currency units.
 */
export function priceStep(rowNano: number, minNano: number): number {
  if (minNano <= rowNano) return rowNano;
  for (let decade = 1; decade < 1e18; decade *= 10) {
    for (const m of DECADE) {
      const step = (m * decade) / 10;
      if (step >= minNano && step % rowNano === 0) return step;
    }
  }
  return rowNano * Math.ceil(minNano / rowNano);
}

/**
 * Price marks between two rows, at least `minRows` rows apart. `at` is a row; labels carry
 * `decimals` digits.
 */
export function priceTicks(
  rowNano: number,
  decimals: number,
  low: number,
  high: number,
  minRows: number,
): AxisTick[] {
  const step = priceStep(rowNano, Math.max(1, minRows) * rowNano) / rowNano;
  const ticks: AxisTick[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) {
    const row = i * step;
    const label = ((row * rowNano) / 1e9).toFixed(decimals);
    ticks.push({ at: row, label, major: i % 5 === 0 });
  }
  return ticks;
}

const MS_STEPS = [10, 20, 50, 100, 200, 500];
const SECOND_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];

/** The smallest pleasant time step of at least `minMs`, ms. */
export function timeStep(minMs: number): number {
  const steps = [...MS_STEPS, ...SECOND_STEPS.map((s) => s * 1000)];
  return steps.find((s) => s >= minMs) ?? 86_400_000;
}

/**
 * The time of day as HH:MM:SS, with milliseconds when asked for. `ms` counts from local midnight.
 */
export function formatTimeOfDay(ms: number, withMs: boolean): string {
  const day = ((ms % 86_400_000) + 86_400_000) % 86_400_000;
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  const text = `${two(day / 3_600_000)}:${two((day / 60_000) % 60)}:${two((day / 1000) % 60)}`;
  return withMs ? `${text}.${String(Math.floor(day % 1000)).padStart(3, '0')}` : text;
}

/**
 * Time marks between two instants (ms since epoch), at least `minMs` apart, aligned to the zone's
 * clock.
 */
export function timeTicks(
  low: number,
  high: number,
  minMs: number,
  zoneOffsetMs: number,
): AxisTick[] {
  const step = timeStep(minMs);
  const ticks: AxisTick[] = [];
  const majorStep = timeStep(step * 5);
  for (let local = Math.ceil((low + zoneOffsetMs) / step) * step; ; local += step) {
    const at = local - zoneOffsetMs;
    if (at > high) return ticks;
    ticks.push({ at, label: formatTimeOfDay(local, step < 1000), major: local % majorStep === 0 });
  }
}
