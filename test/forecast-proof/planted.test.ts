import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Chain, forecastFile, leaksOf, PATIENCE_MS, runChain, spymaster } from './chain.ts';

vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });

/** Horizons at which the planted signal pays most, s: it leans the same way for seconds. */
const PLANTED_S = [1, 2, 5];

let chain: Chain;

beforeAll(async () => {
  chain = await runChain(1);
});

describe('a market with a planted signal', () => {
  it('is proven: skill over the best baseline with its interval above 0 where it was planted', () => {
    const { parameters, proof } = chain;
    expect({ status: parameters.status, reasons: parameters.reasons }).toEqual({
      status: 'proven',
      reasons: [],
    });
    const planted = parameters.skill.filter(({ horizon_s }) => PLANTED_S.includes(horizon_s));
    expect(planted.filter(({ skill }) => (skill ?? 0) > 0)).toHaveLength(PLANTED_S.length);
    expect(planted.filter(({ low }) => (low ?? 0) > 0).length).toBeGreaterThan(0);
    expect(proof.sentence).toMatch(/^Skill is shown: on 3 days held out/);
  });

  it('is found by the fit: the force pushes the way it was planted, beyond its error', () => {
    const { value, standard_error } = chain.parameters.beta;
    expect(value).toBeGreaterThan(5 * (standard_error as number));
  });

  it('is confident where it is right, and less so farther ahead', () => {
    for (const { confidence, horizon_s } of chain.proof.horizons) {
      if (!PLANTED_S.includes(horizon_s)) continue;
      const [first, last] = [confidence[0], confidence.at(-1)];
      expect(last?.hit_rate.value).toBeGreaterThan((first?.hit_rate.value as number) + 0.05);
    }
  });

  it('shows no skill in any control, and no leak', () => {
    const { controls } = chain.proof;
    const kinds = new Set(controls.map(({ control }) => control));
    expect([...kinds]).toEqual(expect.arrayContaining(['shuffled_labels', 'mirrored_features']));
    expect(leaksOf(chain.proof)).toEqual([]);
  });

  it('says so in a report that needs nothing from elsewhere', () => {
    const { report, proof } = chain;
    expect(report).toContain(proof.sentence);
    expect(report).not.toMatch(/(src|href)="https?:/);
    expect(report).not.toMatch(/NaN|undefined|null/);
  });

  it('is judged the same again', async () => {
    const before = forecastFile(chain.lake, 'physics_beta_gamma_eval.json');
    await spymaster(chain, ['forecast', 'evaluate', '--root', 'ES']);
    expect(forecastFile(chain.lake, 'physics_beta_gamma_eval.json')).toBe(before);
    expect(JSON.parse(forecastFile(chain.lake, 'physics_beta_gamma.json'))).toEqual(
      chain.parameters,
    );
  });
});
