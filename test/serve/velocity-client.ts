/**
 * A viewer of the velocity stream for tests.
 */
import {
  type BatchStart,
  decodeVelocityFrame,
  parseVelocityMessage,
  type SurfaceHeader,
  type VelocityFrame,
  type VelocityServerMessage,
  type VelocitySurface,
} from '../../src/wire/index.ts';
import { SocketClient } from './socket-client.ts';

/** A surface as received. */
export interface ReceivedSurface {
  header: SurfaceHeader;
  bytes: Buffer;
}

/** A window as received. */
export interface ReceivedWindow {
  start: BatchStart;
  surfaces: ReceivedSurface[];
}

/** One connection. */
export class VelocityClient extends SocketClient<VelocityServerMessage> {
  /** Windows that came whole. */
  readonly windows: ReceivedWindow[] = [];
  private window: ReceivedWindow | null = null;
  private header: SurfaceHeader | null = null;

  constructor(
    port: number,
    query: Record<string, string | number>,
    headers: Record<string, string> = {},
  ) {
    super(port, '/v1/velocity/stream', query, headers);
  }

  /** Waits until this many windows came. */
  async count(windows: number): Promise<ReceivedWindow[]> {
    await this.until(() => this.windows.length >= windows, `${windows} windows`);
    return this.windows;
  }

  protected takeBinary(bytes: Buffer): void {
    const { window, header } = this;
    this.header = null;
    if (!window || !header) {
      this.protocolError = 'a binary frame without its header';
      return;
    }
    window.surfaces.push({ header, bytes });
    if (window.surfaces.length < window.start.surfaces.length) return;
    this.windows.push(window);
    this.window = null;
  }

  protected takeText(message: VelocityServerMessage): void {
    parseVelocityMessage(JSON.stringify(message));
    if (this.header) this.protocolError = 'a text frame instead of a binary one';
    if (message.type === 'surface_header') {
      if (!this.window) this.protocolError = 'a header outside a window';
      this.header = message;
    } else if (message.type === 'batch_start') {
      if (this.window) this.protocolError = 'a window in the middle of another';
      this.window = { start: message, surfaces: [] };
    } else {
      this.messages.push(message);
    }
  }
}

/** A surface of a window, decoded. */
export function surfaceOf<S extends VelocitySurface>(
  window: ReceivedWindow,
  surface: S,
): VelocityFrame<S> & { header: SurfaceHeader } {
  const found = window.surfaces.find((s) => s.header.surface === surface);
  if (!found) throw new Error(`the window has no ${surface}`);
  return { ...decodeVelocityFrame(surface, found.bytes), header: found.header };
}

/** Everything of a window but what depends on the viewer. */
export function sameForAll({ start, surfaces }: ReceivedWindow): unknown {
  const { lag_ms: _, skipped: _s, thinned: _t, ...state } = start;
  return { state, surfaces: surfaces.map((s) => [s.header, s.bytes.toString('base64')]) };
}
