export type { ExecutionEvents, NodeResult } from './execute-plan.ts';
export { type Failure, rememberedFailures } from './failures.ts';
export type { PlanRequest } from './make-plan.ts';
export type { Plan, PlanNode, SkippedDay } from './plan-types.ts';
export { type PipelineLake, planPipeline, runPipeline } from './run-pipeline.ts';
