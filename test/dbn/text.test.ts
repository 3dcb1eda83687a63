import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import {
  csvHeader,
  type DbnRecord,
  encodeRecord,
  makeMetadata,
  metadataToJson,
  RTYPE,
  recordToCsv,
  recordToJson,
  rtypeOf,
  runOf,
} from '../../src/dbn/index.ts';
import { RTYPES, sampleRecord } from './sample-records.ts';

const mbo: DbnRecord = {
  rtype: RTYPE.MBO,
  publisher_id: 1,
  instrument_id: 5482,
  ts_event: 1_609_160_400_000_429_831n,
  order_id: 647_784_973_705n,
  price: 3_722_750_000_000n,
  size: 1,
  flags: 128,
  channel_id: 0,
  action: 'C',
  side: 'A',
  ts_recv: 1_609_160_400_000_704_060n,
  ts_in_delta: 22_993,
  sequence: 1_170_352,
};

const run = runOf(encodeRecord(mbo));

describe('JSON', () => {
  it('has the vendor’s order, and 64-bit numbers as texts', () => {
    expect(recordToJson(run, 0)).toBe(
      '{"ts_recv":"1609160400000704060","hd":{"ts_event":"1609160400000429831","rtype":160,' +
        '"publisher_id":1,"instrument_id":5482},"action":"C","side":"A","price":"3722750000000",' +
        '"size":1,"channel_id":0,"order_id":"647784973705","flags":128,"ts_in_delta":22993,' +
        '"sequence":1170352}',
    );
  });

  it('prints prices and times for people where asked, and a symbol', () => {
    const options = { prettyPrices: true, prettyTimes: true, symbol: 'ESH1' };
    const line = recordToJson(run, 0, options);
    expect(line).toContain('"ts_recv":"2020-12-28T13:00:00.000704060Z"');
    expect(line).toContain('"price":"3722.750000000"');
    expect(line).toMatch(/,"symbol":"ESH1"}$/);
    const odd = runOf(encodeRecord({ ...mbo, price: -1n, ts_recv: 0n, action: '' }));
    const oddLine = recordToJson(odd, 0, options);
    expect(oddLine).toContain('"price":"-0.000000001"');
    expect(oddLine).toContain('"ts_recv":null');
    expect(oddLine).toContain('"action":null');
    const bare = runOf(encodeRecord({ ...mbo, price: (1n << 63n) - 1n }));
    expect(recordToJson(bare, 0, options)).toContain('"price":null');
    expect(recordToJson(bare, 0)).toContain('"price":"9223372036854775807"');
    expect(recordToJson(run, 0, { symbol: null })).toMatch(/,"symbol":null}$/);
  });

  it('is JSON for every type, and for texts that need escapes', () => {
    const random = new Prng(1);
    for (const rtype of RTYPES) {
      const one = runOf(sampleRecord(rtype, 3, true, random), { tsOut: true });
      const object = JSON.parse(recordToJson(one, 0));
      expect(object.hd.rtype).toBe(rtype);
      expect(object.ts_out).toMatch(/^\d+$/);
    }
    const header = { publisher_id: 0, instrument_id: 0, ts_event: 0n };
    const msg = 'a"b\\c/d\n\t\u0001';
    const line = recordToJson(runOf(encodeRecord({ ...header, rtype: RTYPE.SYSTEM, msg })), 0);
    expect(line).toContain('"msg":"a\\"b\\\\c\\/d\\n\\t\\u0001"');
    expect(JSON.parse(line).msg).toBe(msg);
  });

  it('reads UTF-8, and nothing from what is not', () => {
    const header = { publisher_id: 0, instrument_id: 0, ts_event: 0n, rtype: RTYPE.SYSTEM };
    const bytesOf = (text: string) => String.fromCharCode(...new TextEncoder().encode(text));
    for (const text of ['é', '€ 5', '𝄞', 'zä\u{10ffff}']) {
      const one = runOf(encodeRecord({ ...header, msg: bytesOf(text) }));
      expect(JSON.parse(recordToJson(one, 0)).msg).toBe(text);
    }
    for (const wrong of ['\xe9', '\xc0\x80', '\xed\xa0\x80', '\xf5\x80\x80\x80', '\xe2\x82']) {
      const one = runOf(encodeRecord({ ...header, msg: wrong }));
      expect(JSON.parse(recordToJson(one, 0)).msg).toBe('');
    }
  });

  it('is the header alone for a type that is not known', () => {
    const bytes = new Uint8Array(24);
    bytes.set([6, 0x77, 2]);
    expect(recordToJson(runOf(bytes), 0)).toBe(
      '{"hd":{"ts_event":"0","rtype":119,"publisher_id":2,"instrument_id":0}}',
    );
  });
});

describe('CSV', () => {
  it('has a header and lines with the same columns', () => {
    expect(csvHeader(RTYPE.MBO)).toBe(
      'ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,price,size,channel_id,' +
        'order_id,flags,ts_in_delta,sequence',
    );
    expect(recordToCsv(run, 0)).toBe(
      '1609160400000704060,1609160400000429831,160,1,5482,C,A,3722750000000,1,0,647784973705,' +
        '128,22993,1170352',
    );
    const random = new Prng(2);
    for (const rtype of RTYPES) {
      if (rtype === RTYPE.ERROR || rtype === RTYPE.SYSTEM) continue;
      const bytes = sampleRecord(rtype, 3, true, random);
      const line = recordToCsv(runOf(bytes, { tsOut: true }), 0, { symbol: 'A' });
      const cells = line.replace(/"(?:[^"]|"")*"/g, '').split(',');
      expect(cells.length).toBe(csvHeader(rtype, 3, ['ts_out', 'symbol']).split(',').length);
    }
  });

  it('numbers the columns of levels', () => {
    const names = csvHeader(rtypeOf('mbp-10')).split(',');
    expect(names.slice(13, 19)).toEqual([
      'bid_px_00',
      'ask_px_00',
      'bid_sz_00',
      'ask_sz_00',
      'bid_ct_00',
      'ask_ct_00',
    ]);
    expect(names.at(-1)).toBe('ask_ct_09');
    expect(names.length).toBe(13 + 60);
  });

  it('quotes what needs it', () => {
    expect(recordToCsv(run, 0, { symbol: 'A,"B"' })).toMatch(/,"A,""B"""$/);
    expect(recordToCsv(run, 0, { symbol: null })).toMatch(/1170352,$/);
  });
});

describe('metadata as JSON', () => {
  it('has all that a header says', () => {
    const metadata = makeMetadata({
      dataset: 'GLBX.MDP3',
      schema: 'mbo',
      start: 1_704_067_200_000_000_000n,
      symbols: ['ESH4'],
      mappings: [
        {
          rawSymbol: 'ESH4',
          intervals: [{ startDate: 20240101, endDate: 20240102, symbol: '17077' }],
        },
      ],
    });
    expect(JSON.parse(metadataToJson(metadata))).toEqual({
      version: 3,
      dataset: 'GLBX.MDP3',
      schema: 'mbo',
      start: '1704067200000000000',
      end: null,
      limit: null,
      stype_in: 'raw_symbol',
      stype_out: 'instrument_id',
      ts_out: false,
      symbol_cstr_len: 71,
      symbols: ['ESH4'],
      partial: [],
      not_found: [],
      mappings: [
        {
          raw_symbol: 'ESH4',
          intervals: [{ start_date: 20240101, end_date: 20240102, symbol: '17077' }],
        },
      ],
    });
    expect(metadataToJson(metadata, { prettyTimes: true })).toContain('"start_date":"2024-01-01"');
  });
});
