import type { ForecastStatus, RunDiagnostics } from '../../src/wire/index.ts';
import type { VelocityWindow } from './window-codec.ts';

/** One horizon of a forecast. NaN = not known at this horizon. */
export interface HorizonForecast {
  /** s */
  horizon: number;
  /** Expected move of the mid, ticks. */
  move: number;
  down: number;
  flat: number;
  up: number;
  confidence: number;
  /** Bounds of the move, ticks from the mid. */
  band50: readonly [number, number];
  band80: readonly [number, number];
}

/** What was said at a window's end about what follows. */
export interface ForecastReading {
  /** Window end, s since 00:00 UTC: where the path begins. */
  seq: number;
  available: boolean;
  status: ForecastStatus;
  /** Why there is none, or why it is unproven. */
  reason: string;
  diagnostics: RunDiagnostics | null;
  /** Ascending horizons; empty when not available. */
  horizons: HorizonForecast[];
}

/** What a window says of the future; null when it carried no forecast surface. */
export function readForecast(window: VelocityWindow): ForecastReading | null {
  const { forecastHead: head, forecast, header } = window;
  if (!head) return null;
  const available = head.forecast_available && forecast !== null && forecast.rows > 0;
  const horizons: HorizonForecast[] = [];
  for (let i = 0; available && i < forecast.rows; i++) {
    const c = forecast.columns;
    horizons.push({
      horizon: c.horizon_s[i]!,
      move: c.predicted_tick_delta[i]!,
      down: c.p_down[i]!,
      flat: c.p_flat[i]!,
      up: c.p_up[i]!,
      confidence: c.confidence[i]!,
      band50: [c.band50_low[i]!, c.band50_high[i]!],
      band80: [c.band80_low[i]!, c.band80_high[i]!],
    });
  }
  horizons.sort((a, b) => a.horizon - b.horizon);
  const { status, reason, diagnostics } = head;
  return { seq: header.seq, available, status, reason, diagnostics, horizons };
}
