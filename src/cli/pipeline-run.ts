/**
 * The work of `spymaster pipeline run`.
 */
import { availableParallelism } from 'node:os';
import { type NodeResult, planPipeline, runPipeline } from '../runner/index.ts';
import { type CommandContext, Interrupted } from './command.ts';
import { note, printLine } from './output.ts';
import { type PipelineProgress, showPipelineProgress } from './pipeline-progress.ts';
import {
  type PipelineOptions,
  pipelineLake,
  pipelineRequest,
  tellPlan,
  volumeReading,
} from './pipeline-request.ts';

/** Flags of `pipeline run`. */
export interface PipelineRunOptions extends PipelineOptions {
  workers?: number;
}

/** Order and words of the summary. */
const OUTCOMES: readonly [NodeResult['outcome'], string][] = [
  ['done', 'made'],
  ['unchanged', 'unchanged'],
  ['kept', 'complete'],
  ['skipped', 'skipped'],
  ['failed', 'failed'],
  ['left_out', 'left out'],
  ['abandoned', 'not run'],
];

function lineOf({ node, outcome, error, made, seconds, why }: NodeResult): string {
  if (error) return `${outcome.replace('_', ' ')}: ${node.id}: ${error.code}: ${error.message}`;
  if (why) return `${outcome}: ${node.id}: ${why}`;
  if (!made) return `${outcome}: ${node.id}`;
  if (made.nothing !== null) return `nothing: ${node.id}: ${made.nothing}`;
  const { rows, bytes, rowsRead } = made;
  const size = `${rows.toLocaleString('en')} rows, ${(bytes / 1e6).toFixed(1)} MB`;
  const rate = `${Math.round(rowsRead / Math.max(seconds, 1e-3) / 1000)} k rows/s`;
  return `made: ${node.id}: ${size}, ${seconds.toFixed(1)} s, ${rate}`;
}

function showResult(progress: PipelineProgress, result: NodeResult): void {
  const { outcome, node, made, error } = result;
  if (made) progress.addRows(made.rowsRead);
  if (outcome === 'kept' || outcome === 'abandoned') return;
  // Reasons are listed at the end, where nothing scrolls them away.
  progress.say(error ? `${outcome.replace('_', ' ')}: ${node.id}` : lineOf(result));
}

function jsonOf({ node, outcome, error, made, seconds, why }: NodeResult) {
  const { productType, symbol, dt } = node.task;
  return {
    id: node.id,
    stage: node.stage,
    layer: node.layer,
    product_type: productType,
    symbol,
    dt,
    outcome,
    seconds: Math.round(seconds * 1000) / 1000,
    ...(made && { rows: made.rows, bytes: made.bytes, counters: made.counters }),
    ...(made?.nothing && { nothing: made.nothing }),
    ...(why && { why }),
    ...(error && { code: error.code, message: error.message }),
  };
}

function summaryOf(results: readonly NodeResult[]): string {
  const counted = OUTCOMES.map(([outcome, word]) => {
    const n = results.filter((r) => r.outcome === outcome).length;
    return n > 0 ? `${n} ${word}` : '';
  });
  return counted.filter((text) => text !== '').join(', ');
}

/**
 * Makes what is asked for and what it needs.
 * @returns 1 when a partition failed, else nothing.
 * @throws Interrupted once the user has interrupted and what ran has stopped.
 */
export async function runPipelineRun(
  context: CommandContext,
  options: PipelineRunOptions,
): Promise<number | undefined> {
  const of = pipelineLake(context, options);
  const plan = await planPipeline(of, pipelineRequest(options), volumeReading(context));
  tellPlan(plan);
  const progress = await showPipelineProgress();
  const results = await runPipeline(of, plan, {
    workers: options.workers ?? availableParallelism(),
    signal: context.signal,
    events: {
      onProgress: (part) => progress.at(part),
      onResult: (result) => showResult(progress, result),
      onBusy: (node, error) => progress.say(`waiting: ${node.id}: ${error.message}`),
    },
  }).finally(() => progress.end());
  const failed = results.filter((r) => r.outcome === 'failed' || r.outcome === 'left_out');
  if (options.json) await printLine(JSON.stringify({ results: results.map(jsonOf) }, null, 2));
  else await printLine(summaryOf(results));
  for (const result of failed) note(lineOf(result));
  if (context.signal.aborted) throw new Interrupted();
  return failed.length > 0 ? 1 : undefined;
}
