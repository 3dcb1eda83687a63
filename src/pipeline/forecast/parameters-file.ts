/**
 * `forecast/{root}/physics_beta_gamma.json`: what `forecast fit` found, written whole and checked
 * when it is read.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, isKnownError } from '../../core/index.ts';
import {
  type FittedForecast,
  type ForecastParameters,
  modelConstants,
  type ParameterInput,
} from '../../forecast/index.ts';
import {
  checkSymbolSegment,
  type PartitionRef,
  readManifest,
  writeFileAtomic,
} from '../../lake/index.ts';
import { jsonHash } from './json-hash.ts';
import { parametersSchema } from './parameters-schema.ts';

/** Parameters that were read and may be applied. */
export interface LoadedParameters {
  parameters: ForecastParameters;
  /** First 12 hex digits of the file's sha256. */
  version: string;
}

/** Folder of a root's parameters, evaluation and report. */
export function forecastFolder(lake: string, root: string): string {
  return join(lake, 'forecast', checkSymbolSegment(root));
}

/** Where a root's parameters lie. */
export function parametersPath(lake: string, root: string): string {
  return join(forecastFolder(lake, root), 'physics_beta_gamma.json');
}

/** Hash of what a forecast depends on: the fitted numbers alone, not their proof. */
export function fittedHash(fitted: FittedForecast): string {
  const { beta, gamma, train_samples, features, horizons } = fitted;
  return jsonHash({ beta, gamma, train_samples, features, horizons });
}

/** Writes a root's parameters in place of what was there; a reader sees the old or the new. */
export function saveParameters(lake: string, parameters: ForecastParameters): string {
  const path = parametersPath(lake, parameters.root);
  const text = `${JSON.stringify(parameters, null, 2)}\n`;
  writeFileAtomic(path, [new TextEncoder().encode(text)]);
  return path;
}

function refused(path: string, why: string, found: string, expected?: string): DataError {
  return new DataError('PARAMETERS', why, {
    file: path,
    found,
    ...(expected !== undefined && { expected }),
  });
}

function readText(path: string, root: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw refused(path, 'the parameters cannot be read', (error as Error).message);
    }
    throw new DataError('FILE_NOT_FOUND', `there are no parameters of ${root}`, {
      file: path,
      expected: `\`spymaster forecast fit --root ${root}\` to make them`,
    });
  }
}

function parsed(text: string, path: string): ForecastParameters {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refused(path, 'the parameters are damaged', (error as Error).message, 'JSON');
  }
  const checked = parametersSchema.safeParse(json);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const where = issue?.path.join('.') || 'the file';
  throw refused(path, 'the parameters are damaged', `${where}: ${issue?.message ?? 'not valid'}`);
}

/** @throws DataError PARAMETERS naming the constants that differ from this build's. */
function checkConstants(path: string, { constants, constants_hash }: ForecastParameters): void {
  const ours = modelConstants();
  if (constants_hash !== jsonHash(constants)) {
    throw refused(path, 'the parameters are damaged', 'constants and their hash disagree');
  }
  if (constants_hash === jsonHash(ours)) return;
  const names = new Set([...Object.keys(ours), ...Object.keys(constants)]);
  const differing = [...names].filter((name) => ours[name] !== constants[name]).sort();
  const shown = (of: Record<string, number>) =>
    differing.map((name) => `${name} ${of[name] ?? 'absent'}`).join(', ');
  throw refused(path, 'the parameters are of other model constants', shown(constants), shown(ours));
}

function shaNow(lake: string, { dataset, symbol, dt }: ParameterInput): string | null {
  const [layer, productType, table] = dataset.split('.');
  try {
    return readManifest(lake, { layer, productType, table, symbol, dt } as PartitionRef).sha256;
  } catch (error) {
    if (isKnownError(error)) return null;
    throw error;
  }
}

/** @throws DataError PARAMETERS naming the inputs that are others now; absent ones cannot tell. */
function checkInputs(lake: string, path: string, parameters: ForecastParameters): void {
  const { inputs, inputs_hash, root } = parameters;
  if (inputs_hash !== jsonHash(inputs)) {
    throw refused(path, 'the parameters are damaged', 'inputs and their hash disagree');
  }
  const changed = inputs.filter((input) => {
    const now = shaNow(lake, input);
    return now !== null && now !== input.sha256;
  });
  const [first] = changed;
  if (!first) return;
  const named = `${first.dataset} ${first.symbol} ${first.dt}`;
  const more = changed.length > 1 ? ` and ${changed.length - 1} more` : '';
  throw refused(
    path,
    'the parameters are stale',
    `${named}${more} changed since the fit`,
    `\`spymaster forecast fit --root ${root}\` to fit anew`,
  );
}

/**
 * Reads a root's parameters.
 * @param productType refuses those of another one when given.
 * @throws DataError FILE_NOT_FOUND when there are none; PARAMETERS when they are damaged, of
 *   another product or other model constants, or stale: fitted on partitions that are others now.
 */
export function loadParameters(lake: string, root: string, productType?: string): LoadedParameters {
  const path = parametersPath(lake, root);
  const text = readText(path, root);
  const parameters = parsed(text, path);
  const wanted = `${root} ${productType ?? parameters.product_type}`;
  const found = `${parameters.root} ${parameters.product_type}`;
  if (found !== wanted) throw refused(path, 'the parameters are of another product', found, wanted);
  checkConstants(path, parameters);
  checkInputs(lake, path, parameters);
  return { parameters, version: createHash('sha256').update(text).digest('hex').slice(0, 12) };
}
