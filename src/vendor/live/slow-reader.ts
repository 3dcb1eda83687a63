/**
 * What is done about a client that reads more slowly than the market goes. Source: Databento docs,
 * Live API, slow reader behaviour.
 */
import type { Schema } from '../../dbn/index.ts';

/** Schemas whose records may be left out, for the next one replaces them. */
const SKIPPABLE: ReadonlySet<Schema> = new Set<Schema>([
  'mbp-1',
  'mbp-10',
  'bbo-1s',
  'bbo-1m',
  'cmbp-1',
  'cbbo-1s',
  'cbbo-1m',
]);
/** Parts of the send buffer at which a client is warned, and at which it has caught up. */
const WARN_PART = 0.5;
const CAUGHT_UP_PART = 0.125;
/** Times the buffer at which a client is disconnected although records are being skipped. */
const HOPELESS = 2;

/** What to do now. */
export type SlowReaderStep = 'go-on' | 'warn' | 'disconnect' | 'skipped';

/** Judges the backlog of one session. */
export class SlowReader {
  /** Records left out since skipping began, by schema. */
  readonly left = new Map<Schema, number>();
  private readonly behaviour: 'skip' | 'warn';
  private readonly bufferBytes: number;
  private skipping = false;
  private warned = false;

  constructor(behaviour: 'skip' | 'warn', bufferBytes: number) {
    this.behaviour = behaviour;
    this.bufferBytes = bufferBytes;
  }

  /** True when records of the schema are to be left out now; counts them. */
  leavesOut(schema: Schema, records: number): boolean {
    if (!this.skipping || !SKIPPABLE.has(schema)) return false;
    this.left.set(schema, (this.left.get(schema) ?? 0) + records);
    return true;
  }

  /**
   * Judges the bytes that lie unsent after records of `schema` were added. After `skipped`, tell
   * what `left` says and clear it.
   */
  judge(backlog: number, schema: Schema | null): SlowReaderStep {
    const { bufferBytes } = this;
    if (backlog <= bufferBytes * CAUGHT_UP_PART) {
      this.warned = false;
      const ended = this.skipping;
      this.skipping = false;
      return ended ? 'skipped' : 'go-on';
    }
    const skips = schema !== null && this.behaviour === 'skip' && SKIPPABLE.has(schema);
    if (backlog > bufferBytes && skips) this.skipping = true;
    const most = this.skipping ? bufferBytes * HOPELESS : bufferBytes;
    if (backlog > most) return 'disconnect';
    if (backlog < bufferBytes * WARN_PART || this.warned || skips) return 'go-on';
    this.warned = true;
    return 'warn';
  }
}
