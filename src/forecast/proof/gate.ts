/**
 * What a forecast must show before it may be called proven (models: Stage F, gate). Whatever is
 * unknown does not pass.
 */
import { BOOTSTRAP_DAYS_MIN } from '../numerics/day-bootstrap.ts';
import { adjustPValues } from '../numerics/diebold-mariano.ts';
import type { ForecastProof, HorizonEvaluation, Verdict } from './evaluation.ts';

/** Adjusted p-value below which a fall of the hit rate is not chance. */
const FALL_P_MAX = 0.05;
/** How far mean confidence may rise from one horizon to a longer one: the noise of calibration. */
const CONFIDENCE_RISE_MAX = 0.05;
/**
 * Share of the next move's variance that honest forecasts stay below: what order flow explains of
 * the move of its own second, and never of the next (models: what an honest report will look like).
 */
const HONEST_R2_MAX = 0.35;
/** Area under the curve of directions that honest forecasts stay below: next moves on the best of
 * large-tick stocks reach 0.92 (Gould and Bonart 2016). */
const HONEST_AUC_MAX = 0.95;

/** What the gate looks at. */
export type ProofFindings = Omit<ForecastProof, keyof Verdict>;

function percent(share: number | null): string {
  return share === null ? 'unknown' : `${(share * 100).toFixed(1)} %`;
}

/** `1 s`, `1 and 2 s`, `1, 2 and 5 s`. */
function secondsList(horizons: readonly HorizonEvaluation[]): string {
  const names = horizons.map((h) => String(h.horizon_s));
  const last = names.pop() ?? '';
  return `${names.length > 0 ? `${names.join(', ')} and ${last}` : last} s`;
}

function plain(name: string): string {
  return name.replaceAll('_', ' ');
}

/** Whether the skill over the best baseline lies above 0 with its whole interval. */
function hasSkill({ skill }: HorizonEvaluation): boolean {
  return skill.value !== null && skill.low !== null && skill.value > 0 && skill.low > 0;
}

/** The horizons at which the forecast beats the best baseline beyond its interval. */
export function skilledHorizons(horizons: readonly HorizonEvaluation[]): HorizonEvaluation[] {
  return horizons.filter(hasSkill);
}

function skillReasons({ days, horizons }: ProofFindings): string[] {
  const count = days.holdout.length;
  if (horizons.every((h) => h.compared === 0)) {
    return ['no window of the days held out is covered by the forecast and all baselines'];
  }
  if (count < BOOTSTRAP_DAYS_MIN) {
    const held = count === 1 ? '1 day was' : `${count} days were`;
    return [`only ${held} held out, and an interval needs ${BOOTSTRAP_DAYS_MIN}`];
  }
  if (horizons.every((h) => h.moves === 0)) return ['the mid never moves on the days held out'];
  if (skilledHorizons(horizons).length > 0) return [];
  const told = horizons.filter((h) => h.skill.value !== null);
  const best = told.reduce<HorizonEvaluation | null>(
    (found, h) => (found && (found.skill.value ?? 0) >= (h.skill.value ?? 0) ? found : h),
    null,
  );
  if (!best) return ['no skill could be computed'];
  const { value, low, high } = best.skill;
  const interval =
    low === null || high === null ? 'interval unknown' : `${percent(low)} to ${percent(high)}`;
  return [
    'no skill over the best baseline at any horizon; the most is ' +
      `${percent(value)} (${interval}) at ${best.horizon_s} s, against ` +
      plain(best.best_baseline ?? ''),
  ];
}

/** Steps down in the hit rate from one band of confidence to the next, beyond chance. */
function fallReasons(horizons: readonly HorizonEvaluation[]): string[] {
  const steps = horizons.flatMap((h) =>
    h.confidence.slice(1).map((band, b) => ({ h, band, before: h.confidence[b] })),
  );
  const adjusted = adjustPValues(steps.map(({ band }) => band.step_p_value ?? Number.NaN));
  return steps.flatMap(({ h, band, before }, i) => {
    const fell = (band.step?.value ?? 0) < 0 && adjusted[i] < FALL_P_MAX;
    if (!fell) return [];
    const [from, to] = [before.hit_rate.value, band.hit_rate.value];
    return [
      `at ${h.horizon_s} s the hit rate falls from ${percent(from)} to ${percent(to)} as confidence ` +
        `rises from ${percent(before.confidence_mean)} to ${percent(band.confidence_mean)}`,
    ];
  });
}

/** Confidence that the hits among moves would earn at best: right less wrong directions. */
function earnedConfidence({ ours: { hit_rate } }: HorizonEvaluation): number {
  return 2 * (hit_rate.high ?? hit_rate.value ?? 0) - 1;
}

/**
 * Mean confidence that rises with the horizon and is not earned. A signal that lives for seconds
 * may tell the sum of several moves better than the first of them: then directions come true as
 * often as was said, and that is no fault.
 */
function riseReasons(horizons: readonly HorizonEvaluation[]): string[] {
  let [least, at] = [Number.POSITIVE_INFINITY, 0];
  for (const h of horizons) {
    const now = h.mean_direction_confidence;
    if (now === null) continue;
    if (now > least + CONFIDENCE_RISE_MAX && now > earnedConfidence(h)) {
      return [
        `mean confidence in the direction rises with the horizon, from ${percent(least)} at ` +
          `${at} s to ${percent(now)} at ${h.horizon_s} s, and hits do not bear it out`,
      ];
    }
    if (now < least) [least, at] = [now, h.horizon_s];
  }
  return [];
}

/** Controls that could not be made where skill is claimed: they cannot clear it. */
function controlReasons({ controls, horizons }: ProofFindings): string[] {
  const claimed = new Set(skilledHorizons(horizons).map((h) => h.horizon_s));
  return controls
    .filter((c) => claimed.has(c.horizon_s) && c.p_value === null)
    .map((c) => `the control "${plain(c.control)}" could not be made at ${c.horizon_s} s`);
}

function leakReasons(findings: ProofFindings): string[] {
  const { controls, causality, clock, horizons } = findings;
  const reasons = controls
    .filter((control) => control.flagged)
    .map(
      ({ control, horizon_s, skill }) =>
        `a leak: the control "${plain(control)}" shows skill of ${percent(skill.value)} at ` +
        `${horizon_s} s, where nothing can be known`,
    );
  if (causality.changed > 0) {
    reasons.push(
      `a leak: the forecast of ${causality.changed} of ${causality.windows} windows changes when ` +
        'what came later is taken away',
    );
  }
  if (clock.flagged) {
    reasons.push('a leak: order flow explains the next second better than its own');
  }
  for (const { horizon_s, r2, ours } of horizons) {
    if (r2 !== null && r2 > HONEST_R2_MAX) {
      reasons.push(
        `too good to be true: ${percent(r2)} of the variance of moves ${horizon_s} s ahead is explained`,
      );
    }
    if (ours.auc !== null && ours.auc > HONEST_AUC_MAX) {
      const area = ours.auc.toFixed(3);
      reasons.push(
        `too good to be true: directions ${horizon_s} s ahead are told with an area of ${area}`,
      );
    }
  }
  return reasons;
}

function sentenceOf(findings: ProofFindings, reasons: readonly string[]): string {
  const { days, horizons } = findings;
  const skilled = skilledHorizons(horizons);
  const held = `${days.holdout.length} day${days.holdout.length === 1 ? '' : 's'} held out`;
  if (skilled.length === 0) {
    const isUndecided =
      days.holdout.length < BOOTSTRAP_DAYS_MIN || horizons.every((h) => h.compared === 0);
    return isUndecided
      ? `Unproven: ${reasons[0]}.`
      : `No skill: on ${held} the forecast did not beat the best baseline at any horizon.`;
  }
  const saved = skilled.map((h) => percent(h.skill.value)).join(', ');
  const shown =
    `on ${held} the forecast beat the best baseline ${secondsList(skilled)} ahead ` +
    `(log-loss lower by ${saved})`;
  if (reasons.length > 0) return `Unproven: ${shown}, but ${reasons[0]}.`;
  const rest = horizons.filter((h) => !hasSkill(h));
  const not = rest.length > 0 ? `; ${secondsList(rest)} ahead it did not` : '';
  return `Skill is shown: ${shown}${not}.`;
}

/** Judges what was found: proven only when nothing speaks against it. */
export function judgeProof(findings: ProofFindings): Verdict {
  const reasons = [
    ...leakReasons(findings),
    ...controlReasons(findings),
    ...skillReasons(findings),
    ...fallReasons(findings.horizons),
    ...riseReasons(findings.horizons),
  ];
  return {
    status: reasons.length === 0 ? 'proven' : 'unproven',
    reasons,
    sentence: sentenceOf(findings, reasons),
  };
}
