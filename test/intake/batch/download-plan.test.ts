import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equityOptionRule, futureOptionRule } from '../../../src/feed/index.ts';
import { jobFolder } from '../../../src/intake/batch/job-folder.ts';
import { definitionParents } from '../../../src/intake/batch/option-parents.ts';
import { sessionOptions } from '../../../src/intake/batch/session-options.ts';
import { symbolsHash, wantJobs } from '../../../src/intake/batch/wanted-job.ts';
import {
  foldersOf,
  planEquities,
  planFutures,
  refuseSynthetic,
} from '../../../src/intake/index.ts';
import { addDays, loadProducts, productOf } from '../../../src/lake/index.ts';
import { optionDefinition, writeDefinitions } from '../../pipeline/bronze-fixture.ts';
import { scratch } from './small-market.ts';

const products = loadProducts();
const product = (root: string) => productOf(products, root);

function days(from: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => addDays(from, n));
}

function futures(dates: string[], options = ['definition', 'mbo', 'statistics']) {
  return planFutures({
    products: [product('ES')],
    dates,
    includeFutures: true,
    futuresSchemas: ['mbo'],
    optionsSchemas: options,
  });
}

function equities(dates: string[]) {
  const schemas = ['definition', 'cmbp-1', 'statistics'];
  return planEquities({
    products: [product('SPY'), product('QQQ')],
    dates,
    equitySchemas: ['mbo'],
    optionsSchemas: schemas,
  });
}

describe('the plan of futures', () => {
  test('keeps Sundays, leaves out Saturdays, and looks for options on trading days', () => {
    const plan = futures(days('2026-01-02', 4));
    expect(plan.jobs.map((job) => job.key)).toEqual([
      'GLBX.MDP3|mbo|ES|2026-01-02|futures',
      'GLBX.MDP3|definition|ES|2026-01-02|futures_options',
      'GLBX.MDP3|mbo|ES|2026-01-04|futures',
      'GLBX.MDP3|mbo|ES|2026-01-05|futures',
      'GLBX.MDP3|definition|ES|2026-01-05|futures_options',
    ]);
    expect(plan.chains.map((chain) => chain.dt)).toEqual(['2026-01-02', '2026-01-05']);
    expect(plan.skipped).toEqual([{ symbol: 'ES', dt: '2026-01-03', why: 'weekend' }]);
  });

  test('leaves out what was not asked for', () => {
    const none = futures(['2026-01-05'], []);
    expect(none.jobs.map((job) => job.schema)).toEqual(['mbo']);
    expect(none.chains).toEqual([]);
    const only = futures(['2026-01-05'], ['definition']);
    expect(only.chains.flatMap((chain) => chain.subjects)).toEqual([]);
  });

  test.each([
    ['cmbp-1', 'ES'],
    ['mbo', 'QQQ'],
  ])('refuses %s of %s', (schema, root) => {
    const ask = () =>
      planFutures({
        products: [product(root)],
        dates: ['2026-01-05'],
        includeFutures: false,
        futuresSchemas: ['mbo'],
        optionsSchemas: [schema],
      });
    expect(ask).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

describe('the plan of equities', () => {
  test('leaves out weekends and holidays', () => {
    // 2026-01-19 is Martin Luther King's day, 2026-04-03 Good Friday.
    const plan = equities(['2026-01-16', '2026-01-17', '2026-01-19', '2026-04-03']);
    expect(plan.chains.map(({ symbol, dt }) => `${symbol} ${dt}`)).toEqual([
      'SPY 2026-01-16',
      'QQQ 2026-01-16',
    ]);
    expect(plan.skipped.filter((day) => day.symbol === 'SPY')).toHaveLength(3);
    expect(plan.jobs.map((job) => job.key)).toContain('OPRA.PILLAR|definition|QQQ|2026-01-16');
  });

  test('puts everything where bronze looks for it', () => {
    const lake = '/lake/raw/source=databento';
    const folders = foldersOf('/lake', equities(['2026-01-16'])).filter((f) => !f.includes('SPY'));
    expect(folders).toEqual(
      [
        `${lake}/product_type=equity_mbo/symbol=QQQ/table=market_by_order_dbn`,
        `${lake}/dataset=definition/venue=opra`,
        `${lake}/product_type=equity_option_cmbp_1/symbol=QQQ/table=cmbp_1`,
        `${lake}/product_type=equity_option_cmbp_1/symbol=QQQ/table=statistics`,
      ].sort((a, b) => folders.indexOf(a) - folders.indexOf(b)),
    );
  });

  test('refuses a folder that the synthetic market wrote to', () => {
    const folder = scratch();
    refuseSynthetic(folder);
    mkdirSync(join(folder, 'synthetic-ES'));
    writeFileSync(join(folder, 'synthetic-ES', '_SYNTHETIC.json'), '{}');
    expect(() => refuseSynthetic(folder)).toThrow(/synthetic data/);
  });
});

describe('the folder of a job', () => {
  test.each([
    ['GLBX.MDP3', 'trades'],
    ['OPRA.PILLAR', 'mbo'],
    ['XNAS.ITCH', 'cmbp-1'],
    ['IFEU.IMPACT', 'mbo'],
  ])('is none for %s %s', (dataset, schema) => {
    const place = { dataset, schema, symbol: 'ES' };
    expect(() => jobFolder('/lake', place)).toThrow(/no table/);
  });

  test('never leads out of the lake', () => {
    const place = { dataset: 'GLBX.MDP3', schema: 'mbo', symbol: '../../etc' };
    expect(() => jobFolder('/lake', place)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

describe('the parents of options', () => {
  const of = (root: string, dt: string) =>
    definitionParents(product(root), dt).filter((p) => p.endsWith('.OPT'));

  test('of ES are quarterly, weekly or daily, as the day is', () => {
    expect(of('ES', '2026-03-20')).toEqual(['ES.OPT', 'EW3.OPT']);
    expect(of('ES', '2026-01-16')).toEqual(['EW.OPT', 'EW1.OPT', 'EW2.OPT', 'EW3.OPT', 'EW4.OPT']);
    const daily = of('ES', '2026-01-06');
    expect(daily).toHaveLength(30);
    expect(daily).toContain('E1B.OPT');
    expect(daily).toContain('E5.OPT');
  });

  test('have those of the end of a month when it is no Friday', () => {
    // 2026-03-31 is a Tuesday; 2026-02-27 a Friday.
    expect(of('ES', '2026-03-31')).toContain('EW.OPT');
    expect(of('ES', '2026-03-30')).not.toContain('EW.OPT');
    expect(of('NQ', '2026-03-31')).toContain('QNE.OPT');
  });

  test('have those of a Friday that is a holiday the day before', () => {
    // Good Friday 2026-04-03, and Juneteenth 2026-06-19: the end of quarterly options.
    expect(of('ES', '2026-04-02')).toContain('EW1.OPT');
    expect(of('ES', '2026-06-18')).toContain('ES.OPT');
    expect(of('ES', '2026-06-17')).not.toContain('ES.OPT');
  });

  test('of other roots are those of the weekday and the monthly ones', () => {
    expect(of('NQ', '2026-01-05')).toEqual([
      'NQ.OPT',
      'Q1A.OPT',
      'Q2A.OPT',
      'Q3A.OPT',
      'Q4A.OPT',
      'Q5A.OPT',
    ]);
    expect(of('CL', '2026-01-07')).toContain('WL1.OPT');
    expect(of('GC', '2026-01-09')).toContain('OG2.OPT');
    for (const [root, { kind }] of products) {
      if (kind === 'future')
        expect(definitionParents(product(root), '2026-01-05')).toContain(`${root}.FUT`);
    }
  });
});

describe('the options of a session', () => {
  test('are those on the root that expire on the date by the clock of CME', async () => {
    const lake = scratch();
    const evening = BigInt(Date.parse('2026-07-07T04:30:00Z')) * 1_000_000n;
    const records = [
      optionDefinition(1, 'E1BN6 C6000', { expiration: evening, underlying: 'ESU6' }),
      optionDefinition(2, 'E1BN6 P6000', {
        expiration: evening,
        underlying: 'ESU6',
        instrument_class: 'P',
      }),
      // After midnight in Chicago: daylight saving counts.
      optionDefinition(3, 'E1CN6 C6000', {
        expiration: evening + 3_600_000_000_000n,
        underlying: 'ESU6',
      }),
      optionDefinition(4, 'MESN6 C6000', { expiration: evening, underlying: 'MESU6' }),
      optionDefinition(5, 'UD:1V: VT 1', { expiration: evening, underlying: 'ESU6' }),
      optionDefinition(6, 'ESU6', {
        expiration: evening,
        underlying: '',
        instrument_class: 'F',
      }),
      // Named by the id of what it is on.
      optionDefinition(7, 'E1BN6 C6005', { expiration: evening, underlying: '', underlying_id: 6 }),
    ];
    await writeDefinitions(lake, 'glbx', records, 'JOB-1/glbx-mdp3-20260706.definition.dbn');
    const symbols = await sessionOptions(lake, 'glbx', futureOptionRule('ES', '2026-07-06'));
    expect(symbols).toEqual(['E1BN6 C6000', 'E1BN6 C6005', 'E1BN6 P6000']);
  });

  test('of OPRA expire on the date in UTC', async () => {
    const lake = scratch();
    const midnight = BigInt(Date.parse('2026-01-06T00:00:00Z')) * 1_000_000n;
    const on = { underlying: 'QQQ', expiration: midnight };
    const records = [
      optionDefinition(1, 'QQQ   260106C00500000', on),
      optionDefinition(2, 'QQQ   260105C00500000', { ...on, expiration: midnight - 1n }),
      optionDefinition(3, 'SPY   260106C00500000', { ...on, underlying: 'SPY' }),
    ];
    await writeDefinitions(lake, 'opra', records, 'opra-pillar-20260106.definition.dbn');
    const symbols = await sessionOptions(lake, 'opra', equityOptionRule('QQQ', '2026-01-06'));
    expect(symbols).toEqual(['QQQ   260106C00500000']);
  });

  test('without definitions are an error that says where they were looked for', async () => {
    const rule = futureOptionRule('ES', '2026-01-05');
    await expect(sessionOptions(scratch(), 'glbx', rule)).rejects.toMatchObject({
      code: 'DEFINITIONS',
      message: expect.stringContaining('venue=glbx'),
    });
  });
});

test('symbols are parted into jobs of 2,000, each symbol in one, whatever their order', () => {
  const subject = {
    dataset: 'OPRA.PILLAR',
    schema: 'cmbp-1',
    stypeIn: 'raw_symbol',
    symbol: 'SPY',
    dt: '2026-01-05',
  } as const;
  const sizes = fc.integer({ min: 0, max: 6001 });
  fc.assert(
    fc.property(sizes, fc.boolean(), (count, isReversed) => {
      const symbols = Array.from({ length: count }, (_, n) => `S${n}`);
      const jobs = wantJobs(subject, isReversed ? [...symbols].reverse() : symbols);
      expect(jobs.flatMap((job) => job.symbols)).toEqual([...symbols].sort());
      expect(jobs.every((job) => job.symbols.length <= 2000)).toBe(true);
      expect(jobs).toHaveLength(Math.ceil(count / 2000));
      expect(new Set(jobs.map((job) => job.key)).size).toBe(jobs.length);
      const [first, second] = jobs;
      if (first) expect(first.key).toBe('OPRA.PILLAR|cmbp-1|SPY|2026-01-05');
      if (second) expect(second.key).toBe('OPRA.PILLAR|cmbp-1|SPY|2026-01-05#2');
      if (first) expect(symbolsHash([...first.symbols].reverse())).toBe(symbolsHash(first.symbols));
    }),
    { seed: 5, numRuns: 30 },
  );
});
