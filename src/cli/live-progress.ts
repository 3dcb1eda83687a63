/**
 * How a recording goes, on standard error: a line that changes on a terminal, a line now and then
 * otherwise.
 */
import type { VendorClock } from '../databento/index.ts';
import type { RecorderCounts } from '../intake/index.ts';
import { note } from './output.ts';

/** Time between two updates on a terminal, ms. */
const TERMINAL_MS = 500;
/** Time between two plain lines, ms. */
const LINES_MS = 10_000;

/** Shows records, their rate, how late the newest is, and gaps. */
export class RecordingProgress {
  private readonly clock: Pick<VendorClock, 'nowMs' | 'unixNs'>;
  private readonly isTerminal: boolean;
  private lastMs: number;
  private lastRecords = 0;
  private isShown = false;

  constructor(clock: Pick<VendorClock, 'nowMs' | 'unixNs'>, isTerminal = process.stderr.isTTY) {
    this.clock = clock;
    this.isTerminal = isTerminal;
    this.lastMs = clock.nowMs();
  }

  /** Shows how far it is, when it is time to. */
  at(counts: () => RecorderCounts): void {
    const nowMs = this.clock.nowMs();
    const passedMs = nowMs - this.lastMs;
    if (passedMs < (this.isTerminal ? TERMINAL_MS : LINES_MS)) return;
    const { records, gaps, lastNs } = counts();
    const rate = Math.round(((records - this.lastRecords) / passedMs) * 1000);
    const lagMs = lastNs === null ? null : Number((this.clock.unixNs() - lastNs) / 1_000_000n);
    this.lastMs = nowMs;
    this.lastRecords = records;
    this.show(`${records} records, ${rate}/s, lag ${lagText(lagMs)}, ${gaps.length} gaps`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.isShown) process.stderr.write('\r\x1b[K');
    this.isShown = false;
  }

  private show(text: string): void {
    if (!this.isTerminal) {
      note(text);
      return;
    }
    process.stderr.write(`\r${text}\x1b[K`);
    this.isShown = true;
  }
}

function lagText(ms: number | null): string {
  if (ms === null) return '–';
  return Math.abs(ms) < 10_000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`;
}
