/**
 * From one window's rows of gold to everything that the forecast takes from them. Fits read whole
 * days through it and servers single windows, so that the two cannot differ.
 */
import type { ForecastDay } from '../forecast-day.ts';
import { ForceProfile, placeOfMid } from './force-profile.ts';
import { ObstacleFields } from './obstacle-fields.ts';
import { runSide } from './run-diagnostics.ts';
import { type BookSurfaceRows, type OptionSurfaceRows, WindowFields } from './window-fields.ts';

/** One window after the other: `begin`, rows, `finish`, `store`. Makes no garbage. */
export class WindowPhysics {
  /** The window's dense fields; valid until the next `begin`. */
  readonly fields = new WindowFields();
  readonly obstacles = new ObstacleFields();
  readonly profile = new ForceProfile();
  private readonly bucketTicks: number;

  /** @param bucketTicks ticks in a step of the surface's lattice: 1 for futures. */
  constructor(bucketTicks: number) {
    this.bucketTicks = bucketTicks;
  }

  /** Starts a window without rows. */
  begin(): void {
    this.fields.clear();
  }

  /** Takes rows `from` to `to` (exclusive) of the book's surface, in any order. */
  addBook(rows: BookSurfaceRows, from: number, to: number): void {
    this.fields.addBook(rows, from, to, this.bucketTicks);
  }

  /** Takes rows of the options' surface. @param spotTick spot of the underlying, ticks. */
  addOptions(rows: OptionSurfaceRows, from: number, to: number, spotTick: number): void {
    this.fields.addOptions(rows, from, to, spotTick, this.bucketTicks);
  }

  /** Computes force and damping. @param midTicks mid. @param spotTick spot, both in ticks. */
  finish(midTicks: number, spotTick: number): void {
    const { bucketTicks } = this;
    this.obstacles.compute(this.fields);
    this.profile.compute(this.obstacles, placeOfMid(midTicks, spotTick, bucketTicks), bucketTicks);
  }

  /** Writes what was computed to window `i` of a day. */
  store(day: ForecastDay, i: number): void {
    const { fields, obstacles, profile, bucketTicks } = this;
    const up = runSide(fields, obstacles, 1);
    const down = runSide(fields, obstacles, -1);
    day.force.set(profile.force, i * profile.force.length);
    day.forceHere[i] = profile.forceHere;
    day.dampingHere[i] = profile.dampingHere;
    day.hasOptions[i] = fields.optionRows > 0 ? 1 : 0;
    day.wallUp[i] = up.wall * bucketTicks;
    day.wallDown[i] = down.wall * bucketTicks;
    day.vacuumUp[i] = up.vacuum;
    day.vacuumDown[i] = down.vacuum;
    day.reinforceUp[i] = up.reinforce;
    day.reinforceDown[i] = down.reinforce;
  }
}
