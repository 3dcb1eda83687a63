import { formatPrice } from '../surface/index.ts';
import type { ForecastReading } from './forecast-reading.ts';
import type { VelocityController } from './velocity-controller.ts';
import type { VelocityModel } from './velocity-model.ts';

const MODES = { replay: 'replay', live: 'live', synthetic: 'synthetic data' } as const;
/** Horizon that is read out, s. */
const SPOKEN_HORIZON_S = 10;

function forecastWords(forecast: ForecastReading | null): string {
  if (!forecast?.available) return 'No forecast.';
  const at = forecast.horizons.find((h) => h.horizon === SPOKEN_HORIZON_S);
  const share = (p: number | undefined) =>
    p !== undefined && Number.isFinite(p) ? `${Math.round(100 * p)} percent` : 'unknown';
  const word = forecast.status === 'proven' ? 'Forecast' : 'Unproven forecast';
  return `${word} in ${SPOKEN_HORIZON_S} seconds: up ${share(at?.up)}, down ${share(at?.down)}.`;
}

/** Price, mode and forecast in a sentence, for the live region. */
export function spokenSummary(model: VelocityModel, state: VelocityController['state']): string {
  const { config, header, forecast } = model;
  if (!config || !header) return 'Waiting for data.';
  const price = formatPrice(model.price, header.mid_price_int);
  const playing = state.paused.value ? 'paused' : 'playing';
  const at = state.clock.value.time;
  return `${config.symbol} ${price} at ${at}, ${MODES[config.mode]}, ${playing}. ${forecastWords(forecast)}`;
}
