import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { zstdCompressor } from '../../src/dbn/index.ts';
import { runHere, temporaryFolder } from './run-cli.ts';
import { TINY_MARKET, tinyBytes, writeTiny } from './tiny-files.ts';

const folder = temporaryFolder();
const whole = tinyBytes();
const at = (name: string) => join(folder, name);

function changed(edit: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = whole.slice();
  edit(bytes);
  return bytes;
}

/** Commands that read a file, each with what it needs besides. */
const READERS: [name: string, args: (file: string) => string[]][] = [
  ['dbn info', (file) => ['dbn', 'info', file]],
  ['dbn cat', (file) => ['dbn', 'cat', file]],
  ['dbn convert', (file) => ['dbn', 'convert', file, at(`out-${Math.random()}.dbn`)]],
  ['book', (file) => ['book', file]],
  ['vacuum-pressure run', (file) => ['vacuum-pressure', 'run', file, '--hash']],
];
const recordsStart = whole.length - TINY_MARKET.length * 56;

beforeAll(async () => {
  const frame = (await zstdCompressor())(whole);
  const flipped = frame.slice();
  flipped.fill(0xff, flipped.length >> 1);
  const files: Record<string, Uint8Array> = {
    'empty.dbn': new Uint8Array(0),
    'text.dbn': new TextEncoder().encode('ts_recv,price\n1,2\n'),
    'future.dbn': changed((b) => b.set([9], 3)),
    'giant.dbn': changed((b) => b.set([0xff, 0xff, 0xff, 0x7f], 4)),
    'short.dbn': changed((b) => b.set([2], recordsStart)),
    'header-only.dbn': whole.slice(0, 60),
    'flipped.dbn.zst': flipped,
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(at(name), bytes);
});

describe.each(READERS)('%s', (_name, args) => {
  test.each([
    ['a zero-length file', 'empty.dbn', 4, 'DBN_MAGIC'],
    ['a file of another kind', 'text.dbn', 4, 'DBN_MAGIC'],
    ['a future version', 'future.dbn', 4, 'DBN_VERSION'],
    ['giant metadata', 'giant.dbn', 4, 'DBN_METADATA'],
    ['a header cut short', 'header-only.dbn', 4, 'DBN_METADATA'],
    ['an impossible record', 'short.dbn', 4, 'DBN_RECORD'],
    ['flipped bits', 'flipped.dbn.zst', 4, 'DBN_'],
    ['no file', 'absent.dbn', 3, 'FILE_NOT_FOUND'],
    ['a folder', '.', 1, 'FILE_READ'],
  ])('refuses %s in one line that names it', async (_what, name, code, word) => {
    const result = await runHere(args(at(name)));
    const lines = result.stderr.trim().split('\n');
    expect(result.code).toBe(code);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`spymaster: ${word}`);
    expect(lines[0]).toContain(at(name));
    expect(readdirSync(folder).filter((f) => f.includes('out-'))).toEqual([]);
  });
});

describe('the offset of a damage', () => {
  test('is that of the record', async () => {
    const { stderr } = await runHere(['dbn', 'cat', at('short.dbn')]);
    expect(stderr).toContain(`byte ${recordsStart}`);
  });
});

describe('a file cut short', () => {
  const cuts = { 'cut.dbn': whole.slice(0, -20), 'cut.dbn.zst': whole.slice(0, -20) };

  test.each(Object.entries(cuts))('%s: whole records are delivered', async (name, bytes) => {
    const file = await writeTiny(at(name), bytes);
    const info = await runHere(['dbn', 'info', '--json', file]);
    expect(JSON.parse(info.stdout)).toMatchObject({
      records: TINY_MARKET.length - 1,
      truncated: true,
      trailing_bytes: 36,
      end_offset: whole.length - 56,
    });
    const cat = await runHere(['dbn', 'cat', file]);
    expect(cat.code).toBe(0);
    expect(cat.stdout.trim().split('\n')).toHaveLength(TINY_MARKET.length - 1);
    expect(cat.stderr).toContain('truncated');
    const book = await runHere(['book', file]);
    expect(JSON.parse(book.stderr)).toMatchObject({ truncated: true });
    const run = await runHere(['vacuum-pressure', 'run', file, '--json']);
    expect(JSON.parse(run.stdout)).toMatchObject({ truncated: true });
  });

  test('a zstd frame cut short is truncation too', async () => {
    const compress = await zstdCompressor();
    const header = compress(whole.slice(0, recordsStart));
    const records = compress(whole.slice(recordsStart));
    writeFileSync(at('frame.dbn.zst'), Uint8Array.from([...header, ...records.slice(0, -3)]));
    const info = await runHere(['dbn', 'info', '--json', at('frame.dbn.zst')]);
    expect(JSON.parse(info.stdout)).toMatchObject({ truncated: true, schema: 'mbo' });
  });

  test('a zstd frame cut short inside the header is refused', async () => {
    const frame = (await zstdCompressor())(whole);
    writeFileSync(at('stub.dbn.zst'), frame.slice(0, -3));
    const info = await runHere(['dbn', 'info', at('stub.dbn.zst')]);
    expect(info.code).toBe(4);
    expect(info.stderr).toContain('cut short');
  });
});

describe('records that no market should have', () => {
  const odd = [
    ...TINY_MARKET.slice(0, 5),
    { action: 'ADD', side: 'BID', id: 9, price: 6949.5, size: 0, ms: 10 },
    { action: 'ADD', side: 'BID', id: 10, price: 6949.5, size: 4294967295, ms: 11 },
    { action: 'ADD', side: 'BID', id: 11, size: 3, ms: 12 },
    { action: 'ADD', side: 'BID', id: 12, price: 6949.6, size: 3, ms: 13 },
    { action: 'CANCEL', side: 'BID', id: 999, price: 6949.5, size: 3, ms: 14 },
    { action: 'ADD', side: 'BID', id: 1, price: 6949, size: 3, ms: 15 },
    { action: 'ADD', side: 'BID', id: 13, price: 6949, size: 3, ms: 5 },
  ] as const;

  test('are counted, and the book goes on', async () => {
    const file = await writeTiny(at('odd.dbn'), tinyBytes(odd));
    const { code, stderr } = await runHere(['book', file]);
    expect(code).toBe(0);
    expect(JSON.parse(stderr).instruments[0]).toMatchObject({
      zeroSizes: 1,
      undefinedSizes: 1,
      undefinedPrices: 1,
      offGridPrices: 1,
      unknownCancels: 1,
      duplicateAdds: 1,
      backwardClock: 1,
    });
  });

  test('records of unknown type are passed over and counted', async () => {
    const strange = new Uint8Array(16);
    strange.set([4, 0x77]);
    const bytes = Uint8Array.from([...whole, ...strange]);
    const file = await writeTiny(at('strange.dbn'), bytes);
    const book = await runHere(['book', file]);
    expect(book.code).toBe(0);
    expect(JSON.parse(book.stderr).passed_over).toEqual({ 119: 1 });
    const info = await runHere(['dbn', 'info', '--json', file]);
    expect(JSON.parse(info.stdout).record_types).toEqual({ mbo: 10, '0x77': 1 });
  });
});

describe('what is not in the file', () => {
  test.each([
    ['book', ['book', '--symbol', 'NQH6']],
    ['vacuum-pressure', ['vacuum-pressure', 'run', '--symbol', 'NQH6']],
    ['dbn cat', ['dbn', 'cat', '--symbol', 'NQH6']],
  ])('%s names the symbols that are', async (_name, args) => {
    const symbols = { ESH6: 77, ESM6: 78 };
    const two = TINY_MARKET.map((r) => ({ ...r, instrumentId: 78 }));
    const file = await writeTiny(at('two.dbn'), tinyBytes([...TINY_MARKET, ...two], { symbols }));
    const { code, stderr, stdout } = await runHere([...args, file]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/found ESH6 ESM6/);
    expect(stdout).toBe('');
  });

  test('another schema is told', async () => {
    const file = await writeTiny(at('trades.dbn'), tinyBytes([], { schema: 'trades' }));
    for (const args of [['book'], ['vacuum-pressure', 'run']]) {
      const { code, stderr } = await runHere([...args, file]);
      expect(code).toBe(4);
      expect(stderr).toContain('found schema trades, expected schema mbo');
    }
  });
});
