/**
 * The reading thread of the velocity stream: it opens days, reads and encodes blocks, and compares
 * bytes with manifests while nobody waits for it.
 */
import { parentPort } from 'node:worker_threads';
import type { DuckDBConnection } from '@duckdb/node-api';
import { assert, OperatingError } from '../core/index.ts';
import { connectDuckDb, loadDuckDb, toReadError } from '../lake/index.ts';
import { openVelocityDay, type VelocityDay } from './velocity-day.ts';
import type { VelocityAnswer, VelocityTask } from './velocity-reader.ts';
import { resolveSymbol } from './velocity-symbol.ts';

/** Days that stay open; each holds about 5 MB. */
const MAX_OPEN_DAYS = 4;
/** Whether the bytes of a day's files are what their manifests say is remembered for so many. */
const MAX_CHECKED_DAYS = 64;

class Reader {
  private readonly connection: DuckDBConnection;
  private readonly tell: (answer: VelocityAnswer, transfer: ArrayBuffer[]) => void;
  private readonly days = new Map<string, VelocityDay>();
  private readonly checked = new Map<string, Promise<void>>();
  /** Days whose bytes were wrong when they were last compared. */
  private readonly damaged = new Set<string>();

  constructor(
    connection: DuckDBConnection,
    tell: (answer: VelocityAnswer, transfer: ArrayBuffer[]) => void,
  ) {
    this.connection = connection;
    this.tell = tell;
  }

  async obey(task: VelocityTask): Promise<void> {
    const { id } = task;
    try {
      if (task.type === 'open') {
        const symbol = await resolveSymbol(task.request);
        const request = { ...task.request, symbol };
        const day = await this.open(request);
        this.tell({ id, type: 'day', symbol, facts: day.facts }, []);
        return;
      }
      const day = this.days.get(task.key) ?? (await this.reopen(task));
      this.keep(day);
      const block = await day.block(task.session, task.from, task.to);
      const transfer = block.windows.map((w) => w.bytes.buffer);
      this.tell({ id, type: 'block', block }, transfer);
    } catch (error) {
      this.tell({ id, type: 'failed', error: toReadError(error) }, []);
    }
  }

  /** Opens the day as it is now. */
  private async open(request: (VelocityTask & { type: 'open' })['request']): Promise<VelocityDay> {
    const day = await openVelocityDay(this.connection, request);
    const { key } = day.facts;
    // Nothing is shown of it until it was repaired.
    if (this.damaged.has(key)) await day.checkBytes();
    this.damaged.delete(key);
    this.keep(day);
    this.check(day);
    return day;
  }

  private async reopen(task: VelocityTask & { type: 'block' }): Promise<VelocityDay> {
    const day = await this.open(task.request);
    if (day.facts.key === task.key) return day;
    const { symbol, dt } = task.request;
    const message = `${symbol} ${dt}: made anew since the stream began`;
    throw new OperatingError('PARTITION_BUSY', message, { retryable: true });
  }

  private keep(day: VelocityDay): void {
    const { key } = day.facts;
    this.days.delete(key);
    this.days.set(key, day);
    const [oldest] = this.days.keys();
    if (oldest !== undefined && this.days.size > MAX_OPEN_DAYS) this.days.delete(oldest);
  }

  /** Compares a day's bytes once; what is wrong is told to the server. */
  private check(day: VelocityDay): void {
    const { files } = day;
    const { key } = day.facts;
    if (this.checked.has(files)) return;
    const checked = day.checkBytes().catch((error) => {
      this.checked.delete(files);
      // Other files took the place of these meanwhile: they are compared by themselves.
      if (this.days.get(key)?.files !== files) return;
      this.damaged.add(key);
      this.tell({ id: -1, type: 'damaged', key, error: toReadError(error) }, []);
    });
    this.checked.set(files, checked);
    const [oldest] = this.checked.keys();
    if (oldest !== undefined && this.checked.size > MAX_CHECKED_DAYS) this.checked.delete(oldest);
  }
}

async function run(): Promise<void> {
  const port = parentPort;
  assert(port !== null, 'this module runs as a worker');
  const tasks: VelocityTask[] = [];
  let stopping = false;
  let wake = () => {};
  port.on('message', (task: VelocityTask | { type: 'stop' }) => {
    if (task.type === 'stop') stopping = true;
    else tasks.push(task);
    wake();
  });
  const connection = await connectDuckDb(await loadDuckDb());
  // Its cache takes a file of the same length and second for the same file: it may be another.
  await connection.run('SET enable_external_file_cache = false');
  port.postMessage({ id: -1, type: 'ready' } satisfies VelocityAnswer);
  const reader = new Reader(connection, (answer, transfer) => port.postMessage(answer, transfer));
  while (!stopping) {
    const task = tasks.shift();
    if (task) await reader.obey(task);
    else await new Promise<void>((done) => (wake = done));
  }
  connection.closeSync();
  port.close();
}

void run();
