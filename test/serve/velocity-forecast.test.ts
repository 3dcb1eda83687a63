import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ForecastDay,
  type ForecastParameters,
  fitForecast,
  predictWindow,
  readyForecast,
} from '../../src/forecast/index.ts';
import { loadProducts, partitionFolder, productOf } from '../../src/lake/index.ts';
import { makeParameters, readForecastDay, saveParameters } from '../../src/pipeline/index.ts';
import type { RunningServer } from '../../src/serve/index.ts';
import { type ForecastNotice, VELOCITY_COLUMNS } from '../../src/wire/index.ts';
import { plantedDays } from '../forecast/planted-market.ts';
import { DT, ES, publishMarket, refsOf } from '../pipeline/forecast-lake.ts';
import { type ReceivedWindow, sameForAll, surfaceOf, VelocityClient } from './velocity-client.ts';
import {
  copyOf,
  FIRST,
  lakeOf,
  QUERY,
  someSeconds,
  startVelocity,
  type VelocityLake,
  WINDOWS,
} from './velocity-fixture.ts';

const SKILL = { horizon_s: 1, skill: 0.02, low: 0.01, high: 0.03, baseline: 'climatology' };
const REASON = 'no skill over the best baseline at any horizon';

let fixture: VelocityLake;
let careful: RunningServer;
let allowing: RunningServer;
let parameters: ForecastParameters;
let day: ForecastDay;

beforeAll(async () => {
  fixture = await lakeOf();
  const days = plantedDays(4, { windows: 300 });
  parameters = makeParameters(fitForecast(days.slice(0, 3), days.slice(3)), {
    root: 'ES',
    productType: 'future_mbo',
    days: { train: ['2025-12-01'], calibrate: ['2025-12-02'], holdout: ['2025-12-03'] },
    session: { time_zone: 'America/New_York', from: '09:30', to: '12:30' },
    inputs: [],
    codeVersion: 'test',
  });
  const product = productOf(loadProducts(), 'ES');
  const session = { product, productType: 'future_mbo', symbol: 'ESH6', dt: DT } as const;
  ({ day } = await readForecastDay(fixture.lake, session));
  careful = await startVelocity(fixture.lake);
  allowing = await startVelocity(fixture.lake, { allowUnproven: true });
});

afterAll(async () => {
  await careful?.close();
  await allowing?.close();
  fixture?.drop();
});

/** What a viewer is told of the forecast, and every window it gets. */
async function watch(
  server: RunningServer,
): Promise<{ notice: ForecastNotice; session: string; windows: ReceivedWindow[] }> {
  const client = new VelocityClient(server.port, QUERY);
  const { forecast: notice, session } = await client.message('runtime_config');
  expect((await client.closed).code).toBe(1000);
  return { notice, session, windows: client.windows.filter((w) => w.surfaces.length === 4) };
}

const save = (change: Partial<ForecastParameters>) =>
  saveParameters(fixture.lake, { ...parameters, ...change });

describe('a forecast without proof', () => {
  it('is not sent, and every header says why', async () => {
    save({ status: 'unproven', reasons: [REASON], skill: [SKILL] });
    const { notice, windows } = await watch(careful);
    expect(notice).toMatchObject({ available: false, status: 'unproven', reason: REASON });
    expect(notice).toMatchObject({ holdout_days: 1, skill: [SKILL] });
    for (const window of windows) {
      const { header, rows } = surfaceOf(window, 'forecast');
      expect(rows).toBe(0);
      expect(header.forecast).toMatchObject({
        forecast_available: false,
        status: 'unproven',
        reason: REASON,
      });
      expect(header.forecast?.diagnostics?.physics_confidence).toBeNull();
    }
  });

  it('is sent where that was asked for, and is called unproven everywhere', async () => {
    save({ status: 'unproven', reasons: [REASON] });
    const { notice, windows } = await watch(allowing);
    expect(notice).toMatchObject({ available: true, status: 'unproven', reason: REASON });
    const sent = windows.filter((w) => surfaceOf(w, 'forecast').rows > 0);
    expect(sent.length).toBeGreaterThan(WINDOWS / 2);
    for (const window of sent) {
      const { forecast } = surfaceOf(window, 'forecast').header;
      expect(forecast).toMatchObject({
        forecast_available: true,
        status: 'unproven',
        reason: REASON,
      });
    }
  });
});

describe('a proven forecast', () => {
  it('is unproven outside the hours that were judged', async () => {
    const session = { time_zone: 'America/New_York', from: '13:00', to: '14:00' };
    save({ status: 'proven', reasons: [], session });
    const reason = 'proven only from 13:00 to 14:00 America/New_York';
    const withheld = await watch(careful);
    expect(withheld.notice).toMatchObject({ status: 'proven', proven_hours: session });
    for (const window of withheld.windows) {
      const { header, rows } = surfaceOf(window, 'forecast');
      expect(rows).toBe(0);
      const said = { forecast_available: false, status: 'unproven', reason };
      expect(header.forecast).toMatchObject(said);
    }
    const { windows } = await watch(allowing);
    const sent = windows.filter((w) => surfaceOf(w, 'forecast').rows > 0);
    expect(sent.length).toBeGreaterThan(WINDOWS / 2);
    for (const window of sent) {
      const { header } = surfaceOf(window, 'forecast');
      expect(header.forecast).toMatchObject({ status: 'unproven', reason });
    }
  });

  it('tells what the day that is streamed was to the fit', async () => {
    const roles = ['train', 'calibrate', 'holdout'] as const;
    for (const role of roles) {
      const days = { train: ['2025-12-01'], calibrate: ['2025-12-02'], holdout: ['2025-12-03'] };
      save({ status: 'proven', reasons: [], days: { ...days, [role]: [DT] } });
      expect((await watch(careful)).notice.day_role).toBe(role);
    }
    save({ status: 'proven', reasons: [] });
    expect((await watch(careful)).notice.day_role).toBeNull();
  });

  it('is, row for row, what the fit says of the same day', async () => {
    save({ status: 'proven', reasons: [], skill: [SKILL] });
    const { notice, windows } = await watch(careful);
    expect(notice).toMatchObject({ available: true, status: 'proven', reason: '' });
    const ready = readyForecast(parameters);
    let forecasts = 0;
    for (let i = 0; i < day.windows; i++) {
      const window = windows.find((w) => w.start.seq === day.endSecond[i])!;
      const { columns, rows, header } = surfaceOf(window, 'forecast');
      const said = predictWindow(ready, day, i);
      expect(header.forecast).toMatchObject({
        forecast_available: said.rows !== null,
        status: 'proven',
        reason: said.reason,
      });
      if (said.rows === null) {
        expect(rows).toBe(0);
        expect(said.reason).not.toBe('');
        continue;
      }
      forecasts++;
      expect(rows).toBe(30);
      for (const { name } of VELOCITY_COLUMNS.forecast) {
        expect(Array.from(columns[name])).toEqual(Array.from(said.rows[name], Math.fround));
      }
    }
    expect(forecasts).toBeGreaterThan(WINDOWS / 2);
    expect(forecasts).toBeLessThan(day.windows);
  });

  it('knows nothing of what comes later', async () => {
    save({ status: 'proven', reasons: [] });
    const seconds = someSeconds();
    const cut = 97;
    const others = someSeconds().map((second, i) => {
      return { ...second, end: seconds[i]!.end, book: seconds[(i * 3 + 1) % seconds.length]!.book };
    });
    const mixed = seconds.map((second, i) => (i < cut ? second : others[i]!));
    const other = copyOf(fixture);
    await publishMarket(other.lake, ES, mixed);
    saveParameters(other.lake, { ...parameters, status: 'proven', reasons: [] });
    const server = await startVelocity(other.lake);
    try {
      const [before, after] = [(await watch(careful)).windows, (await watch(server)).windows];
      const texts = (windows: ReceivedWindow[]) =>
        windows.map((w) => JSON.stringify(surfaceOf(w, 'forecast').columns));
      expect(texts(after).slice(0, cut)).toEqual(texts(before).slice(0, cut));
      expect(texts(after).slice(cut)).not.toEqual(texts(before).slice(cut));
    } finally {
      await server.close();
      other.drop();
    }
  });
});

describe('parameters that change', () => {
  it('are those of the moment a stream begins, and give it another session', async () => {
    save({ status: 'proven', reasons: [], skill: [] });
    const before = await watch(careful);
    save({ status: 'proven', reasons: [], skill: [SKILL] });
    const after = await watch(careful);
    expect(after.notice.skill).toEqual([SKILL]);
    expect(after.notice.parameters_version).not.toBe(before.notice.parameters_version);
    expect(after.session).not.toBe(before.session);
    expect((await watch(careful)).session).toBe(after.session);
  });

  it.each([
    ['of another product', { product_type: 'equity_mbo' }, /another product/],
    ['of other constants', { constants: { old: 1 } }, /constants/],
    ['without sense', { beta: { value: -1, standard_error: null } }, /damaged/],
  ])('%s are refused in words, and the stream plays', async (_, change, reason) => {
    save({ status: 'proven', reasons: [], ...change } as Partial<ForecastParameters>);
    const { notice, windows } = await watch(allowing);
    expect(notice).toMatchObject({ available: false, status: 'none', parameters_version: null });
    expect(notice.reason).toMatch(reason);
    expect(windows.length).toBeGreaterThan(WINDOWS / 2);
  });

  it('are of no use without order flow, which is said', async () => {
    save({ status: 'proven', reasons: [] });
    const other = copyOf(fixture);
    saveParameters(other.lake, { ...parameters, status: 'proven', reasons: [] });
    rmSync(partitionFolder(other.lake, refsOf(ES).micro), { recursive: true });
    const server = await startVelocity(other.lake);
    const { notice, windows } = await watch(server);
    expect(notice).toMatchObject({ available: false, status: 'proven' });
    expect(notice.reason).toMatch(/microstructure_1s.*pipeline run/);
    expect(surfaceOf(windows[50]!, 'forecast').header.forecast?.diagnostics?.force).not.toBeNull();
    await server.close();
    other.drop();
  });
});

describe('a table that is made anew while a stream plays', () => {
  it('ends the stream, and the next connection is told that it is another', async () => {
    save({ status: 'proven', reasons: [] });
    const other = copyOf(fixture);
    const server = await startVelocity(other.lake);
    const client = new VelocityClient(server.port, { ...QUERY, speed: 1 });
    const { session } = await client.message('runtime_config');
    await client.count(1);
    client.send({ type: 'pause' });
    await client.message('playback');
    await publishMarket(other.lake, ES, someSeconds().slice(0, 150));
    client.send({ type: 'seek', to: '09:32' });
    expect((await client.closed).code).toBe(1011);
    expect(await client.message('error')).toMatchObject({ code: 'PARTITION_BUSY' });
    const resume_from = `${session}:${FIRST}`;
    const next = new VelocityClient(server.port, { ...QUERY, resume_from });
    expect((await next.message('gap')).reason).toMatch(/changed/);
    await next.closed;
    expect(sameForAll(next.windows.at(-1)!)).not.toBeNull();
    expect(next.windows.at(-1)!.start.seq).toBeLessThan(FIRST + WINDOWS - 1);
    await server.close();
    other.drop();
  });
});
