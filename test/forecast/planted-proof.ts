import {
  EVALUATION_FORMAT,
  type ForecastEvaluation,
  type Forecaster,
  type ForecastProof,
  PROOF_HORIZONS_S,
  proveForecast,
} from '../../src/forecast/index.ts';
import { plantedDays } from './planted-market.ts';

/** A forecaster that needs no fit: up or down as queues and net edge lean. */
const LEANING: Forecaster = {
  name: 'forecast',
  predict: (day) => {
    const probabilities = PROOF_HORIZONS_S.map((seconds) => {
      const p = new Float64Array(3 * day.windows);
      const flat = 0.7 ** seconds;
      for (let i = 0; i < day.windows; i++) {
        const lean = Math.tanh((day.queueImbalance[i] + day.netEdge[i]) / Math.sqrt(seconds));
        p.set([((1 - flat) * (1 - lean)) / 2, flat, ((1 - flat) * (1 + lean)) / 2], 3 * i);
      }
      return p;
    });
    const moves = probabilities.map((p) =>
      Float64Array.from({ length: day.windows }, (_, i) => p[3 * i + 2] - p[3 * i]),
    );
    return { probabilities, moves };
  },
};

/** A proof of a simple forecaster on a few short days; quick to make. */
export function plantedProof(holdout = 3): ForecastProof {
  const days = plantedDays(3 + holdout, { windows: 240, seed: 40 });
  return proveForecast({
    ours: LEANING,
    train: days.slice(0, 2),
    calibrate: days.slice(2, 3),
    holdout: days.slice(3),
    refit: () => LEANING,
  });
}

/** The same as a file tells it. */
export function plantedEvaluation(holdout = 3): ForecastEvaluation {
  return {
    format: EVALUATION_FORMAT,
    root: 'ES',
    product_type: 'future_mbo',
    ...plantedProof(holdout),
    session: { time_zone: 'America/New_York', from: '09:30', to: '12:30' },
    parameters_hash: 'a'.repeat(64),
    constants_hash: 'b'.repeat(64),
    inputs_hash: 'c'.repeat(64),
    inputs: [
      {
        dt: '2026-01-05',
        dataset: 'gold.future_mbo.physics_surface_1s',
        symbol: 'ESH6',
        sha256: 'd'.repeat(64),
      },
    ],
    beta: { value: 0.123456789, standard_error: 0.01 },
    gamma: { value: 1, standard_error: null },
    code_version: '0.1.0',
  };
}
