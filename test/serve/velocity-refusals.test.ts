import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PartitionRef, partitionFolder } from '../../src/lake/index.ts';
import { saveSelection, selectionPath } from '../../src/pipeline/index.ts';
import type { RunningServer } from '../../src/serve/index.ts';
import type { StreamError } from '../../src/wire/index.ts';
import { DT, ES, forge, publishMarket, refsOf } from '../pipeline/forecast-lake.ts';
import { VelocityClient } from './velocity-client.ts';
import {
  copyOf,
  emptyLake,
  lakeOf,
  QUERY,
  someSeconds,
  startVelocity,
  type VelocityLake,
  WINDOWS,
} from './velocity-fixture.ts';

let fixture: VelocityLake;
let server: RunningServer;

beforeAll(async () => {
  fixture = await lakeOf();
  server = await startVelocity(fixture.lake);
});

afterAll(async () => {
  await server?.close();
  fixture?.drop();
});

async function refusedBy(port: number, query: Record<string, string | number>) {
  const client = new VelocityClient(port, query);
  const { code } = await client.closed;
  const error = client.messages.at(-1) as StreamError;
  expect(error.type).toBe('error');
  expect(error.hint).not.toBe('');
  return { ...error, close: code, windows: client.windows.length };
}

describe('a request that is wrong', () => {
  it.each([
    [{ symbol: '' }, 'USAGE', /symbol is missing/],
    [{ symbol: '../etc' }, 'USAGE', /symbol/],
    [{ symbol: 'XYZ' }, 'PRODUCT_UNKNOWN', /XYZ/],
    [{ symbol: 'ESZ9' }, 'DATE_NOT_FOUND', /pipeline run/],
    [{ dt: '2026-02-30' }, 'USAGE', /2026-02-30/],
    [{ dt: '2026-01-06' }, 'DATE_NOT_FOUND', /2026-01-05/],
    [{ speed: -1 }, 'USAGE', /speed/],
    [{ skip_minutes: 'x' }, 'USAGE', /skip_minutes/],
    [{ skip_minutes: 60 }, 'USAGE', /after the last record/],
    [{ start_time: '9.30' }, 'USAGE', /start_time/],
    [{ start_time: '18:00' }, 'USAGE', /after the last record/],
    [{ resume_from: 'x' }, 'USAGE', /resume_from/],
    [{ product_type: 'future_option_mbo' }, 'USAGE', /options on/],
    [{ throttle_ms: 25 }, 'USAGE', /no parameter "throttle_ms"/],
  ])('%j: %s, then 1008', async (change, code, message) => {
    const query = { ...QUERY, ...(change as Record<string, string>) };
    const error = await refusedBy(server.port, query);
    expect(error).toMatchObject({ code, close: 1008, windows: 0 });
    expect(error.message).toMatch(message);
  });

  it('is refused in the middle of a stream too, which then ends', async () => {
    const client = new VelocityClient(server.port, { ...QUERY, speed: 1 });
    await client.count(1);
    client.send('{"type":"fly"}');
    expect((await client.closed).code).toBe(1008);
    expect(client.messages.at(-1)).toMatchObject({ type: 'error', code: 'WIRE' });
  });
});

describe('a root', () => {
  it('is the contract that was selected for the day, and unclear without a selection', async () => {
    const other = copyOf(fixture);
    const short = someSeconds().slice(0, 20);
    await publishMarket(other.lake, { ...ES, symbol: 'ESM6' }, short);
    const two = await startVelocity(other.lake);
    const query = { ...QUERY, symbol: 'ES' };
    const unclear = await refusedBy(two.port, query);
    expect(unclear).toMatchObject({ code: 'SYMBOL_NOT_FOUND', close: 1008 });
    expect(unclear.message).toMatch(/ESH6 ESM6.*contracts select/);
    await saveSelection(selectionPath(other.lake), [
      {
        sessionDate: DT,
        selectedSymbol: 'ESM6',
        selectedExpDate: '2026-06-19',
        prevTradingDate: '2026-01-02',
        prevVolumeSelected: 1,
        prevVolumeRank2: 0,
        rollFlag: 0,
        dominance: 1,
        root: 'ES',
        chosenBy: 'volume',
        expiryFrom: 'definition',
      },
    ]);
    const client = new VelocityClient(two.port, query);
    expect(await client.message('runtime_config')).toMatchObject({ symbol: 'ESM6' });
    await client.close();
    await two.close();
    other.drop();
  });
});

describe('a lake', () => {
  it('without any table: the command that makes them', async () => {
    const none = emptyLake();
    const bare = await startVelocity(none.lake);
    const error = await refusedBy(bare.port, QUERY);
    expect(error).toMatchObject({ code: 'DATE_NOT_FOUND', close: 1008 });
    expect(error.message).toMatch(/pipeline run --product-type future_mbo --symbol ESH6/);
    expect(await (await fetch(`http://127.0.0.1:${bare.port}/v1/sessions`)).json()).toEqual({
      sessions: [],
    });
    await bare.close();
    none.drop();
  });

  it('without snapshots: the command; without options: a stream that says so', async () => {
    const other = copyOf(fixture);
    const refs = refsOf(ES);
    rmSync(partitionFolder(other.lake, refs.options), { recursive: true });
    const running = await startVelocity(other.lake);
    const client = new VelocityClient(running.port, QUERY);
    const { options } = await client.message('runtime_config');
    expect(options).toMatchObject({ available: false, symbol: null });
    expect(options.reason).toMatch(/future_option_mbo/);
    expect((await client.closed).code).toBe(1000);
    expect(client.windows).toHaveLength(WINDOWS);
    rmSync(partitionFolder(other.lake, refs.snapshot), { recursive: true });
    const error = await refusedBy(running.port, QUERY);
    expect(error).toMatchObject({ code: 'PARTITION_MISSING', close: 1008 });
    expect(error.message).toMatch(/pipeline run --layer silver/);
    await running.close();
    other.drop();
  });
});

const dataOf = (lake: string, ref: PartitionRef) =>
  join(partitionFolder(lake, ref), 'part-00000.parquet');

describe('a damaged table', () => {
  let good: VelocityLake;
  let damaged: string;
  let running: RunningServer;

  beforeAll(async () => {
    good = copyOf(fixture);
    damaged = good.lake;
    running = await startVelocity(damaged);
  });

  afterAll(async () => {
    await running?.close();
    good?.drop();
  });

  it('whose bits changed is found out behind the first windows, and repaired is good again', async () => {
    const path = dataOf(damaged, refsOf(ES).surface);
    const bytes = readFileSync(path);
    const bent = Buffer.from(bytes);
    // In the footer's statistics or between pages: what reading alone may not notice.
    for (let i = 0; i < 4; i++) bent[4 + i * 2]! ^= 1;
    writeFileSync(path, bent);
    const client = new VelocityClient(running.port, { ...QUERY, speed: 1 });
    const { code } = await client.closed;
    expect(code).toBe(1011);
    expect(client.messages.at(-1)).toMatchObject({ type: 'error', code: 'PARTITION_DAMAGED' });
    const again = await refusedBy(running.port, QUERY);
    expect(again).toMatchObject({ code: 'PARTITION_DAMAGED', close: 1011 });
    expect(again.hint).toMatch(/lake verify/);
    writeFileSync(path, bytes);
    const whole = new VelocityClient(running.port, QUERY);
    expect((await whole.closed).code).toBe(1000);
    expect(whole.windows).toHaveLength(WINDOWS);
  });

  it('that was cut short is refused, and the server lives', async () => {
    const path = dataOf(damaged, refsOf(ES).surface);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length >> 1));
    const error = await refusedBy(running.port, QUERY);
    expect(error).toMatchObject({ code: 'PARTITION_DAMAGED', close: 1011, windows: 0 });
    writeFileSync(path, bytes);
    const health = await fetch(`http://127.0.0.1:${running.port}/health`);
    expect(health.status).toBe(200);
  });

  it('with NaN, written by somebody else, is an error and not a picture', async () => {
    const columns = "* REPLACE ('NaN'::FLOAT AS Omega)";
    await forge(damaged, refsOf(ES).surface, columns);
    const error = await refusedBy(running.port, QUERY);
    expect(error).toMatchObject({ code: 'CONTRACT', close: 1011, windows: 0 });
    expect(error.message).toMatch(/Omega.*NaN/);
  });
});
