/**
 * `forecast/{root}/physics_beta_gamma_eval.json`: the proof of the parameters beside it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../../core/index.ts';
import {
  EVALUATION_FORMAT,
  type ForecastEvaluation,
  type ForecastParameters,
  type ForecastProof,
  heldOutSkill,
} from '../../forecast/index.ts';
import { writeFileAtomic } from '../../lake/index.ts';
import { evaluationSchema } from './evaluation-schema.ts';
import { fittedHash, forecastFolder } from './parameters-file.ts';

/** Where a root's evaluation lies. */
export function evaluationPath(lake: string, root: string): string {
  return join(forecastFolder(lake, root), 'physics_beta_gamma_eval.json');
}

/** Parameters that say what their proof found. */
export function withProof(
  parameters: ForecastParameters,
  proof: ForecastProof,
): ForecastParameters {
  const { status, reasons } = proof;
  return { ...parameters, status, reasons, skill: heldOutSkill(proof) };
}

/** A proof with its origin: what it is about, and what that was made of. */
function evaluationOf(
  parameters: ForecastParameters,
  proof: ForecastProof,
  codeVersion: string,
): ForecastEvaluation {
  const { root, product_type, session, constants_hash, inputs, inputs_hash, beta, gamma } =
    parameters;
  return {
    format: EVALUATION_FORMAT,
    root,
    product_type,
    ...proof,
    session,
    parameters_hash: fittedHash(parameters),
    constants_hash,
    inputs_hash,
    inputs,
    beta,
    gamma,
    code_version: codeVersion,
  };
}

/**
 * Writes the proof of parameters in place of what was there.
 * @returns its path.
 */
export function saveEvaluation(
  lake: string,
  parameters: ForecastParameters,
  proof: ForecastProof,
  codeVersion: string,
): string {
  const path = evaluationPath(lake, parameters.root);
  const evaluation = evaluationOf(parameters, proof, codeVersion);
  const text = `${JSON.stringify(evaluation, null, 2)}\n`;
  writeFileAtomic(path, [new TextEncoder().encode(text)]);
  return path;
}

function readText(path: string, root: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new DataError('PARAMETERS', 'the evaluation cannot be read', {
        file: path,
        found: (error as Error).message,
      });
    }
    throw new DataError('FILE_NOT_FOUND', `there is no evaluation of ${root}`, {
      file: path,
      expected: `\`spymaster forecast evaluate --root ${root}\` to make it`,
    });
  }
}

function parsed(text: string, path: string): ForecastEvaluation {
  const damaged = (found: string) =>
    new DataError('PARAMETERS', 'the evaluation is damaged', { file: path, found });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged((error as Error).message);
  }
  const checked = evaluationSchema.safeParse(json);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw damaged(`${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'not valid'}`);
}

/**
 * Reads the evaluation of parameters.
 * @throws DataError FILE_NOT_FOUND when there is none; PARAMETERS when it is damaged or is that of
 *   other parameters.
 */
export function loadEvaluation(lake: string, parameters: ForecastParameters): ForecastEvaluation {
  const { root } = parameters;
  const path = evaluationPath(lake, root);
  const evaluation = parsed(readText(path, root), path);
  const wanted = fittedHash(parameters);
  if (evaluation.parameters_hash === wanted) return evaluation;
  throw new DataError('PARAMETERS', 'the evaluation is that of other parameters', {
    file: path,
    found: `parameters ${evaluation.parameters_hash.slice(0, 12)}`,
    expected: `${wanted.slice(0, 12)}: run \`spymaster forecast evaluate --root ${root}\``,
  });
}
