import type { VendorClock } from '../vendor-time.ts';

/** Most lines sent in a second: the gateway delays who sends more. Source: Databento docs. */
const LINES_PER_SECOND = 10;
const SECOND_MS = 1000;

/** Sends lines in the order they were given, ten at once and then ten a second. */
export class PacedLines {
  private readonly send: (line: string) => void;
  private readonly clock: VendorClock;
  private readonly signal: AbortSignal;
  private order: Promise<void> = Promise.resolve();
  private since = Number.NEGATIVE_INFINITY;
  private sent = 0;

  /** @param signal ends the sending: what waits is not sent. */
  constructor(send: (line: string) => void, clock: VendorClock, signal: AbortSignal) {
    this.send = send;
    this.clock = clock;
    this.signal = signal;
  }

  /** Resolves when the lines are sent, or will not be because the signal was aborted. */
  push(lines: readonly string[]): Promise<void> {
    this.order = this.order.then(() => this.sendAll(lines));
    return this.order;
  }

  private async sendAll(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      if (this.sent === LINES_PER_SECOND) {
        const left = this.since + SECOND_MS - this.clock.nowMs();
        if (left > 0) await this.clock.wait(left, this.signal).catch(() => {});
      }
      if (this.signal.aborted) return;
      const now = this.clock.nowMs();
      if (this.sent === LINES_PER_SECOND || now - this.since >= SECOND_MS) {
        this.since = now;
        this.sent = 0;
      }
      this.sent++;
      this.send(line);
    }
  }
}
