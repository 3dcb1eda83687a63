import { DataError } from '../../src/core/index.ts';
import {
  type BatchStart,
  decodeVelocityFrame,
  parseVelocityMessage,
  type SurfaceHeader,
  type VelocityArrays,
  type VelocityConfig,
} from '../../src/wire/index.ts';
import type { StreamCodec, StreamEndpoint, StreamMessage } from '../stream/index.ts';
import { COMMON_PARAMETERS } from '../stream/index.ts';

/** Where the stream is. */
export const VELOCITY_STREAM: StreamEndpoint = {
  port: 8001,
  path: '/v1/velocity/stream',
  parameters: [...COMMON_PARAMETERS, 'skip_minutes'],
};

/** Rows of a surface, column by column. */
export interface SurfaceRows<S extends 'velocity' | 'options' | 'forecast'> {
  rows: number;
  columns: VelocityArrays<S>;
}

/** One second of the stream: its head and its surfaces; null where one was not sent. */
export interface VelocityWindow {
  header: BatchStart;
  velocity: SurfaceRows<'velocity'> | null;
  options: SurfaceRows<'options'> | null;
  forecast: SurfaceRows<'forecast'> | null;
  /** What the head of the forecast said. */
  forecastHead: NonNullable<SurfaceHeader['forecast']> | null;
}

/** Reads the stream: the head of a window, then a head and a binary for each of its surfaces. */
export class WindowCodec implements StreamCodec<VelocityConfig, VelocityWindow> {
  private window: VelocityWindow | null = null;
  private surface: SurfaceHeader | null = null;
  private left = 0;

  /** Forgets a window of which not everything came. */
  reset(): void {
    this.window = null;
    this.surface = null;
    this.left = 0;
  }

  /** The message; null for the heads of a window and its surfaces. */
  readText(text: string): StreamMessage<VelocityConfig> | null {
    const message = parseVelocityMessage(text);
    if (message?.type === 'batch_start') this.begin(message);
    else if (message?.type === 'surface_header') this.announce(message);
    else return message;
    return null;
  }

  /** The window that this binary completes; null before its last one, or without a head. */
  readBinary(data: ArrayBuffer): VelocityWindow | null {
    const { window, surface } = this;
    this.surface = null;
    if (!window || !surface) return null;
    const bytes = new Uint8Array(data);
    if (bytes.length !== surface.bytes) {
      const message = `a binary of surface ${surface.surface}`;
      const [found, expected] = [`${bytes.length} bytes`, `${surface.bytes} bytes`];
      throw new DataError('WIRE', message, { found, expected });
    }
    if (surface.surface === 'velocity') window.velocity = decodeVelocityFrame('velocity', bytes);
    if (surface.surface === 'options') window.options = decodeVelocityFrame('options', bytes);
    if (surface.surface === 'forecast') this.takeForecast(window, surface, bytes);
    if (--this.left > 0) return null;
    this.window = null;
    return window;
  }

  private takeForecast(window: VelocityWindow, head: SurfaceHeader, bytes: Uint8Array): void {
    window.forecastHead = head.forecast ?? null;
    window.forecast = decodeVelocityFrame('forecast', bytes);
  }

  private begin(header: BatchStart): void {
    this.window = { header, velocity: null, options: null, forecast: null, forecastHead: null };
    this.left = header.surfaces.length;
    this.surface = null;
  }

  private announce(surface: SurfaceHeader): void {
    const seq = this.window?.header.seq;
    if (seq !== surface.seq) {
      const [found, expected] = [`window ${surface.seq}`, `window ${seq ?? 'not begun'}`];
      throw new DataError('WIRE', `surface ${surface.surface}`, { found, expected });
    }
    this.surface = surface;
  }
}
