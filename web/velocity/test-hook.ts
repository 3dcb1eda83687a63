import type { ForecastReading } from './forecast-reading.ts';
import type { VelocityController } from './velocity-controller.ts';

/** What only this page shows to tests, beside the shell's hook. */
export interface VelocityHook {
  readonly forecast: ForecastReading | null;
  /** Strikes that have bars, ticks of the underlying. */
  readonly strikes: number[];
}

/** Read-only state for `window.__spymaster`. */
export function velocityHook(controller: VelocityController): VelocityHook {
  const { model } = controller;
  return {
    get forecast() {
      return model.forecast;
    },
    get strikes() {
      return model.strikes.listed;
    },
  };
}
