/**
 * What a server may say of the forecast of a root: its parameters, and whether they are to be
 * believed.
 */
import { isKnownError, NS_PER_SECOND } from '../core/index.ts';
import type { ForecastParameters } from '../forecast/index.ts';
import { sessionTimeToNs } from '../lake/index.ts';
import { type LoadedParameters, loadParameters } from '../pipeline/index.ts';
import type { ForecastNotice } from '../wire/index.ts';

/** Parameters as they are now; null = there are none that may be applied. */
export interface ForecastBasis {
  notice: ForecastNotice;
  parameters: ForecastParameters | null;
  /** Window ends that were fitted and judged, s since 00:00 UTC: from `from` to before `to`. */
  provenSeconds: { from: number; to: number } | null;
  /** Whether what is unproven is sent, called so. */
  allowUnproven: boolean;
}

/** Whose forecast is asked for. */
interface ForecastQuestion {
  lake: string;
  root: string;
  productType: string;
  /** The day that is streamed. */
  dt: string;
  allowUnproven: boolean;
}

function without(reason: string, allowUnproven: boolean): ForecastBasis {
  const notice: ForecastNotice = {
    available: false,
    status: 'none',
    reason,
    parameters_version: null,
    holdout_days: 0,
    day_role: null,
    proven_hours: null,
    skill: [],
  };
  return { notice, parameters: null, provenSeconds: null, allowUnproven };
}

function roleOf({ days }: ForecastParameters, dt: string): ForecastNotice['day_role'] {
  const roles = ['train', 'calibrate', 'holdout'] as const;
  return roles.find((role) => days[role].includes(dt)) ?? null;
}

function basisOf(
  { parameters, version }: LoadedParameters,
  { dt, allowUnproven }: ForecastQuestion,
): ForecastBasis {
  const { status, reasons, days, skill, session } = parameters;
  const notice: ForecastNotice = {
    available: status === 'proven' || allowUnproven,
    status,
    reason: reasons.join('; '),
    parameters_version: version,
    holdout_days: days.holdout.length,
    day_role: roleOf(parameters, dt),
    proven_hours: { from: session.from, to: session.to, time_zone: session.time_zone },
    skill,
  };
  const second = (time: string) =>
    Math.round(sessionTimeToNs(dt, time, session.time_zone) / NS_PER_SECOND);
  const provenSeconds = { from: second(session.from), to: second(session.to) };
  return { notice, parameters, provenSeconds, allowUnproven };
}

/**
 * Reads a root's parameters as they are now. What is wrong with them is told, never thrown: a
 * stream plays without a forecast.
 */
export function forecastBasis(question: ForecastQuestion): ForecastBasis {
  const { lake, root, productType, allowUnproven } = question;
  try {
    return basisOf(loadParameters(lake, root, productType), question);
  } catch (error) {
    if (!isKnownError(error)) throw error;
    if (error.code !== 'FILE_NOT_FOUND') return without(error.message, allowUnproven);
    const command = `\`spymaster forecast fit --root ${root}\``;
    const reason = `there are no parameters of ${root} yet: ${command} makes them`;
    return without(reason, allowUnproven);
  }
}
