/**
 * What the flags of the `pipeline` commands ask for.
 */
import { DataError } from '../core/index.ts';
import { LAYERS, loadProducts, parseProductType, type SessionChoice } from '../lake/index.ts';
import type { PipelineLake, Plan, PlanRequest } from '../runner/index.ts';
import { type CommandContext, Interrupted } from './command.ts';
import { note } from './output.ts';
import { type DateOptions, sessionDates } from './session-dates.ts';

/** Flags that the `pipeline` commands share. */
export interface PipelineOptions extends DateOptions {
  /** Comma lists. */
  productType?: string;
  symbol?: string;
  layer: string;
  session: SessionChoice;
  overwrite?: boolean;
  json?: boolean;
}

function list(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** What is asked for. @throws DataError USAGE naming what is not understood. */
export function pipelineRequest(options: PipelineOptions): PlanRequest {
  const layer = LAYERS.find((name) => name === options.layer);
  if (!layer && options.layer !== 'all') {
    throw new DataError('USAGE', `no layer "${options.layer.slice(0, 40)}"`, {
      expected: `${LAYERS.join(', ')} or all`,
    });
  }
  return {
    productTypes: list(options.productType)?.map(parseProductType) ?? null,
    layers: layer ? [layer] : LAYERS,
    symbols: list(options.symbol),
    dates: sessionDates(options),
    overwrite: options.overwrite ?? false,
  };
}

/** The lake that the commands work on. */
export function pipelineLake(context: CommandContext, options: PipelineOptions): PipelineLake {
  const products = loadProducts(context.loaded.configFolder);
  return { lake: context.settings.lake, products, session: options.session };
}

/** Says which raw file is read for its volumes, and is where an interrupt gets in. */
export function volumeReading(context: CommandContext): (path: string) => void {
  return (path) => {
    if (context.signal.aborted) throw new Interrupted();
    note(`reading volumes: ${path}`);
  };
}

/** Notes and days that are left out, on standard error: a line for each symbol and reason. */
export function tellPlan(plan: Plan): void {
  for (const text of plan.notes) note(text);
  const days = new Map<string, string[]>();
  for (const { productType, symbol, dt, why } of plan.skipped) {
    const key = `${productType} ${symbol}: ${why}`;
    days.set(key, [...(days.get(key) ?? []), dt]);
  }
  for (const [key, dates] of days) {
    const more = dates.length > 1 ? ` to ${dates.at(-1)} (${dates.length} days)` : '';
    note(`left out: ${key}: ${dates[0]}${more}`);
  }
}
