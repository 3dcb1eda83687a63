import { formatPrice } from '../surface/index.ts';
import type { PressureController } from './pressure-controller.ts';
import type { PressureModel } from './session-model.ts';

const MODES = { replay: 'replay', live: 'live', synthetic: 'synthetic data' } as const;

/** Price, mode and edge in a sentence, for the live region. */
export function spokenSummary(model: PressureModel, state: PressureController['state']): string {
  const { config, header } = model;
  if (!config || !header) return 'Waiting for data.';
  const price = formatPrice(model.price, header.mid_price_int);
  const playing = state.paused.value ? 'paused' : 'playing';
  const edge = Number.isFinite(header.edge?.up)
    ? `Net edge up ${header.edge!.up.toFixed(1)}, ${header.edge!.regime}.`
    : 'Net edge unknown.';
  const at = state.clock.value.time;
  return `${config.symbol} ${price} at ${at}, ${MODES[config.mode]}, ${playing}. ${edge}`;
}
