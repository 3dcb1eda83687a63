/**
 * The live client: MBO records from the conformance gateway, which runs in a process of its own,
 * over a socket into the book and the vacuum-pressure engine; beside it the same bytes from memory.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../src/core/index.ts';
import { ApiKey, type LiveOptions, openLive } from '../src/databento/index.ts';
import { DbnDecoder, MboColumns } from '../src/dbn/index.ts';
import { VacuumPressureEngine } from '../src/vacuum-pressure/index.ts';
import { FrameBuffer } from '../src/wire/index.ts';
import { bench, human } from './harness.ts';
import { syntheticInput } from './inputs.ts';
import { BATCH_ROWS, type FileTimes, timesOf } from './mbo-batches.ts';

const TICK_NANO = 250_000_000;
const THROTTLE_MS = 25;
const TARGET_RECORDS_PER_SECOND = 1e6;
const KEY = 'db-0123456789abcdefghijklmnBENCH';

/** Everything behind the decoder, as the server has it. */
class Sink {
  private readonly columns: MboColumns;
  private readonly engine: VacuumPressureEngine;
  private readonly frame = new FrameBuffer();
  private frames = 0;

  constructor({ originNs, liveNs }: FileTimes) {
    this.columns = new MboColumns(BATCH_ROWS, originNs);
    this.engine = new VacuumPressureEngine({
      tickSize: TICK_NANO,
      originNs,
      throttleMs: THROTTLE_MS,
    });
    this.engine.seekGrid(liveNs);
  }

  /** Applies what the decoder holds. */
  drain(decoder: DbnDecoder): void {
    for (;;) {
      if (decoder.readMbo(this.columns) > 0) this.apply();
      else if (decoder.next() === null) return;
    }
  }

  /** Frames that were read out. */
  end(): number {
    assert(this.engine.book.eventCount > 0, 'there were events');
    return this.frames;
  }

  private apply(): void {
    const { columns, engine, frame } = this;
    for (let at = 0; at < columns.length; ) {
      at = engine.advance(columns, at, columns.length);
      if (!engine.frameDue) continue;
      engine.readFrame(frame);
      this.frames++;
    }
  }
}

async function fromGateway(options: LiveOptions, records: number, sink: Sink | null) {
  const decoder = new DbnDecoder({ version: 3 });
  let seen = 0;
  for await (const item of openLive(options)) {
    if (item.type === 'gap') throw new Error(`gap: ${item.text}`);
    if (item.type !== 'records') continue;
    // What the gateway says with its own records is not counted: a few of a session.
    seen += item.count;
    if (sink) {
      decoder.write(item.bytes);
      sink.drain(decoder);
    }
    if (seen >= records) break;
  }
  assert(seen >= records, 'every record came');
  return sink?.end() ?? 0;
}

function fromMemory(bytes: Uint8Array, sink: Sink): number {
  const decoder = new DbnDecoder();
  decoder.write(bytes);
  sink.drain(decoder);
  return sink.end();
}

/**
 * What this process alone could do, warm: the clock on the wall also counts the gateway and
 * whatever else the machine does.
 */
async function processorNote(records: number, work: () => void | Promise<void>): Promise<string> {
  await work();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return `${human(records / ((user + system) / 1e6))} records a second of processor time`;
}

async function startGateway(
  raw: string,
): Promise<{ child: ChildProcess; port: number; data: string }> {
  const data = mkdtempSync(resolve('.cache', 'bench', 'live-'));
  linkSync(raw, join(data, 'es.mbo.dbn'));
  const child = fork(fileURLToPath(new URL('live-gateway.js', import.meta.url)), [data, KEY]);
  const [port] = await once(child, 'message');
  return { child, port, data };
}

async function measure(): Promise<void> {
  const input = await syntheticInput();
  const bytes = new Uint8Array(readFileSync(input.raw));
  const times = timesOf(bytes);
  const { child, port, data } = await startGateway(input.raw);
  const group = `Live client, ${input.name}, the gateway in another process`;
  const common = { group, unit: 'records', count: input.records, bytes: bytes.length };
  const options = (recovery: 'none' | 'replay'): LiveOptions => ({
    key: new ApiKey(KEY),
    dataset: 'GLBX.MDP3',
    gateway: { host: '127.0.0.1', port },
    subscriptions: [{ schema: 'mbo', stypeIn: 'raw_symbol', symbols: 'ALL_SYMBOLS', recovery }],
  });
  const replay = options('replay');
  const none = options('none');
  const run = (what: LiveOptions, sink: () => Sink | null) => async () => {
    await fromGateway(what, input.records, sink());
  };
  const engine = () => new Sink(times);
  const cases: [string, number | null, () => void | Promise<void>][] = [
    ['socket to engine, records kept for a replay', TARGET_RECORDS_PER_SECOND, run(replay, engine)],
    ['socket to engine, none kept', null, run(none, engine)],
    ['socket to batches, nothing behind', null, run(replay, () => null)],
    ['the same bytes from memory to engine', null, () => void fromMemory(bytes, engine())],
  ];
  for (const [name, atLeast, work] of cases) {
    const target = atLeast === null ? {} : { atLeast };
    const note = await processorNote(input.records, work);
    await bench({ ...common, ...target, name, runs: 3, run: work }, note);
  }
  child.disconnect();
  rmSync(data, { recursive: true });
}

await measure();
