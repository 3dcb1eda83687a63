import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runPython } from './python.ts';

it('has exactly the pinned versions of the peers', () => {
  const pinned = readFileSync(new URL('requirements.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.includes('=='))
    .map((line) => line.trim())
    .sort();
  const program = `
import sys
from importlib.metadata import version
for name in sys.argv[1:]:
    print(f"{name}=={version(name)}")
`;
  const names = pinned.map((line) => line.split('==')[0] as string);
  const found = runPython(program, { args: names }).toString().trim().split(/\r?\n/);
  expect(found.sort()).toEqual(pinned);
});
