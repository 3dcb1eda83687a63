/**
 * What `forecast evaluate` leaves behind: `forecast/{root}/physics_beta_gamma_eval.json`, whole.
 * Keys are published names; null = unknown, never 0.
 */

/** Version of the file's shape. */
export const EVALUATION_FORMAT = 'spymaster-forecast-evaluation/1';

/** A number and its 95 % interval over days; low and high are null with fewer than three days. */
export interface Interval {
  value: number | null;
  low: number | null;
  high: number | null;
}

/** Parts of the Brier score: reliability - resolution + uncertainty + within = score. */
export interface BrierParts {
  score: number | null;
  reliability: number | null;
  resolution: number | null;
  uncertainty: number | null;
  /** What forecasts differ within a bin: the identity is exact with it. */
  within: number | null;
}

/** What one forecaster was worth at one horizon, on the windows that all cover. */
export interface ForecasterScore {
  name: string;
  /** Share of the windows with a known move that it covers. */
  coverage: number | null;
  log_loss: number | null;
  brier: BrierParts;
  /** Right directions among moves that are not zero and had a direction predicted. */
  hit_rate: Interval;
  /** Share of the moves that are not zero for which it predicted a direction. */
  direction_share: number | null;
  /** Area under the curve of p(up) - p(down), up moves against down moves. */
  auc: number | null;
  /** Mean absolute error of the expected move, ticks. */
  mae_ticks: number | null;
}

/** Ours against one baseline. */
export interface Comparison {
  baseline: string;
  /** 1 - log-loss / log-loss of the baseline. */
  skill: Interval;
  /** Diebold and Mariano's statistic of the log-loss, below 0 when ours is smaller. */
  diebold_mariano: number | null;
  /** Two-sided; and adjusted for all horizons and baselines (Benjamini and Hochberg). */
  p_value: number | null;
  p_adjusted: number | null;
}

/** A bin of a reliability table: equal counts, no forecast value in two bins. */
export interface ReliabilityRow {
  outcome: 'down' | 'flat' | 'up';
  count: number;
  forecast: number;
  frequency: number;
  /** Where 95 % of the frequencies lie if the forecast is right. */
  consistent_low: number;
  consistent_high: number;
}

/** What is left when only the most confident windows are kept. */
export interface RiskCoverageRow {
  /** Share of the windows that are kept. */
  coverage: number;
  hit_rate: number | null;
  log_loss: number | null;
}

/** Windows of similar confidence, a fifth of them where values allow it. */
export interface ConfidenceBand {
  confidence_low: number;
  confidence_high: number;
  confidence_mean: number;
  /** Moves that are not zero. */
  moves: number;
  hit_rate: Interval;
  /** Hit rate less that of the band before, by Tukey's jackknife over days; null for the first. */
  step: Interval | null;
  /** Two-sided, that the step is 0. */
  step_p_value: number | null;
}

/** How well the forecast goes with the move that follows, and with the one that went before. */
export interface PastMirror {
  /** Correlation of p(up) - p(down) with the next move. */
  ahead: number | null;
  /** The same with the move of equal length that led to the window. */
  behind: number | null;
}

/** One horizon on the days held out. */
export interface HorizonEvaluation {
  horizon_s: number;
  /** Windows with a known move, and those that all forecasters cover. */
  labelled: number;
  compared: number;
  /** Compared windows whose move is not zero. */
  moves: number;
  frequencies: { down: number | null; flat: number | null; up: number | null };
  ours: ForecasterScore;
  baselines: ForecasterScore[];
  comparisons: Comparison[];
  /** The baseline with the smallest log-loss on these windows: the hardest. */
  best_baseline: string | null;
  skill: Interval;
  /** 1 - mean absolute error / that of no change. */
  mae_skill: Interval;
  /** 1 - sum of squared errors of the expected move / that of no change. */
  r2: number | null;
  /** Share of moves inside the 50 % and the 80 % band, bounds included. */
  band_coverage: { band50: number | null; band80: number | null };
  reliability: ReliabilityRow[];
  risk_coverage: RiskCoverageRow[];
  confidence: ConfidenceBand[];
  /** Mean of p(predicted) - p(opposite). */
  mean_confidence: number | null;
  /** Mean of the same, given that there is a move: divided by p(down) + p(up). */
  mean_direction_confidence: number | null;
  past_mirror: PastMirror;
}

/** One held-out day at one horizon. */
export interface DayScore {
  dt: string;
  horizon_s: number;
  windows: number;
  log_loss: number | null;
  baseline_log_loss: number | null;
  skill: number | null;
  hit_rate: number | null;
}

/** Skill of the direction where nothing known can tell it, against that day's own frequencies. */
export interface ControlScore {
  control: 'shuffled_labels' | 'mirrored_features' | 'other_day_features';
  horizon_s: number;
  moves: number;
  /** By Tukey's jackknife over days. */
  skill: Interval;
  /** Two-sided, that the skill is 0; and adjusted for all controls and horizons. */
  p_value: number | null;
  p_adjusted: number | null;
  /** Above 0 beyond chance: something leaks. */
  flagged: boolean;
}

/** Whether forecasts of a session that is cut short are those of the whole session. */
export interface CausalityCheck {
  cuts: number;
  windows: number;
  /** Windows whose forecast changed when what came later was taken away: must be 0. */
  changed: number;
}

/** How order flow goes with the move of its own second and of the next. */
export interface ClockCheck {
  own_second_r2: number | null;
  next_second_r2: number | null;
  flagged: boolean;
}

/** One refit on days before its test days. */
export interface WalkForwardFold {
  train: string[];
  calibrate: string[];
  test: string[];
  horizons: {
    horizon_s: number;
    windows: number;
    log_loss: number | null;
    best_baseline: string | null;
    skill: number | null;
    hit_rate: number | null;
  }[];
  /** Why there is no result, in words; null when there is one. */
  failed: string | null;
}

/** The verdict. */
export interface Verdict {
  status: 'proven' | 'unproven';
  /** Why it is unproven, in words; empty when proven. */
  reasons: string[];
  /** One plain sentence: whether there is skill, and where. */
  sentence: string;
}

/** Everything that was found out about a fitted forecast, before it is given its origin. */
export interface ForecastProof extends Verdict {
  days: { train: string[]; calibrate: string[]; holdout: string[] };
  horizons: HorizonEvaluation[];
  per_day: DayScore[];
  controls: ControlScore[];
  causality: CausalityCheck;
  clock: ClockCheck;
  walk_forward: WalkForwardFold[];
  /** Baselines that could not be fitted, and why. */
  left_out: { baseline: string; why: string }[];
}

/** The file. */
export interface ForecastEvaluation extends ForecastProof {
  format: typeof EVALUATION_FORMAT;
  root: string;
  product_type: string;
  session: { time_zone: string; from: string; to: string };
  /** Sha256 of the parameters' fitted part, hex: what was evaluated. */
  parameters_hash: string;
  constants_hash: string;
  inputs_hash: string;
  inputs: { dt: string; dataset: string; symbol: string; sha256: string }[];
  beta: { value: number; standard_error: number | null };
  gamma: { value: number; standard_error: number | null };
  code_version: string;
}
