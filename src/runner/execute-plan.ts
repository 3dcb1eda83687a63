/**
 * Runs the nodes of a plan, each after those it needs. One that fails fails alone: what needs it is
 * left out, everything else goes on.
 */
import type { Layer } from '../lake/index.ts';
import type { Plan, PlanNode } from './plan-types.ts';
import type { NodeError, NodeOutcome, NodeRunner } from './run-node.ts';

/** Time until a node that another process makes is tried again, ms. */
const BUSY_RETRY_MS = 500;
/** Time after which a node that another process makes has failed, ms. */
const BUSY_PATIENCE_MS = 30 * 60_000;

/**
 * What a task takes, roughly, s: so many for each byte of the raw file, and so many whatever it
 * holds, for silver and gold have a row for every second. Only progress and order depend on it.
 */
const ROUGH_SECONDS: Readonly<Record<Layer, { perByte: number; fixed: number }>> = {
  bronze: { perByte: 2e-8, fixed: 1 },
  silver: { perByte: 1e-8, fixed: 10 },
  gold: { perByte: 0, fixed: 40 },
};

/** How a node of the plan ended. */
export interface NodeResult {
  node: PlanNode;
  /** `skipped`: there is nothing to make it of. `left_out`: what it needs failed. */
  outcome: 'done' | 'unchanged' | 'kept' | 'skipped' | 'failed' | 'left_out' | 'abandoned';
  /** Why it failed or was left out; null otherwise. */
  error: NodeError | null;
  made: Extract<NodeOutcome, { outcome: 'done' }> | null;
  /** Why it was skipped, in words. */
  why?: string;
  seconds: number;
}

/** What is told while nodes run. */
export interface ExecutionEvents {
  onStart?(node: PlanNode): void;
  /** @param part 0..1 of all the work, roughly. */
  onProgress?(part: number): void;
  onResult?(result: NodeResult): void;
  /** Another process makes the node: it is waited for. */
  onBusy?(node: PlanNode, error: NodeError): void;
}

/** How nodes are run. */
export interface ExecutionOptions {
  signal: AbortSignal;
  events: ExecutionEvents;
  busyPatienceMs?: number;
}

interface Waiting {
  node: PlanNode;
  /** Longest way to the end of the plan, s: what lies on it goes first. */
  urgency: number;
  index: number;
  /** When it may be tried again, `performance.now()`. */
  notBefore: number;
  /** Since when another process makes it; 0: not. */
  busySince: number;
}

/** A node's share of the work, s. */
function workOf(node: PlanNode): number {
  if (node.action !== 'run' && node.action !== 'check') return 0;
  const { perByte, fixed } = ROUGH_SECONDS[node.layer];
  return perByte * node.weight + fixed;
}

function urgencies(nodes: readonly PlanNode[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const node of [...nodes].reverse()) {
    const own = (found.get(node.id) ?? 0) + workOf(node);
    found.set(node.id, own);
    for (const need of node.needs) found.set(need, Math.max(found.get(need) ?? 0, own));
  }
  return found;
}

/** The run of one plan. */
class Execution {
  readonly results: NodeResult[] = [];
  private readonly runner: NodeRunner;
  private readonly options: ExecutionOptions;
  private readonly ended = new Map<string, NodeResult>();
  private readonly parts = new Map<string, number>();
  private readonly total: number;
  private readonly works: Map<string, number>;
  private waiting: Waiting[] = [];
  private readonly running = new Set<Promise<void>>();

  constructor(plan: Plan, runner: NodeRunner, options: ExecutionOptions) {
    this.runner = runner;
    this.options = options;
    this.works = new Map(plan.nodes.map((n) => [n.id, workOf(n)]));
    this.total = plan.nodes.reduce((sum, n) => sum + workOf(n), 0);
    const urgency = urgencies(plan.nodes);
    for (const [index, node] of plan.nodes.entries()) {
      if (node.action === 'keep') this.end(node, 'kept', null, null, 0);
      else if (node.action === 'skip') this.skip(node, node.why, 0);
      else if (node.action === 'blocked') {
        this.end(node, 'failed', blockedError(node.why), null, 0);
      } else {
        const own = urgency.get(node.id) ?? 0;
        this.waiting.push({ node, urgency: own, index, notBefore: 0, busySince: 0 });
      }
    }
    this.waiting.sort((a, b) => b.urgency - a.urgency || a.index - b.index);
  }

  async run(): Promise<void> {
    const { signal } = this.options;
    while (this.waiting.length > 0 || this.running.size > 0) {
      if (signal.aborted) this.abandonWaiting();
      this.leaveOut();
      while (this.running.size < this.runner.width) {
        const next = this.takeReady();
        if (!next) break;
        this.start(next);
      }
      if (this.running.size > 0 || this.waiting.length > 0) await this.anything();
    }
  }

  /** The first that has all it needs. */
  private takeReady(): Waiting | null {
    const now = performance.now();
    const at = this.waiting.findIndex(
      (w) => w.notBefore <= now && w.node.needs.every((id) => this.ended.has(id)),
    );
    return at < 0 ? null : (this.waiting.splice(at, 1)[0] ?? null);
  }

  private start(waiting: Waiting): void {
    const { node } = waiting;
    if (waiting.busySince === 0) this.options.events.onStart?.(node);
    const task = this.work(waiting).finally(() => this.running.delete(task));
    this.running.add(task);
  }

  private async work(waiting: Waiting): Promise<void> {
    const { node } = waiting;
    const began = performance.now();
    const { id, stage, task, overwrite } = node;
    const outcome = await this.runner.run({ id, stage, task, overwrite }, (part) =>
      this.progress(id, part),
    );
    if (outcome.outcome === 'busy' && this.wait(waiting, outcome.error)) return;
    const seconds = (performance.now() - began) / 1000;
    if (outcome.outcome === 'done') this.end(node, 'done', null, outcome, seconds);
    else if (outcome.outcome === 'skipped') this.skip(node, outcome.why, seconds);
    else if (outcome.outcome === 'unchanged' || outcome.outcome === 'abandoned') {
      this.end(node, outcome.outcome, null, null, seconds);
    } else this.end(node, 'failed', outcome.error, null, seconds);
  }

  /** Puts a node back that another process makes; false when that takes too long. */
  private wait(waiting: Waiting, error: NodeError): boolean {
    const now = performance.now();
    if (waiting.busySince === 0) {
      waiting.busySince = now;
      this.options.events.onBusy?.(waiting.node, error);
    }
    const patience = this.options.busyPatienceMs ?? BUSY_PATIENCE_MS;
    if (now - waiting.busySince >= patience) return false;
    waiting.notBefore = now + BUSY_RETRY_MS;
    this.waiting.push(waiting);
    return true;
  }

  /** Ends the nodes that need one which failed. */
  private leaveOut(): void {
    const lost = (w: Waiting) =>
      w.node.needs.map((id) => this.ended.get(id)).find((r) => r && !isThere(r));
    for (let found = true; found; ) {
      found = false;
      for (const w of [...this.waiting]) {
        const cause = lost(w);
        if (!cause) continue;
        found = true;
        this.waiting.splice(this.waiting.indexOf(w), 1);
        if (cause.outcome === 'skipped') {
          this.skip(w.node, `needs ${cause.node.id}: ${cause.why}`, 0);
          continue;
        }
        const abandoned = cause.outcome === 'abandoned';
        const error = { code: 'PARTITION_MISSING', message: `needs ${cause.node.id}` };
        this.end(w.node, abandoned ? 'abandoned' : 'left_out', abandoned ? null : error, null, 0);
      }
    }
  }

  private abandonWaiting(): void {
    for (const { node } of this.waiting.splice(0)) this.end(node, 'abandoned', null, null, 0);
  }

  private end(
    node: PlanNode,
    outcome: NodeResult['outcome'],
    error: NodeError | null,
    made: NodeResult['made'],
    seconds: number,
  ): void {
    this.note({ node, outcome, error, made, seconds });
  }

  private skip(node: PlanNode, why: string, seconds: number): void {
    this.note({ node, outcome: 'skipped', error: null, made: null, seconds, why });
  }

  private note(result: NodeResult): void {
    const { node } = result;
    this.ended.set(node.id, result);
    this.results.push(result);
    this.progress(node.id, 1);
    this.options.events.onResult?.(result);
  }

  private progress(id: string, part: number): void {
    this.parts.set(id, Math.min(1, Math.max(part, this.parts.get(id) ?? 0)));
    let done = 0;
    for (const [node, p] of this.parts) done += p * (this.works.get(node) ?? 0);
    this.options.events.onProgress?.(this.total > 0 ? done / this.total : 1);
  }

  /** Waits for a node to end, for a busy one's turn, or for an interrupt. */
  private async anything(): Promise<void> {
    const { signal } = this.options;
    const now = performance.now();
    // A turn that came since the last look counts too: nothing else might end this wait.
    const free = this.running.size < this.runner.width;
    const again = this.waiting.filter((w) => free && w.notBefore > 0);
    const turns = again.map((w) => Math.max(0, w.notBefore - now));
    let timer: NodeJS.Timeout | undefined;
    let onAbort = () => {};
    const others: Promise<void>[] = [];
    if (turns.length > 0) {
      others.push(new Promise((turn) => (timer = setTimeout(turn, Math.min(...turns)))));
    }
    if (!signal.aborted) {
      others.push(
        new Promise((aborted) => {
          onAbort = aborted;
          signal.addEventListener('abort', onAbort, { once: true });
        }),
      );
    }
    await Promise.race([...this.running, ...others]);
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

function isThere({ outcome }: NodeResult): boolean {
  return outcome === 'done' || outcome === 'unchanged' || outcome === 'kept';
}

function blockedError(why: string): NodeError {
  const known = /^([A-Z_]+): (.*)$/s.exec(why);
  if (known) return { code: known[1] as string, message: known[2] as string };
  return { code: 'PARTITION_MISSING', message: why };
}

/** Runs a plan to its end, or until it is interrupted. Every node has a result. */
export async function executePlan(
  plan: Plan,
  runner: NodeRunner,
  options: ExecutionOptions,
): Promise<NodeResult[]> {
  const execution = new Execution(plan, runner, options);
  await execution.run();
  return execution.results;
}
