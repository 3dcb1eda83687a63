/**
 * A viewer of the vacuum-pressure stream for tests.
 */
import type { GridUpdate, VacuumPressureServerMessage } from '../../src/wire/index.ts';
import { SocketClient } from './socket-client.ts';

/** A frame as received: the text and the binary that belongs to it. */
export interface ReceivedFrame {
  update: GridUpdate;
  arrow: Buffer;
}

/** One connection. */
export class StreamClient extends SocketClient<VacuumPressureServerMessage> {
  readonly frames: ReceivedFrame[] = [];
  private pending: GridUpdate | null = null;

  constructor(
    port: number,
    query: Record<string, string | number>,
    headers: Record<string, string> = {},
  ) {
    super(port, '/v1/vacuum-pressure/stream', query, headers);
  }

  /** Waits until this many frames came. */
  async count(frames: number): Promise<ReceivedFrame[]> {
    await this.until(() => this.frames.length >= frames, `${frames} frames`);
    return this.frames;
  }

  protected takeBinary(arrow: Buffer): void {
    if (!this.pending) this.protocolError = 'a binary frame without its text';
    else this.frames.push({ update: this.pending, arrow });
    this.pending = null;
  }

  protected takeText(message: VacuumPressureServerMessage): void {
    if (this.pending) this.protocolError = 'a text frame instead of a binary one';
    if (message.type === 'grid_update') this.pending = message;
    else this.messages.push(message);
  }
}
