/**
 * Plans and runs the pipeline of a lake.
 */
import type { Products, SessionChoice } from '../lake/index.ts';
import { repairOutputs, STAGES, stageState } from '../pipeline/index.ts';
import { ContractChooser } from './contract-chooser.ts';
import { type ExecutionEvents, executePlan, type NodeResult } from './execute-plan.ts';
import { forgetFailure, rememberFailure } from './failures.ts';
import { makePlan, type PlanRequest } from './make-plan.ts';
import type { Plan } from './plan-types.ts';
import { ThreadPool } from './thread-pool.ts';

/** A lake and what its tables depend on. */
export interface PipelineLake {
  lake: string;
  products: Products;
  session: SessionChoice;
}

/**
 * Plans what is asked for.
 * @param onRead told before a raw file is read for its contracts' volume, which takes its time; may
 * throw to stop.
 * @throws DataError PRODUCT_UNKNOWN, USAGE, DATE_NOT_FOUND; CONTRACT for a broken selection map.
 */
export async function planPipeline(
  of: PipelineLake,
  request: PlanRequest,
  onRead: (path: string) => void = () => {},
): Promise<Plan> {
  const chooser = await ContractChooser.open(of.lake, onRead);
  const plan = await makePlan(request, {
    ...of,
    stages: STAGES,
    stateOf: (stage, task) => Promise.resolve(stageState(stage, task)),
    contractOn: (product, dt) => chooser.contractOn(product, dt),
  });
  for (const why of chooser.unreadable) plan.notes.push(`contracts are chosen without ${why}`);
  return plan;
}

function remember(lake: string, result: NodeResult): void {
  const { outcome, error, node } = result;
  if (outcome === 'failed' && error) rememberFailure(lake, node.id, error);
  if (['done', 'unchanged', 'kept', 'skipped'].includes(outcome)) forgetFailure(lake, node.id);
}

/** Puts away what killed publications left in what is complete, and so is not made again. */
function repairKept(plan: Plan): void {
  for (const { action, stage: name, task } of plan.nodes) {
    const stage = STAGES.find((s) => s.name === name);
    if (stage && action === 'keep') repairOutputs(stage, task);
  }
}

/**
 * Runs a plan in worker threads; every node has a result, whatever happens.
 * @param options.workers threads, at least 1; no more are started than there are nodes to run.
 */
export async function runPipeline(
  of: PipelineLake,
  plan: Plan,
  options: { workers: number; signal: AbortSignal; events: ExecutionEvents },
): Promise<NodeResult[]> {
  const { workers, signal, events } = options;
  repairKept(plan);
  const pool = new ThreadPool(workers, signal);
  try {
    return await executePlan(plan, pool, {
      signal,
      events: {
        ...events,
        onResult: (result) => {
          remember(of.lake, result);
          events.onResult?.(result);
        },
      },
    });
  } finally {
    await pool.close();
  }
}
