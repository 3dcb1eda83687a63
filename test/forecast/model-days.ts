/** Sessions for the tests of the model: of a law that is known, and copies that are spoilt. */
import { Prng } from '../../src/core/index.ts';
import { DISPLACEMENTS, type ForecastDay } from '../../src/forecast/index.ts';
import { plantedDay } from './planted-market.ts';

/** What moves the mid of `lawfulDays`. */
export interface Law {
  beta: number;
  gamma: number;
  /** Standard deviation of what is not explained, ticks. */
  noise: number;
}

/** Days whose mid follows `(1 - gamma) * speed + beta * acceleration + noise`, seeded. */
export function lawfulDays(count: number, windows: number, law: Law, seed: number): ForecastDay[] {
  return Array.from({ length: count }, (_, d) => {
    const { day } = plantedDay({
      windows,
      signal: 0,
      seed: seed * 100 + d,
      dt: `2026-02-0${d + 1}`,
    });
    const random = new Prng(seed * 7919 + d);
    let speed = 0;
    let mid = 20_000;
    for (let i = 0; i < windows; i++) {
      day.mid[i] = mid;
      day.forceHere[i] = random.normal();
      day.dampingHere[i] = 1 + random.float();
      const acceleration = day.forceHere[i]! / (1 + day.dampingHere[i]!);
      speed = (1 - law.gamma) * speed + law.beta * acceleration + law.noise * random.normal();
      mid += speed;
    }
    return day;
  });
}

/** A copy whose arrays are its own. */
export function copyOf(day: ForecastDay): ForecastDay {
  const copied: Record<string, unknown> = { ...day };
  for (const [name, value] of Object.entries(day)) {
    if (ArrayBuffer.isView(value)) copied[name] = (value as Float64Array).slice();
  }
  return copied as unknown as ForecastDay;
}

/** A copy with nonsense in everything that windows `from` to the end say. */
export function poisonedFrom(day: ForecastDay, from: number): ForecastDay {
  const poisoned = copyOf(day);
  const random = new Prng(99);
  for (const [name, value] of Object.entries(poisoned)) {
    if (name === 'endSecond' || !ArrayBuffer.isView(value)) continue;
    const array = value as Float64Array;
    const width = name === 'force' ? DISPLACEMENTS : 1;
    const isFlag = value instanceof Uint8Array;
    for (let at = from * width; at < array.length; at++) {
      array[at] = isFlag ? 1 : 1e4 * random.normal();
    }
  }
  return poisoned;
}
