/**
 * The graph of what is asked for: tasks with the tasks they need, each with its reason to run or
 * not. Edges are what the stages say they read; nothing here knows one stage from another.
 */
import { statSync } from 'node:fs';
import { DataError, isKnownError } from '../core/index.ts';
import {
  datasetName,
  type Layer,
  type PartitionRef,
  type Product,
  type Products,
  type ProductType,
  productOf,
  readManifest,
  type SessionChoice,
} from '../lake/index.ts';
import type { Stage, StageInput, StageState, StageTask } from '../pipeline/index.ts';
import { nodeId, type PlanNode } from './plan-types.ts';

/** What a planner looks at. */
export interface PlannerSources {
  lake: string;
  products: Products;
  session: SessionChoice;
  stages: readonly Stage[];
  stateOf(stage: Stage, task: StageTask): Promise<StageState>;
}

/** Codes with which a stage says that raw files are not there. */
const NOT_THERE = new Set(['DATE_NOT_FOUND', 'SYMBOL_NOT_FOUND']);

/** A node's inputs, resolved. */
interface Resolved {
  needs: PlanNode[];
  /** Why it cannot run; null when it can. */
  blocked: string | null;
  weight: number;
}

function rawBytes(inputs: readonly StageInput[]): number {
  let bytes = 0;
  for (const input of inputs) {
    if (input.kind !== 'raw' || input.role !== 'records') continue;
    bytes += statSync(input.path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

function isThere(lake: string, ref: PartitionRef): boolean {
  try {
    readManifest(lake, ref);
    return true;
  } catch {
    return false;
  }
}

/** Puts nodes together; each is looked at once. */
export class Planner {
  /** In an order in which each node comes after those it needs. */
  readonly nodes: PlanNode[] = [];
  private readonly byId = new Map<string, PlanNode>();
  private readonly sources: PlannerSources;

  constructor(sources: PlannerSources) {
    this.sources = sources;
  }

  /** The stages that make a layer of a product type; none when the catalogue has none. */
  stagesOf(layer: Layer, productType: ProductType): readonly Stage[] {
    const { stages } = this.sources;
    return stages.filter((s) => s.layer === layer && s.productType === productType);
  }

  /** The task that makes a symbol's day. */
  taskOf(productType: ProductType, symbol: string, dt: string, product: Product): StageTask {
    const { lake, session } = this.sources;
    return { lake, productType, symbol, dt, product, session };
  }

  /** Adds a task and, before it, all it needs. */
  async add(stage: Stage, task: StageTask, overwrite: boolean): Promise<PlanNode> {
    const id = nodeId(stage.layer, task, stage.part);
    const known = this.byId.get(id);
    if (known) {
      if (overwrite) Object.assign(known, overwritten(known));
      return known;
    }
    const resolved = await this.resolve(stage, task);
    const node: PlanNode = {
      id,
      stage: stage.name,
      layer: stage.layer,
      task,
      needs: resolved.needs.map((n) => n.id),
      overwrite,
      weight: Math.max(resolved.weight, ...resolved.needs.map((n) => n.weight)),
      ...(await this.decide(stage, task, resolved)),
    };
    if (overwrite) Object.assign(node, overwritten(node));
    this.byId.set(id, node);
    this.nodes.push(node);
    return node;
  }

  private async decide(
    stage: Stage,
    task: StageTask,
    { needs, blocked }: Resolved,
  ): Promise<Pick<PlanNode, 'action' | 'why' | 'state' | 'empty'>> {
    const { state, why, empty, unusable } = await this.stateOf(stage, task);
    if (unusable) return { action: 'blocked', why, state };
    const decided = (action: PlanNode['action'], because: string) => {
      return { action, why: because, state };
    };
    const nothing = needs.find((n) => n.action === 'skip' || (isKept(n) && n.empty));
    if (nothing) return decided('skip', `needs ${nothing.id}: ${nothing.why}`);
    if (state === 'complete' && empty && blocked === null) {
      return { ...decided('keep', why), empty };
    }
    if (state === 'complete' && (blocked !== null || needs.every(isKept))) {
      return decided('keep', 'complete');
    }
    if (blocked !== null) return decided('blocked', blocked);
    const stuck = needs.find((n) => n.action === 'blocked');
    if (stuck) return decided('blocked', `needs ${stuck.id}: ${stuck.why}`);
    if (state !== 'complete') return decided('run', why);
    const anew = needs.filter((n) => !isKept(n)).map((n) => n.id);
    return decided('check', `made anew before it: ${anew.join(', ')}`);
  }

  /** A state, or why it cannot be told. */
  private async stateOf(
    stage: Stage,
    task: StageTask,
  ): Promise<StageState & { unusable?: boolean }> {
    try {
      return await this.sources.stateOf(stage, task);
    } catch (error) {
      if (!isKnownError(error)) throw error;
      return { state: 'stale', why: `${error.code}: ${error.message}`, unusable: true };
    }
  }

  private async resolve(stage: Stage, task: StageTask): Promise<Resolved> {
    const needs: PlanNode[] = [];
    try {
      const inputs = stage.inputs(task);
      for (const input of inputs) {
        if (input.kind !== 'partition') continue;
        const producer = await this.producerOf(input.ref);
        if (producer && !needs.includes(producer)) needs.push(producer);
        if (producer || isThere(task.lake, input.ref)) continue;
        return { needs, blocked: missingInput(input.ref), weight: 0 };
      }
      return { needs, blocked: null, weight: rawBytes(inputs) };
    } catch (error) {
      if (!isKnownError(error)) throw error;
      return { needs, blocked: `${error.code}: ${error.message}`, weight: 0 };
    }
  }

  /** The node that makes a partition; null when nothing can make it. */
  private async producerOf(ref: PartitionRef): Promise<PlanNode | null> {
    const stage = this.sources.stages.find((s) =>
      s.outputs.some((o) => datasetName(o) === datasetName(ref)),
    );
    if (!stage) return null;
    const product = productOf(this.sources.products, ref.symbol);
    const symbol = stage.layer === 'bronze' ? product.root : ref.symbol;
    const task = this.taskOf(ref.productType, symbol, ref.dt, product);
    if (stage.layer === 'bronze' && !hasRaw(stage, task)) return null;
    return this.add(stage, task, false);
  }
}

function isKept(node: PlanNode): boolean {
  return node.action === 'keep';
}

function overwritten(node: PlanNode): Partial<PlanNode> {
  if (node.action === 'blocked' || node.action === 'skip') return { overwrite: true };
  const why = node.action === 'run' ? node.why : 'asked for by --overwrite';
  return { overwrite: true, action: 'run', why };
}

function missingInput(ref: PartitionRef): string {
  const what = `${datasetName(ref)} ${ref.symbol} ${ref.dt}`;
  return `PARTITION_MISSING: ${what} is not there, nor a raw file to make it of`;
}

/** Whether the raw files of a task are there. */
export function hasRaw(stage: Stage, task: StageTask): boolean {
  try {
    return stage.inputs(task).some((input) => input.kind === 'raw');
  } catch (error) {
    if (error instanceof DataError && NOT_THERE.has(error.code)) return false;
    // Something is there and cannot be used: the node tells why.
    if (isKnownError(error)) return true;
    throw error;
  }
}
