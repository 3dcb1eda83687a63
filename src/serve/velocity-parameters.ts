/**
 * What a server may say of the forecast of a root: its parameters, and whether they are to be
 * believed.
 */
import { isKnownError } from '../core/index.ts';
import type { ForecastParameters } from '../forecast/index.ts';
import { type LoadedParameters, loadParameters } from '../pipeline/index.ts';
import type { ForecastNotice } from '../wire/index.ts';

/** Parameters as they are now; null = there are none that may be applied. */
export interface ForecastBasis {
  notice: ForecastNotice;
  parameters: ForecastParameters | null;
}

function without(reason: string): ForecastBasis {
  const notice: ForecastNotice = {
    available: false,
    status: 'none',
    reason,
    parameters_version: null,
    holdout_days: 0,
    skill: [],
  };
  return { notice, parameters: null };
}

function basisOf({ parameters, version }: LoadedParameters, allowUnproven: boolean): ForecastBasis {
  const { status, reasons, days, skill } = parameters;
  const notice: ForecastNotice = {
    available: status === 'proven' || allowUnproven,
    status,
    reason: reasons.join('; '),
    parameters_version: version,
    holdout_days: days.holdout.length,
    skill,
  };
  return { notice, parameters };
}

/**
 * Reads a root's parameters as they are now. What is wrong with them is told, never thrown: a
 * stream plays without a forecast.
 * @param allowUnproven whether forecasts without proof are sent, called so.
 */
export function forecastBasis(
  lake: string,
  root: string,
  productType: string,
  allowUnproven: boolean,
): ForecastBasis {
  try {
    return basisOf(loadParameters(lake, root, productType), allowUnproven);
  } catch (error) {
    if (!isKnownError(error)) throw error;
    if (error.code !== 'FILE_NOT_FOUND') return without(error.message);
    const command = `\`spymaster forecast fit --root ${root}\``;
    return without(`there are no parameters of ${root} yet: ${command} makes them`);
  }
}
