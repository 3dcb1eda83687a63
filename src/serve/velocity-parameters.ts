/**
 * What a server may say of the forecast of a root: its parameters, and whether they are to be
 * believed.
 */
import type { ForecastNotice } from '../wire/index.ts';

const NONE: ForecastNotice = {
  available: false,
  status: 'none',
  reason: '',
  parameters_version: null,
  holdout_days: 0,
  skill: [],
};

/** What viewers of a root are told about its forecast. */
export async function forecastNotice(
  _lake: string,
  root: string,
  _allowUnproven: boolean,
): Promise<ForecastNotice> {
  const reason = `no parameters are fitted: run \`spymaster forecast fit --symbol ${root}\``;
  return { ...NONE, reason };
}
