import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Chain, forecastFile, leaksOf, PATIENCE_MS, runChain, spymaster } from './chain.ts';
import { correlation, heldOut, shifted } from './planted-truth.ts';

vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });

/** Horizons at which the planted signal pays most, s: it leans the same way for seconds. */
const PLANTED_S = [1, 2, 5];
/** Least correlation of what is said with what was planted, of held-out windows. */
const LEAST_CORRELATION = 0.4;
/** Beyond what is planted in a moment: the truth then has nothing to do with the truth now, s. */
const FAR_S = 120;
/** Largest correlation that comes by chance. */
const BY_CHANCE = 0.15;

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

  it('has probabilities that follow the planted ones, window by window, on days held out', async () => {
    for (const windows of await heldOut(chain, PLANTED_S)) {
      expect(windows.length).toBeGreaterThan(1500);
      expect(correlation(windows)).toBeGreaterThan(LEAST_CORRELATION);
      expect(Math.abs(correlation(shifted(windows, FAR_S)))).toBeLessThan(BY_CHANCE);
      const truthWhere = (is: (said: number) => boolean) => {
        const there = windows.filter(({ said }) => is(said));
        return there.reduce((sum, w) => sum + w.true, 0) / there.length;
      };
      expect(truthWhere((said) => said > 0.7)).toBeGreaterThan(0.6);
      expect(truthWhere((said) => said < 0.3)).toBeLessThan(0.4);
    }
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
