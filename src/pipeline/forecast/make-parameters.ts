import {
  type FittedForecast,
  type ForecastParameters,
  modelConstants,
  PARAMETERS_FORMAT,
  type ParameterInput,
} from '../../forecast/index.ts';
import { jsonHash } from './json-hash.ts';

/** What parameters come from. */
export interface ParametersOrigin {
  root: string;
  productType: string;
  days: ForecastParameters['days'];
  session: ForecastParameters['session'];
  /** Partitions of all days. */
  inputs: readonly ParameterInput[];
  codeVersion: string;
}

/** A fit with its origin and hashes: unproven until a proof says otherwise. */
export function makeParameters(
  fitted: FittedForecast,
  origin: ParametersOrigin,
): ForecastParameters {
  const constants = modelConstants();
  const inputs = [...origin.inputs];
  const { beta, gamma, train_samples, features, horizons } = fitted;
  return {
    format: PARAMETERS_FORMAT,
    root: origin.root,
    product_type: origin.productType,
    status: 'unproven',
    reasons: ['nothing was proven yet'],
    beta,
    gamma,
    train_samples,
    days: origin.days,
    session: origin.session,
    constants,
    constants_hash: jsonHash(constants),
    features,
    horizons,
    skill: [],
    inputs,
    inputs_hash: jsonHash(inputs),
    code_version: origin.codeVersion,
  };
}
