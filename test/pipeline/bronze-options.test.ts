import { describe, expect, it } from 'vitest';
import { DataError } from '../../src/core/index.ts';
import {
  Cmbp1Columns,
  type DbnRecord,
  MboColumns,
  RTYPE,
  UNDEF_PRICE,
  UNDEF_PRICE_F64,
} from '../../src/dbn/index.ts';
import {
  bronzeEquityMbo,
  bronzeEquityOptionCmbp1,
  bronzeFutureOptionMbo,
  CMBP_1_REQUEST,
  OPTION_MBO_REQUEST,
  type OptionTerms,
  readBronzeCmbp1,
  readBronzeOptionMbo,
} from '../../src/pipeline/index.ts';
import {
  DT,
  mbo,
  ORIGIN_NS,
  optionDefinition,
  taskOf,
  temporaryLake,
  writeDefinitions,
  writeRaw,
} from './bronze-fixture.ts';
import { MemoryIo, readerOf } from './bronze-io.ts';

const HOUR_NS = 3_600_000_000_000n;
const DAY_NS = 24n * HOUR_NS;
const OPTIONS_DAY = {
  productType: 'future_option_mbo',
  symbol: 'ES',
  name: 'glbx-mdp3-20260105.mbo.dbn',
} as const;

async function ingestFutureOptions(
  definitions: readonly DbnRecord[],
  records: readonly DbnRecord[],
  symbols: Record<string, number> = {},
) {
  const lake = temporaryLake();
  await writeDefinitions(lake, 'glbx', definitions);
  await writeRaw(lake, OPTIONS_DAY, { schema: 'mbo', records, symbols });
  const io = new MemoryIo();
  const report = await bronzeFutureOptionMbo.run(taskOf(lake, 'future_option_mbo', 'ES'), io);
  return { io, report };
}

async function failure(run: Promise<unknown>): Promise<DataError> {
  const error = await run.then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(DataError);
  return error as DataError;
}

describe('bronze_ingest_future_option_mbo', () => {
  it('keeps the options that expire on the date, by their underlying', async () => {
    const put = { instrument_class: 'P', strike_price: 5_995_000_000_000n };
    const tomorrow = { expiration: ORIGIN_NS + DAY_NS + 21n * HOUR_NS };
    const { io, report } = await ingestFutureOptions(
      [
        optionDefinition(1, 'E1AF6 C6000'),
        optionDefinition(2, 'E1AF6 P5995', put),
        optionDefinition(3, 'E1BF6 C6000', tomorrow),
        optionDefinition(4, 'UD:1V: VT 2827124', { instrument_class: 'T' }),
        optionDefinition(5, 'E1AF6 C6000-E1AF6 C6010', { instrument_class: 'T' }),
        optionDefinition(6, 'ESH6', { instrument_class: 'F', underlying: '' }),
        optionDefinition(7, 'Q1AF6 C21000', { underlying: 'NQH6' }),
        optionDefinition(8, 'ESM6 C6000', { underlying: 'ESM6' }),
      ],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 1].map((id, i) => mbo(id, i, { sequence: i })),
    );
    expect(io.partitions.map((p) => p.ref.symbol)).toEqual(['ESH6', 'ESM6']);
    const { rows, counters } = io.of('ESH6');
    expect(rows.map((r) => [r['symbol'], r['right'], r['strike'], r['underlying']])).toEqual([
      ['E1AF6 C6000', 'C', 6_000_000_000_000n, 'ESH6'],
      ['E1AF6 P5995', 'P', 5_995_000_000_000n, 'ESH6'],
      ['E1AF6 C6000', 'C', 6_000_000_000_000n, 'ESH6'],
    ]);
    expect(rows[0]!['expiration']).toBe(ORIGIN_NS + 21n * HOUR_NS);
    expect(counters).toMatchObject({
      not_0dte_records: 1,
      user_defined_records: 1,
      spread_records: 1,
      other_product_records: 2,
      unmapped_records: 1,
    });
    expect(report.rowsRead).toBe(10);
  });

  it.each([
    ['winter', '2026-01-05', '2026-01-06T05:59:59Z', true],
    ['winter', '2026-01-05', '2026-01-06T06:00:00Z', false],
    ['winter', '2026-01-05', '2026-01-05T05:59:59Z', false],
    ['summer', '2026-07-06', '2026-07-07T04:59:59Z', true],
    ['summer', '2026-07-06', '2026-07-07T05:00:00Z', false],
    ['the day clocks go forward', '2026-03-08', '2026-03-08T06:00:00Z', true],
    ['the day clocks go forward', '2026-03-08', '2026-03-09T05:00:00Z', false],
    ['the day clocks go back', '2026-11-01', '2026-11-02T05:59:59Z', true],
  ])('takes the date of expiry by the clock of Chicago: %s, %s, %s', async (_, dt, at, kept) => {
    const lake = temporaryLake();
    const compact = dt.replaceAll('-', '');
    const expiration = BigInt(Date.parse(at)) * 1_000_000n;
    const definition = optionDefinition(1, 'E1AF6 C6000', { expiration });
    await writeDefinitions(lake, 'glbx', [definition], `a/${compact}.definition.dbn`);
    const day = { ...OPTIONS_DAY, name: `${compact}.mbo.dbn` };
    await writeRaw(lake, day, { schema: 'mbo', records: [mbo(1, 5)] });
    const io = new MemoryIo();
    const task = { ...taskOf(lake, 'future_option_mbo', 'ES'), dt };
    const { nothing } = await bronzeFutureOptionMbo.run(task, io);
    if (kept) {
      expect(io.of('ESH6').rows).toHaveLength(1);
      return;
    }
    expect(io.partitions).toEqual([]);
    expect(nothing).toBe('no option of the root expires on the date (1 not 0dte records)');
  });

  it('takes the definition captured last; a deletion changes no terms', async () => {
    const { io } = await ingestFutureOptions(
      [
        optionDefinition(1, 'E1AF6 C6005', {
          strike_price: 6_005_000_000_000n,
          ts_recv: ORIGIN_NS + 9n,
        }),
        optionDefinition(1, 'E1AF6 C6000'),
        optionDefinition(1, 'gone', { ts_recv: ORIGIN_NS + 10n, security_update_action: 'D' }),
      ],
      [mbo(1, 1)],
    );
    expect(io.of('ESH6').rows[0]!['symbol']).toBe('E1AF6 C6005');
  });

  it('refuses definitions of one moment that contradict each other, naming both', async () => {
    const other = optionDefinition(1, 'E1AF6 C6005', { strike_price: 6_005_000_000_000n });
    const run = ingestFutureOptions([optionDefinition(1, 'E1AF6 C6000'), other], [mbo(1, 1)]);
    const error = await failure(run);
    expect(error.code).toBe('DEFINITIONS');
    expect(error.message).toContain('E1AF6 C6000');
    expect(error.message).toContain('E1AF6 C6005');
  });

  it('refuses a day without definitions, saying what to fetch and where to', async () => {
    const lake = temporaryLake();
    await writeRaw(lake, OPTIONS_DAY, { schema: 'mbo', records: [mbo(1, 1)] });
    const task = taskOf(lake, 'future_option_mbo', 'ES');
    const error = await failure(bronzeFutureOptionMbo.run(task, new MemoryIo()));
    expect(error.code).toBe('DEFINITIONS');
    expect(error.message).toContain('dataset=definition/venue=glbx');
    expect(() => bronzeFutureOptionMbo.inputs(task)).toThrow('dataset=definition/venue=glbx');
  });

  it('refuses definitions that name none of its instruments', async () => {
    const error = await failure(
      ingestFutureOptions([optionDefinition(99, 'E1AF6 C6000')], [mbo(1, 1)]),
    );
    expect(error.code).toBe('DEFINITIONS');
  });

  it('refuses definitions that are cut short', async () => {
    const lake = temporaryLake();
    const { fileBytes, write } = await import('./bronze-fixture.ts');
    const form = { schema: 'definition', records: [optionDefinition(1, 'E1AF6 C6000')] } as const;
    const path = await writeDefinitions(lake, 'glbx', []);
    write(path, await fileBytes({ ...form, cut: 4 }));
    await writeRaw(lake, OPTIONS_DAY, { schema: 'mbo', records: [mbo(1, 1)] });
    const task = taskOf(lake, 'future_option_mbo', 'ES');
    const error = await failure(bronzeFutureOptionMbo.run(task, new MemoryIo()));
    expect(error.code).toBe('DEFINITIONS');
    expect(error.message).toContain(path);
  });

  it('gives records back with the terms of their instruments', async () => {
    const { io } = await ingestFutureOptions(
      [
        optionDefinition(1, 'E1AF6 C6000'),
        optionDefinition(2, 'E1AF6 P5995', { instrument_class: 'P' }),
      ],
      [1, 2, 2, 1].map((id, i) => mbo(id, i * 7)),
    );
    const terms = new Map<number, OptionTerms>();
    const columns = new MboColumns(3, ORIGIN_NS);
    const read: number[] = [];
    const reader = readerOf(io.of('ESH6'), OPTION_MBO_REQUEST, 3);
    for (const batch of readBronzeOptionMbo(reader, columns, terms)) {
      for (let i = 0; i < batch.length; i++) {
        expect(terms.has(batch.instrumentId[i]!)).toBe(true);
        read.push(batch.instrumentId[i]!, batch.tsRecv[i]!);
      }
    }
    expect(read).toEqual([1, 0, 2, 7, 2, 14, 1, 21]);
    expect(terms.get(2)).toEqual({
      symbol: 'E1AF6 P5995',
      underlying: 'ESH6',
      right: 1,
      strike: 6_000_000_000_000n,
      expiration: ORIGIN_NS + 21n * HOUR_NS,
    });
  });
});

const QUOTES_DAY = {
  productType: 'equity_option_cmbp_1',
  symbol: 'QQQ',
  name: 'opra-pillar-20260105.cmbp-1.dbn',
} as const;

function quote(instrumentId: number, at: number, fields: Partial<DbnRecord> = {}): DbnRecord {
  const level = { bid_px: 1_250_000_000n, ask_px: UNDEF_PRICE, bid_sz: 10, ask_sz: 0 };
  return {
    rtype: RTYPE.CMBP_1,
    publisher_id: 30,
    instrument_id: instrumentId,
    ts_event: ORIGIN_NS + BigInt(at) - 5n,
    ts_recv: ORIGIN_NS + BigInt(at),
    price: 1_250_000_000n,
    size: 10,
    flags: 0x82,
    action: 'A',
    side: 'B',
    ts_in_delta: 77,
    levels: [{ ...level, bid_pb: 31, ask_pb: 32 }],
    ...fields,
  };
}

function equityOption(id: number, symbol: string, fields: Partial<DbnRecord> = {}): DbnRecord {
  return optionDefinition(id, symbol, {
    underlying: 'QQQ',
    strike_price: 500_000_000_000n,
    expiration: ORIGIN_NS,
    ...fields,
  });
}

async function ingestQuotes(definitions: readonly DbnRecord[], records: readonly DbnRecord[]) {
  const lake = temporaryLake();
  await writeDefinitions(lake, 'opra', definitions, 'opra-pillar-20260105.definition.dbn');
  const form = { schema: 'cmbp-1', records, dataset: 'OPRA.PILLAR' } as const;
  await writeRaw(lake, QUOTES_DAY, form);
  const io = new MemoryIo();
  const report = await bronzeEquityOptionCmbp1.run(taskOf(lake, 'equity_option_cmbp_1', 'QQQ'), io);
  return { io, report };
}

describe('bronze_ingest_equity_option_cmbp_1', () => {
  it('keeps what expires on the date and says all that a record says', async () => {
    const { io } = await ingestQuotes(
      [
        equityOption(1, 'QQQ   260105C00500000'),
        equityOption(2, 'QQQ   260106C00500000', { expiration: ORIGIN_NS + DAY_NS }),
        equityOption(3, 'SPY   260105C00500000', { underlying: 'SPY' }),
      ],
      [quote(1, 10), quote(2, 11), quote(3, 12), quote(1, 13, { action: 'T', side: 'N' })],
    );
    const { rows, counters } = io.of('QQQ');
    expect(rows[0]).toEqual({
      ts_recv: ORIGIN_NS + 10n,
      ts_event: ORIGIN_NS + 5n,
      publisher_id: 30,
      instrument_id: 1,
      action: 'A',
      side: 'B',
      price: 1_250_000_000n,
      size: 10,
      flags: 0x82,
      ts_in_delta: 77,
      bid_px_00: 1_250_000_000n,
      ask_px_00: null,
      bid_sz_00: 10,
      ask_sz_00: 0,
      bid_pb_00: 31,
      ask_pb_00: 32,
      symbol: 'QQQ   260105C00500000',
      underlying: 'QQQ',
      right: 'C',
      strike: 500_000_000_000n,
      expiration: ORIGIN_NS,
    });
    expect(rows).toHaveLength(2);
    expect(counters).toMatchObject({
      not_0dte_records: 1,
      other_product_records: 1,
      osi_mismatch_instruments: 0,
    });
  });

  it('counts options whose symbol and definition differ; the definition holds', async () => {
    const { io } = await ingestQuotes(
      [
        equityOption(1, 'QQQ   260105P00500000'),
        equityOption(2, 'QQQ   260105C00501000'),
        equityOption(3, 'QQQ   260106C00500000'),
        equityOption(4, 'QQQ   260105C00500000'),
        equityOption(5, 'nonsense'),
      ],
      [1, 2, 3, 4, 5, 1].map((id, i) => quote(id, i)),
    );
    expect(io.of('QQQ').counters).toMatchObject({ osi_mismatch_instruments: 4 });
    expect(io.of('QQQ').rows.map((r) => [r['right'], r['strike']])).toEqual(
      Array.from({ length: 6 }, () => ['C', 500_000_000_000n]),
    );
  });

  it('publishes nothing on a day when nothing expires, and says so', async () => {
    const later = { expiration: ORIGIN_NS + DAY_NS };
    const { io, report } = await ingestQuotes(
      [equityOption(1, 'QQQ   260106C00500000', later)],
      [quote(1, 1)],
    );
    expect(io.partitions).toEqual([]);
    expect(report.published).toEqual([]);
    expect(report.nothing).toBe('no option on the ticker expires on the date (1 not 0dte records)');
    expect(report.counters).toMatchObject({ not_0dte_records: 1 });
  });

  it('publishes nothing of a file without records', async () => {
    const { report } = await ingestQuotes([equityOption(1, 'QQQ   260105C00500000')], []);
    expect(report.nothing).toBe('no option on the ticker expires on the date (no record)');
  });

  it('refuses a file of another ticker', async () => {
    const other = equityOption(1, 'SPY   260105C00500000', { underlying: 'SPY' });
    const error = await failure(ingestQuotes([other], [quote(1, 1)]));
    expect(error.code).toBe('SYMBOL_NOT_FOUND');
    expect(error.message).toContain('1 other product records');
  });

  it('gives quotes back as columns', async () => {
    const { io } = await ingestQuotes(
      [equityOption(1, 'QQQ   260105C00500000')],
      [quote(1, 10), quote(1, 20, { price: UNDEF_PRICE, ts_recv: ORIGIN_NS + 20n })],
    );
    const terms = new Map<number, OptionTerms>();
    const c = new Cmbp1Columns(8, ORIGIN_NS);
    const reader = readerOf(io.of('QQQ'), CMBP_1_REQUEST, 1);
    expect([...readBronzeCmbp1(reader, c, terms)]).toHaveLength(1);
    expect(c.length).toBe(2);
    const first = [c.tsRecv, c.tsEvent, c.price, c.bidPrice, c.askPrice, c.bidSize, c.askSize];
    expect(first.map((a) => a[0])).toEqual([10, 5, 1.25e9, 1.25e9, UNDEF_PRICE_F64, 10, 0]);
    const rest = [
      c.size,
      c.instrumentId,
      c.tsInDelta,
      c.publisherId,
      c.bidPublisher,
      c.askPublisher,
    ];
    expect(rest.map((a) => a[0])).toEqual([10, 1, 77, 30, 31, 32]);
    expect([c.flags[0], c.action[0], c.side[0]]).toEqual([0x82, 65, 66]);
    expect(c.price[1]).toBe(UNDEF_PRICE_F64);
    expect(terms.get(1)?.underlying).toBe('QQQ');
  });
});

describe('bronze_ingest_equity_mbo', () => {
  it("keeps the ticker's own records", async () => {
    const lake = temporaryLake();
    const day = {
      productType: 'equity_mbo',
      symbol: 'QQQ',
      name: `xnas-itch-${DT}.mbo.dbn`,
    } as const;
    const symbols = { QQQ: 1, AAPL: 2, QQQM: 3 };
    const records = [1, 2, 3, 1, 4].map((id, i) => mbo(id, i, { sequence: i }));
    await writeRaw(lake, day, { schema: 'mbo', records, symbols, dataset: 'XNAS.ITCH' });
    const io = new MemoryIo();
    await bronzeEquityMbo.run(taskOf(lake, 'equity_mbo', 'QQQ'), io);
    expect(io.partitions.map((p) => p.ref.symbol)).toEqual(['QQQ']);
    expect(io.of('QQQ').rows.map((r) => r['sequence'])).toEqual([0, 3]);
    expect(io.of('QQQ').counters).toMatchObject({ other_product_records: 2, unmapped_records: 1 });
  });
});
