/**
 * The work of `spymaster pipeline plan` and `pipeline status`.
 */
import { type Plan, type PlanNode, planPipeline, rememberedFailures } from '../runner/index.ts';
import type { CommandContext } from './command.ts';
import { printLine } from './output.ts';
import {
  type PipelineOptions,
  pipelineLake,
  pipelineRequest,
  tellPlan,
  volumeReading,
} from './pipeline-request.ts';

function jsonOf({ id, stage, layer, task, action, state, why, needs }: PlanNode) {
  const { productType, symbol, dt } = task;
  const what = { product_type: productType, symbol, dt };
  return { id, stage, layer, ...what, action, state, why, needs };
}

function skippedJson(plan: Plan) {
  return plan.skipped.map(({ productType, ...rest }) => ({ product_type: productType, ...rest }));
}

function count<T>(items: readonly T[], nameOf: (item: T) => string): string {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return [...counts].map(([name, n]) => `${n} ${name}`).join(', ');
}

/** Prints what would run and why. */
export async function runPipelinePlan(
  context: CommandContext,
  options: PipelineOptions,
): Promise<undefined> {
  const plan = await planPipeline(
    pipelineLake(context, options),
    pipelineRequest(options),
    volumeReading(context),
  );
  if (options.json) {
    const nodes = plan.nodes.map(jsonOf);
    const answer = { nodes, skipped: skippedJson(plan), notes: plan.notes };
    return void (await printLine(JSON.stringify(answer, null, 2)));
  }
  tellPlan(plan);
  for (const node of plan.nodes) {
    await printLine(`${node.action.padEnd(7)}  ${node.id}  ${node.why}`);
  }
  await printLine(
    count(plan.nodes, (node) => `to ${node.action}`).replace('to blocked', 'blocked'),
  );
}

/** A node as `status` calls it. */
function standing(node: PlanNode, failed: boolean): string {
  if (failed && node.action !== 'keep') return 'failed';
  if (node.action === 'skip') return 'skipped';
  return node.action === 'blocked' ? 'blocked' : node.state;
}

/** Prints what is complete, stale, missing, damaged or failed. */
export async function runPipelineStatus(
  context: CommandContext,
  options: PipelineOptions,
): Promise<undefined> {
  const { lake, ...rest } = pipelineLake(context, options);
  const plan = await planPipeline(
    { lake, ...rest },
    pipelineRequest(options),
    volumeReading(context),
  );
  const failures = rememberedFailures(lake);
  const rows = plan.nodes.map((node) => {
    const failure = failures.get(node.id);
    const status = standing(node, failure !== undefined);
    return { node, status, failure: status === 'failed' ? (failure ?? null) : null };
  });
  if (options.json) {
    const answer = rows.map(({ node, status, failure }) => ({
      ...jsonOf(node),
      status,
      failure: failure && { code: failure.code, message: failure.message, at: failure.at },
    }));
    const text = JSON.stringify({ partitions: answer, skipped: skippedJson(plan) }, null, 2);
    return void (await printLine(text));
  }
  tellPlan(plan);
  for (const { node, status, failure } of rows) {
    if (status === 'complete') continue;
    const why = failure ? `${failure.code}: ${failure.message} (${failure.at})` : node.why;
    await printLine(`${status.padEnd(8)}  ${node.id}  ${why}`);
  }
  const groups = new Map<string, typeof rows>();
  for (const row of rows) {
    const key = `${row.node.layer} ${row.node.task.productType}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  for (const [key, group] of groups) {
    await printLine(`${key}: ${count(group, (row) => row.status)}`);
  }
}
