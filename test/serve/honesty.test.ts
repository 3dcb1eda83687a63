import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DbnDecoder, FLAG, RTYPE } from '../../src/dbn/index.ts';
import {
  createVacuumPressureServer,
  type RunningServer,
  type VacuumPressureServerOptions,
} from '../../src/serve/index.ts';
import { futuresSpecs } from '../../src/synth/index.ts';
import { DEFAULT_COEFFICIENTS } from '../../src/vacuum-pressure/index.ts';
import { DT, type LakeFixture, makeLake, writeDay } from './lake-fixture.ts';
import { StreamClient } from './stream-client.ts';

const QUERY = { symbol: 'ESH6', dt: DT, start_time: '09:30', throttle_ms: 100, speed: 4 };

let fixture: LakeFixture;
let path: string;

beforeAll(async () => {
  fixture = makeLake();
  path = await writeDay(fixture, { compressed: false, fromHour: 14.49, toHour: 14.51 });
});

afterAll(() => fixture?.drop());

function start(options: Partial<VacuumPressureServerOptions> = {}): Promise<RunningServer> {
  const { lake, cacheFolder } = fixture;
  return createVacuumPressureServer({ lake, cacheFolder, port: 0, logLevel: 'silent', ...options });
}

/** Flags the first record of ESH6 after 09:30:00.5 as one behind lost messages. */
function loseMessages(): void {
  const bytes = new Uint8Array(readFileSync(path));
  const decoder = new DbnDecoder();
  decoder.write(bytes);
  const from = BigInt(Date.parse(`${DT}T14:30:00.500Z`)) * 1_000_000n;
  const view = new DataView(bytes.buffer);
  const front = futuresSpecs('ES', DT)[0];
  for (let run = decoder.next(); run; run = decoder.next()) {
    for (let i = 0; run.rtype === RTYPE.MBO && i < run.count; i++) {
      const at = run.offset + i * run.stride;
      if (view.getUint32(at + 4, true) !== front?.instrumentId) continue;
      if (view.getBigUint64(at + 40, true) < from) continue;
      bytes[at + 36] = (bytes[at + 36] as number) | FLAG.MAYBE_BAD_BOOK;
      writeFileSync(path, bytes);
      return;
    }
  }
  throw new Error('no record to flag');
}

describe('what a viewer is told', () => {
  it('names the coefficients, and other ones make another session', async () => {
    const coefficients = { ...DEFAULT_COEFFICIENTS, vacuum_fill: 2 };
    const configs = [];
    for (const options of [{}, { coefficients }]) {
      const server = await start(options);
      const client = new StreamClient(server.port, QUERY);
      await client.count(1);
      configs.push(await client.message('runtime_config'));
      await client.close();
      await server.close();
    }
    const [usual, other] = configs;
    expect(usual?.coefficients).toEqual(DEFAULT_COEFFICIENTS);
    expect(other?.coefficients).toEqual(coefficients);
    expect(other?.config_version).not.toBe(usual?.config_version);
    expect(other?.session).not.toBe(usual?.session);
    expect(usual?.config_version).toMatch(/^[0-9a-f]{12}$/);
  });

  it('says when the book may be wrong, from the frame on where messages were lost', async () => {
    loseMessages();
    const server = await start();
    const client = new StreamClient(server.port, QUERY);
    const frames = await client.count(12);
    const gaps = frames.map((f) => f.update.gap);
    expect(gaps.slice(0, 5)).toEqual([null, null, null, null, null]);
    const ts = BigInt(frames[8]?.update.ts_ns ?? 0);
    expect(gaps[8]).toEqual({
      from_ns: String(ts - 100_000_000n),
      to_ns: String(ts),
      cause: expect.stringContaining('lost'),
    });
    await client.close();
    await server.close();
  });
});

describe('a server', () => {
  it('makes its cache again when somebody deletes it', async () => {
    await writeDay(fixture, { root: 'MNQ', fromHour: 14.49, toHour: 14.51 });
    const server = await start();
    const query = { ...QUERY, symbol: 'MNQ' };
    for (const throttle_ms of [100, 50]) {
      const client = new StreamClient(server.port, { ...query, throttle_ms });
      await client.count(2);
      await client.close();
      rmSync(fixture.cacheFolder, { recursive: true, force: true });
    }
    await server.close();
  });

  it('stops at once, even while it prepares, and says goodbye', async () => {
    await writeDay(fixture, { root: 'MNQ', seed: 8, rate: 800, fromHour: 14.45, toHour: 14.55 });
    const server = await start();
    const waiting = new StreamClient(server.port, { ...QUERY, symbol: 'MNQ' });
    const playing = new StreamClient(server.port, QUERY);
    await playing.count(1);
    await server.close();
    expect([1001, 1006]).toContain((await waiting.closed).code);
    expect((await playing.closed).code).toBe(1001);
  });
});
