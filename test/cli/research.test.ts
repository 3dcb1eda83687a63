import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/lake/index.ts';

/** Six tables of two days are made and asked: about a minute where nothing else runs. */
const TIMEOUT_MS = 300_000;

test('docs/research.md says what its lake answers', { timeout: TIMEOUT_MS }, async () => {
  const script = join(packageRoot(), 'tools', 'research.mjs');
  const child = spawn(process.execPath, [script, '--check'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => said.push(text));
  }
  const [code] = await once(child, 'close');
  expect({ code, said: said.join('') }).toEqual({ code: 0, said: '6 questions answered\n' });
});
