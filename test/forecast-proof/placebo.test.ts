import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Chain, leaksOf, PATIENCE_MS, runChain } from './chain.ts';

vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });

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

  it('shows no skill in any control, and no leak', () => {
    expect(leaksOf(chain.proof)).toEqual([]);
  });

  it('says so in its report', () => {
    expect(chain.report).toContain(chain.proof.sentence);
    expect(chain.report).toMatch(/unproven/i);
  });
});
