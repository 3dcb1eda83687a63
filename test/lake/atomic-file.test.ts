import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AtomicFile, writeFileAtomic } from '../../src/lake/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'spymaster-atomic-'));
const bytes = (text: string) => new TextEncoder().encode(text);

describe('AtomicFile', () => {
  test('shows the old content until the new one is whole', () => {
    const path = join(folder, 'a.bin');
    writeFileSync(path, 'old');
    const file = new AtomicFile(path);
    file.write(bytes('new '));
    file.write(bytes('content'));
    expect(readFileSync(path, 'utf8')).toBe('old');
    file.commit();
    expect(readFileSync(path, 'utf8')).toBe('new content');
    expect(file.bytes).toBe(11);
    expect(readdirSync(folder)).toEqual(['a.bin']);
  });

  test('a failure in the middle leaves nothing', () => {
    const path = join(folder, 'sub', 'b.bin');
    function* pieces() {
      yield bytes('half');
      throw new Error('stop');
    }
    expect(() => writeFileAtomic(path, pieces())).toThrow('stop');
    expect(readdirSync(join(folder, 'sub'))).toEqual([]);
  });

  test('a folder that cannot be made is an error with the path', () => {
    expect(() => new AtomicFile(join(folder, 'a.bin', 'c.bin'))).toThrow(/a\.bin\/c\.bin/);
  });
});
