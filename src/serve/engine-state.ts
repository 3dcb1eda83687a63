import { VacuumPressureEngine, type VacuumPressureOptions } from '../vacuum-pressure/index.ts';

interface Savable {
  save(): Uint8Array;
}
interface Restorer {
  restore(state: Uint8Array, options: VacuumPressureOptions): VacuumPressureEngine;
}

/** True when engines can be saved and restored. */
export const canSaveEngines = 'save' in VacuumPressureEngine.prototype;

/** An engine's state as bytes. */
export function saveEngine(engine: VacuumPressureEngine): Uint8Array {
  return (engine as unknown as Savable).save();
}

/** The engine of a state. @throws DataError CHECKPOINT */
export function restoreEngine(
  state: Uint8Array,
  options: VacuumPressureOptions,
): VacuumPressureEngine {
  return (VacuumPressureEngine as unknown as Restorer).restore(state, options);
}
