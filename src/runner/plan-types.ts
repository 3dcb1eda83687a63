/**
 * What a plan is: tasks of stages with what they need of each other, and whether they run.
 */
import type { Layer, ProductType } from '../lake/index.ts';
import type { StageState, StageTask } from '../pipeline/index.ts';

/**
 * `run`: it will run. `check`: an input of it is made anew; it runs if that changed anything.
 * `keep`: it is complete. `skip`: the day has nothing to make it of. `blocked`: it cannot run.
 */
export type NodeAction = 'run' | 'check' | 'keep' | 'skip' | 'blocked';

/** One task of a stage. */
export interface PlanNode {
  /** `silver future_mbo ESH6 2026-01-05`; `gold future_mbo ESH6 2026-01-05 microstructure`. */
  id: string;
  /** Name of the stage. */
  stage: string;
  layer: Layer;
  task: StageTask;
  /** Ids of nodes that must be done before. */
  needs: string[];
  action: NodeAction;
  /** What its partitions are now. */
  state: StageState['state'];
  /** Why it runs, is kept, skipped or blocked, in words. */
  why: string;
  /** It is complete and holds nothing. */
  empty?: boolean;
  /** It runs even when it is complete. */
  overwrite: boolean;
  /** Size of the raw file at its root, bytes: what its share of the work is told by. */
  weight: number;
}

/** A day of a symbol that is not in the plan, and why. */
export interface SkippedDay {
  productType: ProductType;
  symbol: string;
  dt: string;
  why: string;
}

/** Nodes in an order in which each comes after those it needs. */
export interface Plan {
  nodes: PlanNode[];
  skipped: SkippedDay[];
  /** What a user should know of how the plan was made. */
  notes: string[];
}

/** The name of a node. @param part of the stage, where its layer has several. */
export function nodeId(layer: Layer, task: StageTask, part?: string): string {
  const name = `${layer} ${task.productType} ${task.symbol} ${task.dt}`;
  return part === undefined ? name : `${name} ${part}`;
}
