import { describe, expect, it } from 'vitest';
import { MboColumns } from '../../src/dbn/index.ts';
import { FuturesDay, futuresSpecs } from '../../src/synth/index.ts';
import { DT, hours, record } from './tape.ts';
import { VenueModel } from './venue-model.ts';

const NO_VIOLATIONS = {
  unknownCancel: 0,
  unknownModify: 0,
  partialCancel: 0,
  cancelElsewhere: 0,
  duplicateAdd: 0,
  sideChange: 0,
  unmatchedFill: 0,
  tradeUnlikeFills: 0,
  crossed: 0,
  clockBack: 0,
  eventAfterRecv: 0,
  emptyAdd: 0,
  openAtEnd: 0,
  emptySide: 0,
};

describe('the rules of the venue', () => {
  it.each([
    ['ES', 15, 15.1, 400, 0.5],
    ['MNQ', 15, 15.05, 800, 1],
    ['ES', 2, 3, 300, 0],
    ['ES', 14.5, 14.503, 10_000, 0.7],
  ])(
    'hold for %s from %d to %d h UTC at %d records/s, signal %d',
    (root, from, to, rate, signal) => {
      const tape = record(root, hours(from, to, { rate, signal, seed: 7 }));
      expect(tape.rows).toBeGreaterThan(40_000);
      expect(tape.model.violations).toEqual(NO_VIOLATIONS);
      expect(Object.keys(tape.model.counts).sort()).toEqual(['A', 'C', 'F', 'M', 'N', 'R', 'T']);
      expect(tape.model.counts['R']).toBe(1);
    },
  );

  it('shows icebergs: fills of orders never seen, and refreshes under the same id', () => {
    const { model } = record('ES', hours(15, 15.1));
    expect(model.hiddenFills).toBeGreaterThan(30);
    expect(model.refreshes).toBeGreaterThan(30);
    expect(model.impliedTrades).toBeGreaterThan(3);
  });

  it('hold for each instrument of a day file, across the break at 17:00 New York', () => {
    const specs = futuresSpecs('ES', DT);
    const day = new FuturesDay(specs, hours(21.8, 24, { rate: 800 }));
    const columns = new MboColumns(4096);
    const models = specs.map((spec) => new VenueModel(spec.tickSize));
    const times: number[] = [];
    let backward = 0;
    while (day.fill(columns) > 0) {
      for (let i = 0; i < columns.length; i++) {
        if (times.length > 0 && columns.tsRecv[i]! < times.at(-1)!) backward++;
        times.push(columns.tsRecv[i]!);
      }
      specs.forEach((spec, k) => {
        models[k]!.apply(columns, () => {}, spec.instrumentId);
      });
    }
    expect(backward).toBe(0);
    for (const model of models) {
      model.finish();
      expect(model.violations).toEqual(NO_VIOLATIONS);
      expect(model.counts['T']).toBeGreaterThan(10);
    }
    const closed = times.filter((t) => t > 22 * 3600e9 + 1e9 && t < 23 * 3600e9);
    expect(closed).toEqual([]);
    expect(times.at(-1)!).toBeGreaterThan(23.9 * 3600e9);
  });

  it('ends on Friday at 17:00 New York', () => {
    const tape = record('ES', hours(21.9, 24, { dt: '2026-01-09', rate: 800 }));
    const last = tape.touches.ts[tape.touches.length - 1]!;
    expect(last).toBeGreaterThan(21.99 * 3600e9);
    expect(last).toBeLessThan(22 * 3600e9 + 1e9);
  });
});
