import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { DataError } from '../../src/core/index.ts';
import {
  type FittedForecast,
  type ForecastParameters,
  fitForecast,
  type ParameterInput,
  splitDays,
} from '../../src/forecast/index.ts';
import { jsonHash } from '../../src/pipeline/forecast/json-hash.ts';
import {
  loadParameters,
  makeParameters,
  parametersPath,
  saveParameters,
} from '../../src/pipeline/index.ts';
import { plantedDays } from '../forecast/planted-market.ts';
import { temporaryLake } from './bronze-fixture.ts';
import { ES, publish, refsOf, rowsOf, someSecond } from './forecast-lake.ts';

let fitted: FittedForecast;
let days: ForecastParameters['days'];
beforeAll(() => {
  const planted = plantedDays(6, { windows: 120 });
  const split = splitDays(planted);
  days = splitDays(planted.map(({ dt }) => dt));
  fitted = fitForecast(split.train, split.calibrate);
});

function parametersOf(inputs: readonly ParameterInput[] = []): ForecastParameters {
  return makeParameters(fitted, {
    root: 'ES',
    productType: 'future_mbo',
    days,
    session: { time_zone: 'America/New_York', from: '09:30', to: '12:30' },
    inputs,
    codeVersion: '1.2.3',
  });
}

/** A lake with parameters, and their file changed as JSON. */
function changed(change: (json: Record<string, unknown>) => void): string {
  const lake = temporaryLake();
  const path = saveParameters(lake, parametersOf());
  const json = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(json);
  writeFileSync(path, JSON.stringify(json));
  return lake;
}

function refusal(load: () => unknown): DataError {
  try {
    load();
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the parameter file', () => {
  it('says what was saved', () => {
    const lake = temporaryLake();
    const parameters = parametersOf();
    expect(saveParameters(lake, parameters)).toBe(parametersPath(lake, 'ES'));
    const loaded = loadParameters(lake, 'ES', 'future_mbo');
    expect(loaded.parameters).toEqual(parameters);
    expect(loaded.version).toMatch(/^[0-9a-f]{12}$/);
    saveParameters(lake, { ...parameters, status: 'proven', reasons: [] });
    expect(loadParameters(lake, 'ES').version).not.toBe(loaded.version);
  });

  it('is unproven until something says otherwise', () => {
    expect(parametersOf()).toMatchObject({ status: 'unproven', skill: [] });
    expect(parametersOf().reasons).toHaveLength(1);
  });

  it('is missed by name, with the command that makes it', () => {
    const error = refusal(() => loadParameters(temporaryLake(), 'ES'));
    expect(error.code).toBe('FILE_NOT_FOUND');
    expect(error.message).toContain('spymaster forecast fit --root ES');
    expect(() => loadParameters(temporaryLake(), '../ES')).toThrow(DataError);
  });

  it('is refused for another product', () => {
    const lake = temporaryLake();
    saveParameters(lake, parametersOf());
    const other = refusal(() => loadParameters(lake, 'ES', 'equity_mbo'));
    expect(other).toMatchObject({ code: 'PARAMETERS' });
    expect(other.message).toContain('found ES future_mbo, expected ES equity_mbo');
    const path = parametersPath(lake, 'NQ');
    saveParameters(lake, { ...parametersOf(), root: 'NQ' });
    expect(existsSync(path)).toBe(true);
    writeFileSync(path, readFileSync(parametersPath(lake, 'ES')));
    expect(refusal(() => loadParameters(lake, 'NQ')).message).toContain('expected NQ future_mbo');
  });

  it('is refused when the model’s constants were others', () => {
    const lake = temporaryLake();
    const parameters = parametersOf();
    const others = { ...parameters.constants, option_weight: 0.5, unheard_of: 1 };
    saveParameters(lake, { ...parameters, constants: others });
    expect(refusal(() => loadParameters(lake, 'ES')).message).toContain('hash disagree');
    const honest = changed((json) => {
      json['constants'] = others;
      json['constants_hash'] = jsonHash(others);
    });
    const { message } = refusal(() => loadParameters(honest, 'ES'));
    expect(message).toContain('found option_weight 0.5, unheard_of 1');
    expect(message).toContain('expected option_weight 0.7, unheard_of absent');
  });

  it('is refused when it is damaged, with the place', () => {
    const cut = temporaryLake();
    const path = saveParameters(cut, parametersOf());
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 300));
    expect(refusal(() => loadParameters(cut, 'ES')).code).toBe('PARAMETERS');
    const spoilt: [change: (json: Record<string, unknown>) => void, where: RegExp][] = [
      [(json) => delete json['beta'], /beta/],
      [(json) => Object.assign(json, { gamma: { value: 1.5, standard_error: null } }), /gamma/],
      [(json) => Object.assign(json, { format: 'other/1' }), /format/],
      [(json) => (json['horizons'] as unknown[]).pop(), /horizons/],
      [(json) => Object.assign((json['horizons'] as object[])[0]!, { scales: [1] }), /scales/],
      [(json) => Object.assign(json, { features: { names: ['a'] } }), /features/],
      [(json) => Object.assign(json, { surprise: 1 }), /surprise/],
    ];
    for (const [change, where] of spoilt) {
      const lake = changed(change);
      const error = refusal(() => loadParameters(lake, 'ES'));
      expect(error.code).toBe('PARAMETERS');
      expect(error.message).toMatch(where);
    }
  });

  it('is stale once an input is another, and not when it is gone', async () => {
    const lake = temporaryLake();
    const ref = refsOf(ES).snapshot;
    const rows = rowsOf(ES, [someSecond(100, 1, 19_999, 20_000)]).snapshot;
    const { dataset, symbol, dt, sha256 } = await publish(lake, ref, rows);
    saveParameters(lake, parametersOf([{ dataset, symbol, dt, sha256 }]));
    expect(loadParameters(lake, 'ES').parameters.inputs).toHaveLength(1);
    await publish(lake, ref, rowsOf(ES, [someSecond(100, 2, 19_999, 20_001)]).snapshot);
    const { code, message } = refusal(() => loadParameters(lake, 'ES'));
    expect(code).toBe('PARAMETERS');
    expect(message).toContain(`${dataset} ESH6 2026-01-05 changed since the fit`);
    expect(message).toContain('spymaster forecast fit --root ES');
    const elsewhere = temporaryLake();
    saveParameters(elsewhere, parametersOf([{ dataset, symbol, dt, sha256 }]));
    expect(loadParameters(elsewhere, 'ES').parameters.root).toBe('ES');
  });
});
