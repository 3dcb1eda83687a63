import { describe, expect, test } from 'vitest';
import { describeError, exitCodeOf } from '../../src/cli/report-error.ts';
import { DataError, OperatingError } from '../../src/core/index.ts';

describe('errors for a user', () => {
  test('one line with place, found, expected and what to do', () => {
    const error = new DataError('DBN_RECORD', 'A record is\ntoo short', {
      file: 'a.dbn',
      offset: 56,
      found: '8 bytes',
      expected: 'at least 16',
    });
    const line = describeError(error);
    expect(line).not.toContain('\n');
    expect(line).toBe(
      'spymaster: DBN_RECORD: A record is too short (a.dbn, byte 56); found 8 bytes, expected ' +
        'at least 16; download the file again and compare its checksum with the manifest',
    );
  });

  test.each<[unknown, number]>([
    [new DataError('USAGE', ''), 2],
    [new DataError('CONFIG', ''), 2],
    [new DataError('PRODUCT_UNKNOWN', ''), 2],
    [new DataError('SYMBOL_NOT_FOUND', ''), 3],
    [new DataError('DATE_NOT_FOUND', ''), 3],
    [new DataError('FILE_NOT_FOUND', ''), 3],
    [new DataError('DBN_MAGIC', ''), 4],
    [new OperatingError('FILE_READ', ''), 1],
    [new OperatingError('PORT_IN_USE', ''), 1],
    [Object.assign(new Error('no such file'), { code: 'ENOENT' }), 3],
    [Object.assign(new Error('no space'), { code: 'ENOSPC' }), 1],
    [new TypeError('our mistake'), 1],
    ['a string', 1],
  ])('%s has its exit code', (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});
