import { CLIENT_MESSAGE_BURST, CLIENT_MESSAGES_PER_SECOND } from './limits.ts';

/** How many messages a client may send now: a bucket that refills with time. */
export class ClientAllowance {
  private left = CLIENT_MESSAGE_BURST;
  private lastMs: number;

  constructor(nowMs: number) {
    this.lastMs = nowMs;
  }

  /** Takes one message; false when the client has sent too many. */
  take(nowMs: number): boolean {
    const refill = ((nowMs - this.lastMs) / 1000) * CLIENT_MESSAGES_PER_SECOND;
    this.left = Math.min(CLIENT_MESSAGE_BURST, this.left + refill);
    this.lastMs = nowMs;
    if (this.left < 1) return false;
    this.left--;
    return true;
  }
}
