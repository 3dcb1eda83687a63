import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Chain, leaksOf, PATIENCE_MS, runChain } from './chain.ts';
import { heldOut } from './planted-truth.ts';

vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });

/** Horizons at which the planted market's signal pays most, s. */
const PLANTED_S = [1, 2, 5];
/** Root mean square of what is said beside the truth, which is even. */
const LARGEST_ERROR = 0.08;

let chain: Chain;

beforeAll(async () => {
  chain = await runChain(0);
});

describe('the placebo, a market whose book tells nothing of its next move', () => {
  it('is unproven: no skill over the best baseline at any horizon', () => {
    const { parameters, proof } = chain;
    expect(parameters.status).toBe('unproven');
    expect(parameters.reasons.join()).toMatch(/no skill over the best baseline at any horizon/);
    expect(proof.sentence).toMatch(/^No skill: on 3 days held out/);
    for (const { horizon_s, skill, low } of parameters.skill) {
      expect({ horizon_s, shown: (skill ?? 0) > 0 && (low ?? 0) > 0 }).toEqual({
        horizon_s,
        shown: false,
      });
      expect(skill).toBeLessThan(0.01);
    }
  });

  it('has probabilities near the even ones that it was made with, on days held out', async () => {
    for (const windows of await heldOut(chain, PLANTED_S)) {
      expect(windows.length).toBeGreaterThan(1500);
      expect(new Set(windows.map((w) => w.true))).toEqual(new Set([0.5]));
      const squares = windows.reduce((sum, w) => sum + (w.said - w.true) ** 2, 0);
      expect(Math.sqrt(squares / windows.length)).toBeLessThan(LARGEST_ERROR);
    }
  });

  it('shows no skill in any control, and no leak', () => {
    expect(leaksOf(chain.proof)).toEqual([]);
  });

  it('says so in its report', () => {
    expect(chain.report).toContain(chain.proof.sentence);
    expect(chain.report).toMatch(/unproven/i);
  });
});
