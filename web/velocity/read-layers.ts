import type { CellReading } from '../shell/index.ts';
import { formatNumber } from '../shell/index.ts';
import type { VelocityModel } from './velocity-model.ts';

type Extra = [string, string][];

/** Horizon that is compared with what came, s. */
const AFTER_S = 10;

/** The options at the listed strike under the crosshair, if there is one: each right's velocity. */
export function readOptions(model: VelocityModel, cell: CellReading): Extra {
  const { history, strikes, price } = model;
  const frame = history.frameAt(cell.column);
  const row = (strike: number) => Math.floor(strike / price.bucketTicks);
  const strike = strikes.listed.find((s) => row(s) === cell.row);
  if (strike === undefined || frame < 0) return [];
  const slot = history.slotOf(frame);
  const text = (right: 'C' | 'P') =>
    formatNumber(strikes.value(strike, right, 'liquidity_velocity', slot), 3);
  return [
    ['calls u', text('C')],
    ['puts u', text('P')],
  ];
}

/** What the newest forecast says of the second under the crosshair, when that lies ahead. */
export function readBeyond({ forecast }: VelocityModel, cell: CellReading): Extra {
  if (!forecast?.available || cell.column <= forecast.seq) return [];
  const ahead = forecast.horizons.find((h) => forecast.seq + h.horizon === cell.column);
  if (!ahead) return [];
  const word = forecast.status === 'proven' ? '' : ' UNPROVEN';
  const [low, high] = ahead.band80;
  const band = `${formatNumber(low, 1)} to ${formatNumber(high, 1)}`;
  return [
    [`+${ahead.horizon} s${word}`, `${formatNumber(ahead.move, 2)} ticks`],
    ['80 % band', `${band} ticks`],
  ];
}

/** What was said in the window under the crosshair of the ten seconds after it, and what came. */
export function readAfter(model: VelocityModel, cell: CellReading): Extra {
  const said = model.forecastAt(cell.column);
  const at = said?.horizons.find((h) => h.horizon === AFTER_S);
  if (!said || !at || !Number.isFinite(at.up)) return [];
  const moved = model.midAt(said.seq + AFTER_S) - model.midAt(said.seq);
  const share = (p: number) => `${Math.round(100 * p)} %`;
  const came = Number.isFinite(moved) ? `${(moved * model.price.bucketTicks).toFixed(1)}` : '–';
  const word = said.status === 'proven' ? '' : ' UNPROVEN';
  return [
    [`said for ${AFTER_S} s${word}`, `▲ ${share(at.up)} ▼ ${share(at.down)}`],
    ['came', `${came} ticks`],
  ];
}
