import { describe, expect, it } from 'vitest';
import {
  type DbnRecord,
  isoOf,
  makeMetadata,
  RTYPE,
  SymbolMap,
  utcDateOf,
} from '../../src/dbn/index.ts';

const span = (startDate: number, endDate: number, symbol: string) => ({
  startDate,
  endDate,
  symbol,
});

describe('the symbol map of a header', () => {
  const map = SymbolMap.fromMetadata(
    makeMetadata({
      dataset: 'GLBX.MDP3',
      stypeIn: 'continuous',
      mappings: [
        {
          rawSymbol: 'ES.c.0',
          intervals: [span(20240101, 20240315, '17077'), span(20240315, 20240601, '5602')],
        },
        { rawSymbol: 'NQ.c.0', intervals: [span(20240101, 20240201, '')] },
        { rawSymbol: 'ESM4', intervals: [span(20240101, 20240301, '5602')] },
      ],
    }),
  );

  it('knows the symbol of an instrument on a day, ends excluded', () => {
    expect(map.symbolOf(17077, 20240101)).toBe('ES.c.0');
    expect(map.symbolOf(17077, 20240314)).toBe('ES.c.0');
    expect(map.symbolOf(17077, 20240315)).toBe(null);
    expect(map.symbolOf(5602, 20240315)).toBe('ES.c.0');
    expect(map.symbolOf(5602, 20240229)).toBe('ESM4');
    expect(map.symbolOf(1, 20240101)).toBe(null);
  });

  it('knows the instruments of a symbol', () => {
    expect(map.instrumentsOf('ES.c.0')).toEqual([5602, 17077]);
    expect(map.instrumentsOf('ES.c.0', 20240401)).toEqual([5602]);
    expect(map.instrumentsOf('NQ.c.0')).toEqual([]);
    expect(map.symbols).toEqual(['ES.c.0', 'ESM4']);
    expect(map.instrumentIds).toEqual([5602, 17077]);
  });

  it('takes a record’s day in UTC', () => {
    const midnight = 1_710_460_800_000_000_000n;
    expect(utcDateOf(midnight)).toBe(20240315);
    expect(map.symbolAt(17077, midnight - 1n)).toBe('ES.c.0');
    expect(map.symbolAt(17077, midnight)).toBe(null);
  });

  it('reads mappings from ids to symbols as well', () => {
    const inverse = SymbolMap.fromMetadata(
      makeMetadata({
        dataset: 'GLBX.MDP3',
        stypeIn: 'instrument_id',
        stypeOut: 'raw_symbol',
        mappings: [{ rawSymbol: '5602', intervals: [span(20240101, 20240301, 'ESM4')] }],
      }),
    );
    expect(inverse.symbolOf(5602, 20240201)).toBe('ESM4');
  });
});

describe('the symbol map of a live stream', () => {
  const record = (fields: Partial<DbnRecord>): DbnRecord => ({
    rtype: RTYPE.SYMBOL_MAPPING,
    publisher_id: 0,
    instrument_id: 5602,
    ts_event: 0n,
    stype_in_symbol: 'ES.FUT',
    stype_out_symbol: 'ESM4',
    start_ts: 0xffffffffffffffffn,
    end_ts: 0xffffffffffffffffn,
    ...fields,
  });

  it('takes the latest mapping of an instrument', () => {
    const map = new SymbolMap();
    map.addRecord(record({}));
    expect(map.symbolOf(5602, 20240201)).toBe('ESM4');
    map.addRecord(record({ stype_out_symbol: 'ESU4' }));
    expect(map.symbolOf(5602, 20240201)).toBe('ESU4');
  });

  it('keeps to the time that a mapping is for', () => {
    const map = new SymbolMap();
    const start = 1_704_153_600_000_000_000n;
    map.addRecord(record({ start_ts: start, end_ts: start + 86_400_000_000_000n }));
    expect([20240101, 20240102, 20240103].map((d) => map.symbolOf(5602, d))).toEqual([
      null,
      'ESM4',
      null,
    ]);
  });

  it('prefers a name to the id itself', () => {
    const map = new SymbolMap();
    map.addRecord(record({ stype_in_symbol: 'ESM4', stype_out_symbol: '5602' }));
    expect(map.symbolOf(5602, 20240201)).toBe('ESM4');
  });
});

describe('dates', () => {
  it('are those of the UTC calendar', () => {
    for (const iso of ['1970-01-01', '1999-12-31', '2000-02-29', '2024-02-29', '2100-03-01']) {
      const ns = BigInt(Date.parse(`${iso}T12:34:56Z`)) * 1_000_000n + 789n;
      expect(utcDateOf(ns)).toBe(Number(iso.replaceAll('-', '')));
      expect(isoOf(ns)).toBe(`${iso}T12:34:56.000000789Z`);
    }
    expect(isoOf(0xffffffffffffffffn)).toBe('2554-07-21T23:34:33.709551615Z');
  });
});
