import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../src/core/index.ts';
import { connectDuckDb, loadDuckDb, rawTableFolder, sqlText } from '../../src/lake/index.ts';
import { nanoOfDecimal } from '../../src/pipeline/bronze/nano-of-decimal.ts';
import { nanosecondCopy } from '../../src/pipeline/bronze/parquet-nanoseconds.ts';
import { bronzeEquityOptionCmbp1, bronzeFutureMbo } from '../../src/pipeline/index.ts';
import {
  ES_DAY,
  ES_IDS,
  mbo,
  ORIGIN_NS,
  optionDefinition,
  taskOf,
  temporaryLake,
  write,
  writeDefinitions,
  writeRaw,
} from './bronze-fixture.ts';
import { MemoryIo } from './bronze-io.ts';

const PARQUET_DAY = { ...ES_DAY, name: 'glbx-mdp3-20260105.mbo.parquet' };
const TS = ORIGIN_NS + 123_456_789n;

/** Columns as the vendor's client writes them, but for the kinds of time and price. */
function columnsSql(time: string, price: string): string {
  return `
    ${time.replace('?', `${TS - 7n}`)} AS ts_event, 160::UTINYINT AS rtype,
    1::USMALLINT AS publisher_id, 1::UINTEGER AS instrument_id, 'A' AS "action", 'B' AS side,
    ${price} AS price, 3::UINTEGER AS size, 7::UTINYINT AS channel_id,
    18446744073709551615::UBIGINT AS order_id, 130::UTINYINT AS flags, -12 AS ts_in_delta,
    99::UINTEGER AS sequence, 'ESH6' AS symbol, ${time.replace('?', `${TS}`)} AS ts_recv`;
}

async function writeParquet(lake: string, select: string, day = PARQUET_DAY): Promise<string> {
  const folder = rawTableFolder(lake, day.productType, day.symbol);
  const path = write(join(folder, day.name), new Uint8Array(0));
  const connection = await connectDuckDb(await loadDuckDb());
  await connection.run(`COPY (${select}) TO ${sqlText(path)} (FORMAT parquet)`);
  connection.closeSync();
  return path;
}

async function run(lake: string): Promise<MemoryIo> {
  const io = new MemoryIo();
  await bronzeFutureMbo.run(taskOf(lake, 'future_mbo', 'ES'), io);
  return io;
}

const ROW = {
  ts_recv: TS,
  size: 3,
  ts_event: TS - 7n,
  channel_id: 7,
  rtype: 160,
  order_id: 18_446_744_073_709_551_615n,
  publisher_id: 1,
  flags: 130,
  instrument_id: 1,
  ts_in_delta: -12,
  action: 'A',
  sequence: 99,
  side: 'B',
  symbol: 'ESH6',
  price: 4_810_350_000_000n,
};

describe('a day that there is only Parquet of', () => {
  it.each([
    ['integers', '?::UBIGINT', '4810350000000::BIGINT'],
    ['timestamps and floats', 'make_timestamp_ns(?)', '4810.35::DOUBLE'],
  ])('%s: as from the records', async (_, time, price) => {
    const lake = temporaryLake();
    const path = await writeParquet(lake, `SELECT ${columnsSql(time, price)}`);
    const io = await run(lake);
    expect(io.of('ESH6').rows).toEqual([ROW]);
    expect(io.raw).toEqual([{ path, role: 'records' }]);
    const folder = join(lake, 'bronze', 'product_type=future_mbo');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['NULL::DOUBLE', "'NaN'::DOUBLE", 'NULL::BIGINT'])('B15: %s: no price', async (price) => {
    const lake = temporaryLake();
    await writeParquet(lake, `SELECT ${columnsSql('?::UBIGINT', price)}`);
    expect((await run(lake)).of('ESH6').rows[0]!['price']).toBeNull();
  });

  it('takes the time of capture from an index without a name', async () => {
    const lake = temporaryLake();
    const columns = columnsSql('?::UBIGINT', '4810.35::DOUBLE');
    await writeParquet(lake, `SELECT ${columns.replace('AS ts_recv', 'AS __index_level_0__')}`);
    expect((await run(lake)).of('ESH6').rows).toEqual([ROW]);
  });

  it('keeps the order of the file', async () => {
    const lake = temporaryLake();
    const columns = columnsSql('?::UBIGINT', '4810.35::DOUBLE').replace('99::', 'i::');
    await writeParquet(lake, `SELECT ${columns} FROM range(5000) t(i)`);
    const read = (await run(lake)).of('ESH6').rows.map((r) => r['sequence']);
    expect(read).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  });

  it.each([
    ['no time of capture', 'AS ts_recv', 'AS elsewhere', 'ts_recv'],
    ['no price', 'AS price', 'AS paid', 'price'],
    ['sizes that are no integers', '3::UINTEGER AS size', '3.5::DOUBLE AS size', 'size'],
    ['prices of another kind', '4810.35::DOUBLE', '4810.35::FLOAT', 'price'],
    ['microseconds', 'make_timestamp_ns', 'make_timestamp', 'ts_recv'],
    ['an order without an id', '18446744073709551615::UBIGINT', 'NULL::UBIGINT', 'order_id'],
    ['an action of two letters', "'A' AS", "'AB' AS", 'action'],
  ])('%s: refused, naming file and column', async (_, from, to, column) => {
    const lake = temporaryLake();
    const columns = columnsSql('make_timestamp_ns(?)', '4810.35::DOUBLE');
    const changed = columns.replaceAll(from, to);
    expect(changed).not.toBe(columns);
    const path = await writeParquet(lake, `SELECT ${changed}`);
    const error = await run(lake).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).code).toBe('CONTRACT');
    expect((error as DataError).message).toContain(path);
    expect((error as DataError).message).toContain(column);
  });

  it.each([0, 7, 500])('refuses a file of %i bytes that are no Parquet', async (length) => {
    const lake = temporaryLake();
    const folder = rawTableFolder(lake, 'future_mbo', 'ES');
    const path = write(join(folder, PARQUET_DAY.name), new Uint8Array(length).fill(0x50));
    const error = await run(lake).catch((e: unknown) => e);
    expect((error as DataError).code).toBe('CONTRACT');
    expect((error as DataError).message).toContain(path);
  });

  it('is passed over where there is DBN', async () => {
    const lake = temporaryLake();
    await writeParquet(lake, 'SELECT 1 AS nothing');
    const path = await writeRaw(lake, ES_DAY, {
      schema: 'mbo',
      records: [mbo(1, 1)],
      symbols: ES_IDS,
    });
    const io = await run(lake);
    expect(io.raw).toEqual([{ path, role: 'records' }]);
    expect(io.of('ESH6').rows).toHaveLength(1);
  });

  it('reads quotes too', async () => {
    const lake = temporaryLake();
    const day = {
      productType: 'equity_option_cmbp_1',
      symbol: 'QQQ',
      name: 'opra-20260105.cmbp-1.parquet',
    } as const;
    const definition = { underlying: 'QQQ', strike_price: 5n * 10n ** 11n, expiration: ORIGIN_NS };
    const symbol = 'QQQ   260105C00500000';
    await writeDefinitions(lake, 'opra', [optionDefinition(1, symbol, definition)]);
    const level = `1.25::DOUBLE AS bid_px_00, NULL::DOUBLE AS ask_px_00, 4::UINTEGER AS bid_sz_00,
      0::UINTEGER AS ask_sz_00, 31::USMALLINT AS bid_pb_00, 32::USMALLINT AS ask_pb_00`;
    const columns = columnsSql('?::UBIGINT', '1.25::DOUBLE');
    await writeParquet(lake, `SELECT ${columns}, ${level}`, day as never);
    const io = new MemoryIo();
    await bronzeEquityOptionCmbp1.run(taskOf(lake, 'equity_option_cmbp_1', 'QQQ'), io);
    expect(io.of('QQQ').rows).toHaveLength(1);
    expect(io.of('QQQ').rows[0]).toMatchObject({
      bid_px_00: 1_250_000_000n,
      ask_px_00: null,
      bid_sz_00: 4,
      bid_pb_00: 31,
      ask_pb_00: 32,
      price: 1_250_000_000n,
      ts_recv: TS,
    });
  });
});

describe('nanoseconds of timestamps in UTC', () => {
  it('are read whole from a copy, and the file stays as it was', async () => {
    const lake = temporaryLake();
    const select = `SELECT ${columnsSql('make_timestamp_ns(?)', '4810.35::DOUBLE')}`;
    const local = await writeParquet(lake, select);
    expect(nanosecondCopy(local, join(lake, 'copy'))).toBe(local);
    // The same file, its two times marked as UTC.
    const bytes = readFileSync(local);
    const mark = Uint8Array.of(0x12, 0x1c, 0x3c, 0, 0, 0);
    let marked = 0;
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
      bytes[at] = 0x11;
      marked++;
    }
    expect(marked).toBe(2);
    write(local, bytes);
    expect((await run(lake)).of('ESH6').rows).toEqual([ROW]);
    expect(readFileSync(local)).toEqual(bytes);
    const copy = join(lake, 'copy');
    expect(nanosecondCopy(local, copy)).toBe(copy);
    copyFileSync(copy, local);
    expect(nanosecondCopy(local, copy)).toBe(local);
  });
});

describe('nanoOfDecimal', () => {
  it.each([
    ['4810.35', 4_810_350_000_000n],
    ['-0.25', -250_000_000n],
    ['5e-7', 500n],
    ['1e-9', 1n],
    ['5e-10', 0n],
    ['1.5e-9', 2n],
    ['2.5e-9', 2n],
    ['2.50000001e-9', 3n],
    ['6e-10', 1n],
    ['1e-30', 0n],
    ['9.2e9', 9_200_000_000_000_000_000n],
    ['1.2345678905', 1_234_567_890n],
    ['1.2345678915', 1_234_567_892n],
  ])('%s', (text, nano) => {
    expect(nanoOfDecimal(text)).toBe(nano);
  });

  it('B15: undoes the float that the vendor makes of a price', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -9_000_000n, max: 9_000_000n }), (ticks) => {
        const nano = ticks * 1_000_000n;
        expect(nanoOfDecimal(String(Number(nano) / 1e9))).toBe(nano);
      }),
      { seed: 17 },
    );
  });

  it.each(['', 'Infinity', '1e12', '1,5', '9.3e9', '1e999'])('refuses "%s"', (text) => {
    expect(() => nanoOfDecimal(text)).toThrow(DataError);
  });
});
