import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ForecastParameters, fitForecast } from '../../src/forecast/index.ts';
import {
  evaluationPath,
  loadEvaluation,
  loadParameters,
  makeParameters,
  saveEvaluation,
  saveParameters,
  withProof,
} from '../../src/pipeline/index.ts';
import { plantedDays } from '../forecast/planted-market.ts';
import { plantedProof } from '../forecast/planted-proof.ts';

const proof = plantedProof();
let lake: string;
let parameters: ForecastParameters;

beforeAll(() => {
  lake = mkdtempSync(join(tmpdir(), 'spymaster-evaluation-'));
  const days = plantedDays(3, { windows: 240, seed: 40 });
  parameters = makeParameters(fitForecast(days.slice(0, 2), days.slice(2)), {
    root: 'ES',
    productType: 'future_mbo',
    days: proof.days,
    session: { time_zone: 'America/New_York', from: '09:30', to: '12:30' },
    inputs: [],
    codeVersion: '0.1.0',
  });
  saveEvaluation(lake, parameters, proof, '0.1.0');
});

afterAll(() => rmSync(lake, { recursive: true, force: true }));

describe('the evaluation file', () => {
  it('gives back what was proven, to the last digit', () => {
    const { days, horizons, controls, sentence, status } = loadEvaluation(lake, parameters);
    expect({ days, horizons, controls, sentence, status }).toEqual({
      days: proof.days,
      horizons: proof.horizons,
      controls: proof.controls,
      sentence: proof.sentence,
      status: proof.status,
    });
  });

  it('lends parameters its verdict and its skill, and stays theirs', () => {
    saveParameters(lake, withProof(parameters, proof));
    const { parameters: read } = loadParameters(lake, 'ES');
    expect(read.status).toBe(proof.status);
    expect(read.reasons).toEqual(proof.reasons);
    expect(read.skill.map((s) => [s.horizon_s, s.skill, s.low, s.baseline])).toEqual(
      proof.horizons.map((h) => [h.horizon_s, h.skill.value, h.skill.low, h.best_baseline]),
    );
    expect(loadEvaluation(lake, read).sentence).toBe(proof.sentence);
  });

  it('is refused for other parameters, by both hashes', () => {
    const other = { ...parameters, beta: { value: 0.5, standard_error: null } };
    expect(() => loadEvaluation(lake, other)).toThrow(
      /the evaluation is that of other parameters .*forecast evaluate --root ES/,
    );
  });

  it('is refused when it is damaged or not there', () => {
    const path = evaluationPath(lake, 'ES');
    const text = readFileSync(path, 'utf8');
    for (const [damage, said] of [
      [text.slice(0, 200), /the evaluation is damaged/],
      [text.replace('"sentence"', '"sentences"'), /the evaluation is damaged .*sentence/],
      [text.replace(/"compared": \d+/, '"compared": "many"'), /horizons.0.compared/],
    ] as const) {
      writeFileSync(path, damage);
      expect(() => loadEvaluation(lake, parameters)).toThrow(said);
    }
    writeFileSync(path, text);
    expect(() => loadEvaluation(join(lake, 'elsewhere'), parameters)).toThrow(
      /there is no evaluation of ES .*forecast evaluate --root ES/,
    );
  });
});
