/**
 * The work of `spymaster forecast evaluate`.
 */
import { DataError } from '../core/index.ts';
import type { ForecastParameters, ParameterInput } from '../forecast/index.ts';
import { loadProducts, parseProductType, productOf } from '../lake/index.ts';
import {
  type ForecastDayRead,
  loadParameters,
  saveEvaluation,
  saveParameters,
  withProof,
} from '../pipeline/index.ts';
import type { CommandContext } from './command.ts';
import { fitDays, readDays } from './forecast-days.ts';
import { note, printLine } from './output.ts';
import { proofTable } from './proof-table.ts';
import { programVersion } from './version.ts';

/** Flags of `forecast evaluate`. */
export interface ForecastEvaluateOptions {
  root: string;
  workers?: number;
  walk?: boolean;
  json?: boolean;
}

/** Days and contracts that parameters were made of, as their inputs tell. */
function sessionsOf(parameters: ForecastParameters): { dt: string; symbol: string }[] {
  const { days, inputs, product_type } = parameters;
  const dates = [...days.train, ...days.calibrate, ...days.holdout];
  return dates.map((dt) => {
    const input = inputs.find(
      ({ dataset, dt: date }) => date === dt && dataset.split('.')[1] === product_type,
    );
    if (input) return { dt, symbol: input.symbol };
    throw new DataError('PARAMETERS', 'the parameters do not say what a day was made of', {
      found: `no input of ${product_type} on ${dt}`,
      expected: `\`spymaster forecast fit --root ${parameters.root}\` to fit anew`,
    });
  });
}

/** @throws DataError PARAMETERS when the lake has more or other tables than the fit saw. */
function checkSame(parameters: ForecastParameters, reads: readonly ForecastDayRead[]): void {
  const name = ({ dt, dataset, symbol, sha256 }: ParameterInput) =>
    `${dataset} ${symbol} ${dt} ${sha256}`;
  const fitted = new Set(parameters.inputs.map(name));
  const found = reads.flatMap(({ inputs }) => inputs.map(name));
  const other = found.find((input) => !fitted.has(input));
  if (other === undefined && found.length === fitted.size) return;
  throw new DataError('PARAMETERS', 'the parameters are stale', {
    found: other ? `${other}, which the fit did not see` : 'fewer tables than the fit saw',
    expected: `\`spymaster forecast fit --root ${parameters.root}\` to fit anew`,
  });
}

/** Proves parameters again from the lake, and writes the evaluation and their status. */
export async function runForecastEvaluate(
  context: CommandContext,
  options: ForecastEvaluateOptions,
): Promise<number | undefined> {
  const { lake } = context.settings;
  const product = productOf(loadProducts(context.loaded.configFolder), options.root);
  const { parameters } = loadParameters(lake, product.root);
  const reads = await readDays(context, {
    product,
    productType: parseProductType(parameters.product_type),
    sessions: sessionsOf(parameters),
    hours: parameters.session,
    workers: options.workers,
  });
  checkSame(parameters, reads);
  const { proof } = await fitDays(context, {
    days: reads.map(({ day }) => day),
    split: parameters.days,
    fitted: parameters,
    walk: options.walk ?? true,
  });
  const proven = withProof(parameters, proof);
  const path = saveEvaluation(lake, proven, proof, programVersion());
  saveParameters(lake, proven);
  if (options.json) {
    const { status, reasons, sentence } = proof;
    await printLine(JSON.stringify({ status, reasons, sentence, skill: proven.skill, path }));
    return undefined;
  }
  await printLine(proofTable(proof));
  note(`wrote ${path}`);
  return undefined;
}
