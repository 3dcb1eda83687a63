export type { LatticeGrid, SparseRows } from './dense-surface.ts';
export { denseSurface } from './dense-surface.ts';
export { IntegratedFlow } from './integrated-flow.ts';
export { MicroPrice, type MicroPriceNeeds } from './micro-price.ts';
export { expNegative, lnOnePlus } from './natural-functions.ts';
export {
  addOrderFlow,
  depthNormalisedFlow,
  queueFlow,
  tradeImbalanceShare,
} from './order-flow-imbalance.ts';
export type { SurfaceInputs, SurfaceShape } from './physics-surface.ts';
export { PhysicsSurface } from './physics-surface.ts';
export { queueImbalance, upProbability, weightedMidEdge } from './queue-imbalance.ts';
export type { SmoothingKernel } from './smoothing.ts';
export { gaussianKernel, KERNEL_REACH, priceKernels, strikeKernels } from './smoothing.ts';
export { STORED_STEP, storeCells, storedValue } from './stored-values.ts';
export type { SurfaceField, SurfaceRows } from './surface-fields.ts';
export { absentValueOf, makeSurfaceRows, SURFACE_FIELDS } from './surface-fields.ts';
export { EMA_SECONDS, emaWeight, VelocityMemory } from './velocity-memory.ts';
