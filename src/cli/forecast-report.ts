/**
 * The work of `spymaster forecast report`.
 */
import { join } from 'node:path';
import { loadProducts, productOf, writeFileAtomic } from '../lake/index.ts';
import { forecastFolder, loadEvaluation, loadParameters } from '../pipeline/index.ts';
import type { CommandContext } from './command.ts';
import { renderReport } from './forecast-report/render-report.ts';
import { printLine } from './output.ts';

/** Flags of `forecast report`. */
export interface ForecastReportOptions {
  root: string;
  out?: string;
}

/** Writes the report of a root's evaluation and prints where it is. */
export async function runForecastReport(
  context: CommandContext,
  options: ForecastReportOptions,
): Promise<number | undefined> {
  const { lake } = context.settings;
  const { root } = productOf(loadProducts(context.loaded.configFolder), options.root);
  const { parameters } = loadParameters(lake, root);
  const evaluation = loadEvaluation(lake, parameters);
  const path = options.out ?? join(forecastFolder(lake, root), 'report.html');
  writeFileAtomic(path, [new TextEncoder().encode(renderReport(evaluation))]);
  await printLine(path);
  return undefined;
}
