/** Shortest and longest pause between two connection attempts, ms. */
const MIN_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 60_000;

/**
 * How long to wait before attempt `failures` + 1, ms: twice as long each time, from one second to a
 * minute, half of what is above the second by chance, so that clients do not come back together.
 * One second at least, as the gateway refuses who comes faster. Source: Databento docs, Live API.
 * @param chance in [0, 1).
 */
export function reconnectPauseMs(failures: number, chance: number): number {
  const whole = Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** Math.min(failures, 16));
  return Math.max(MIN_PAUSE_MS, whole * (0.5 + chance / 2));
}
