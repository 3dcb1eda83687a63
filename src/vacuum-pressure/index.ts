export type { Coefficients } from './coefficients.ts';
export { DEFAULT_COEFFICIENTS, MAX_COEFFICIENT, parseCoefficients } from './coefficients.ts';
export type { EdgeSums } from './edge.ts';
export { edgeSums, MIN_EDGE_SCALE, netEdge } from './edge.ts';
export { MAX_THROTTLE_MS, MIN_THROTTLE_MS } from './emission-grid.ts';
export type { VacuumPressureOptions } from './engine.ts';
export { MAX_SILENCE_NS, VacuumPressureEngine } from './engine.ts';
