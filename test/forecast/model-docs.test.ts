import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FEATURE_NAMES, modelConstants, PHYSICS_CONSTANTS } from '../../src/forecast/index.ts';

const page = readFileSync(new URL('../../docs/formulas.md', import.meta.url), 'utf8');
const section = page.slice(
  page.indexOf('## Stage F: probabilities'),
  page.indexOf("## The synthetic market's law"),
);

describe('the page about probabilities', () => {
  it('has every constant of the model with its value', () => {
    const told = [...section.matchAll(/`([a-z][a-z_0-9]+)` \| ([\d.]+)/g)];
    const stated = Object.fromEntries(told.map(([, name, value]) => [name, Number(value)]));
    const own = Object.entries(modelConstants()).filter(([name]) => !(name in PHYSICS_CONSTANTS));
    expect(stated).toEqual(Object.fromEntries(own));
  });

  it('names every feature in the order of the weights', () => {
    const table = section.slice(section.indexOf('| feature |'), section.indexOf('- **A window'));
    const names = [...table.matchAll(/`([a-z_0-9]+)`/g)].map(([, name]) => name);
    expect(names).toEqual([...FEATURE_NAMES]);
  });
});
