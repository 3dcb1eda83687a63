import type { ForecastDay } from '../../forecast/index.ts';

/** Buffers of a session's arrays, to be handed over. */
export function buffersOf(day: ForecastDay): ArrayBuffer[] {
  const arrays = Object.values(day).filter((value) => ArrayBuffer.isView(value));
  return arrays.map((array) => array.buffer as ArrayBuffer);
}
