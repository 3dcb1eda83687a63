import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PHYSICS_CONSTANTS } from '../../src/forecast/index.ts';

it('docs/formulas.md states every constant of force and path', () => {
  const page = readFileSync('docs/formulas.md', 'utf8');
  const section = page.split('## Stage F: force and path')[1]!.split('\n## ')[0]!;
  const stated = [...section.matchAll(/\| `(\w+)` \| ([\d.]+) (?=\|)/g)];
  expect(Object.fromEntries(stated.map(([, name, value]) => [name, Number(value)]))).toEqual(
    PHYSICS_CONSTANTS,
  );
});
