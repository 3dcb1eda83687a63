import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import {
  convertRecord,
  convertRun,
  type DbnRecord,
  type DbnVersion,
  decodeRecord,
  encodeRecord,
  RTYPE,
  recordSize,
  runBytes,
  runOf,
  upgradeRecord,
} from '../../src/dbn/index.ts';
import { concat, RTYPES, sampleRecord } from './sample-records.ts';

const UNDEF_PRICE = 0x7fffffffffffffffn;

function upgraded(record: DbnRecord, version: DbnVersion): DbnRecord {
  const tsOut = record.ts_out !== undefined;
  const run = runOf(encodeRecord(record, version), { version, tsOut });
  return decodeRecord(runOf(upgradeRecord(run, 0), { tsOut }), 0);
}

const header = { publisher_id: 1, instrument_id: 5, ts_event: 9n };

describe('upgrading a record', () => {
  it('widens a statistic’s quantity, and its undefined value', () => {
    const statistic = { ...header, rtype: RTYPE.STATISTICS, stat_type: 9, quantity: -7 };
    for (const version of [1, 2] as DbnVersion[]) {
      expect(upgraded(statistic, version)['quantity']).toBe(-7n);
      const undefinedOne = { ...statistic, quantity: 2147483647 };
      expect(upgraded(undefinedOne, version)['quantity']).toBe(0x7fffffffffffffffn);
    }
  });

  it('widens a definition, drops what went and leaves the legs out', () => {
    const old = {
      ...header,
      rtype: RTYPE.DEFINITION,
      raw_symbol: 'ESM4 C4250',
      asset: 'ES',
      raw_instrument_id: 4_294_967_295,
      strike_price: 4_250_000_000_000n,
      trading_reference_price: 1n,
      contract_multiplier: 2147483647,
      leg: undefined,
    };
    const { leg: _, ...record } = old;
    for (const version of [1, 2] as DbnVersion[]) {
      const now = upgraded(record, version);
      expect(now).toMatchObject({
        raw_symbol: 'ESM4 C4250',
        asset: 'ES',
        raw_instrument_id: 4_294_967_295n,
        strike_price: 4_250_000_000_000n,
        contract_multiplier: 2147483647,
        leg_count: 0,
        leg_price: UNDEF_PRICE,
        leg_delta: UNDEF_PRICE,
        leg_side: 'N',
        leg_instrument_class: '',
        leg_raw_symbol: '',
      });
      expect(Object.keys(now)).not.toContain('trading_reference_price');
    }
  });

  it('leaves a mapping’s symbologies unset, as version 1 does not tell them', () => {
    const record = {
      ...header,
      rtype: RTYPE.SYMBOL_MAPPING,
      stype_in_symbol: 'ES.FUT',
      stype_out_symbol: 'ESH4',
    };
    expect(upgraded(record, 1)).toMatchObject({
      stype_in: 255,
      stype_in_symbol: 'ES.FUT',
      stype_out: 255,
      stype_out_symbol: 'ESH4',
    });
  });

  it.each([
    ['User or API key deactivated', 2],
    ['User has reached their open connection limit', 3],
    ['Failed to resolve symbol XYZ', 4],
    ['Internal error', 6],
    ['Internal error, and more', 255],
    ['Slow client detected for 3 s', 7],
    ['anything else', 255],
  ])('deduces the code of an error: %s', (err, code) => {
    const now = upgraded({ ...header, rtype: RTYPE.ERROR, err }, 1);
    expect(now).toMatchObject({ err, code, is_last: 255 });
  });

  it.each([
    ['Heartbeat', 0],
    ['Subscription request 1 for trades data succeeded', 1],
    ['Subscription request 1 failed', 255],
    ['Warning: slow reading', 2],
    ['Finished trades replay', 3],
    ['End of interval for ohlcv-1s', 4],
    ['anything else', 255],
  ])('deduces the code of a notice: %s', (msg, code) => {
    expect(upgraded({ ...header, rtype: RTYPE.SYSTEM, msg }, 1)).toMatchObject({ msg, code });
  });

  it('moves the trailer behind the longer record', () => {
    const record = { ...header, rtype: RTYPE.STATISTICS, ts_out: 0x0102_0304_0506_0708n };
    expect(upgraded(record, 1).ts_out).toBe(0x0102_0304_0506_0708n);
  });

  it('changes nothing where the layouts are the same, and drops what lies behind them', () => {
    const random = new Prng(1);
    for (const rtype of RTYPES) {
      if (recordSize(rtype, 1) !== recordSize(rtype, 3)) continue;
      const run = runOf(sampleRecord(rtype, 1, false, random), { version: 1 });
      expect(upgradeRecord(run, 0)).toEqual(runBytes(run));
    }
    const longer = new Uint8Array(72);
    longer.set(sampleRecord(RTYPE.STATISTICS, 1, false, random));
    longer[0] = 18;
    expect(upgradeRecord(runOf(longer, { version: 1 }), 0).length).toBe(80);
  });
});

describe('writing an older version', () => {
  it('is undone by upgrading, for whatever came from that version', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RTYPES),
        fc.constantFrom<DbnVersion>(1, 2),
        fc.boolean(),
        fc.nat(),
        (rtype, version, tsOut, seed) => {
          const old = runOf(sampleRecord(rtype, version, tsOut, new Prng(seed)), {
            version,
            tsOut,
          });
          const now = runOf(upgradeRecord(old, 0), { tsOut });
          const back = runOf(convertRecord(now, 0, version), { version, tsOut });
          expect(upgradeRecord(back, 0)).toEqual(runBytes(now));
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it.each<[string, DbnRecord, DbnVersion]>([
    ['a long symbol', { ...header, rtype: RTYPE.DEFINITION, raw_symbol: 'X'.repeat(30) }, 1],
    ['a long product root', { ...header, rtype: RTYPE.DEFINITION, asset: 'ABCDEFGHI' }, 2],
    ['a leg', { ...header, rtype: RTYPE.DEFINITION, leg_count: 2 }, 2],
    ['a large quantity', { ...header, rtype: RTYPE.STATISTICS, quantity: 1n << 40n }, 2],
    ['a quantity that would mean undefined', stat(2147483647n), 1],
    ['a code that the text does not tell', { ...header, rtype: RTYPE.ERROR, code: 1 }, 1],
  ])('refuses %s', (_, record, version) => {
    const run = runOf(encodeRecord(record));
    expect(() => convertRecord(run, 0, version)).toThrow(
      expect.objectContaining({ code: 'DBN_ENCODE' }),
    );
  });

  function stat(quantity: bigint): DbnRecord {
    return { ...header, rtype: RTYPE.STATISTICS, quantity };
  }
});

describe('converting a run', () => {
  it('converts each record, and hands over the run where nothing differs', () => {
    const random = new Prng(2);
    const rows = Array.from({ length: 4 }, () => sampleRecord(RTYPE.DEFINITION, 2, false, random));
    const run = runOf(concat(rows), { version: 2, offset: 353 });
    const now = convertRun(run, 3);
    expect([now.version, now.count, now.stride, now.offset]).toEqual([3, 4, 520, 353]);
    for (let i = 0; i < 4; i++) expect(runBytes(now, i, i + 1)).toEqual(upgradeRecord(run, i));
    const mbo = runOf(sampleRecord(RTYPE.MBO, 1, false, random), { version: 1 });
    expect(convertRun(mbo, 3).bytes).toBe(mbo.bytes);
    expect(convertRun(mbo, 3).version).toBe(3);
  });
});
