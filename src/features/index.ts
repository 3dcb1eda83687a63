export type { LatticeGrid, SparseRows } from './dense-surface.ts';
export { denseSurface } from './dense-surface.ts';
export { expNegative, lnOnePlus } from './natural-functions.ts';
export type { SurfaceInputs, SurfaceShape } from './physics-surface.ts';
export { PhysicsSurface } from './physics-surface.ts';
export type { SmoothingKernel } from './smoothing.ts';
export {
  gaussianKernel,
  KERNEL_REACH,
  priceKernels,
  smoothCells,
  strikeKernels,
} from './smoothing.ts';
export { STORED_STEP, storeCells, storedValue } from './stored-values.ts';
export type { SurfaceField, SurfaceRows } from './surface-fields.ts';
export { absentValueOf, makeSurfaceRows, SURFACE_FIELDS } from './surface-fields.ts';
export { EMA_SECONDS, emaWeight, VelocityMemory } from './velocity-memory.ts';
