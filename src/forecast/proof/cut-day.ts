import type { ForecastDay } from '../forecast-day.ts';

/** Arrays of a session, whatever their kind. */
type DayArray = Int32Array | Int16Array | Uint8Array | Float32Array | Float64Array;

/** The same session with each of its arrays put through `change`; `width` is entries a window. */
export function mapDay(
  day: ForecastDay,
  windows: number,
  change: (array: DayArray, width: number, name: string) => DayArray,
): ForecastDay {
  const changed: Record<string, unknown> = { ...day, windows };
  for (const [name, value] of Object.entries(day)) {
    if (!ArrayBuffer.isView(value)) continue;
    const array = value as DayArray;
    changed[name] = change(array, array.length / day.windows, name);
  }
  return changed as unknown as ForecastDay;
}

/** The first `windows` windows of a session: views, not copies. */
export function cutDay(day: ForecastDay, windows: number): ForecastDay {
  return mapDay(day, windows, (array, width) => array.subarray(0, windows * width));
}
