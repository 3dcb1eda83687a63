import {
  decodeFrame,
  type FrameArrays,
  type GridUpdate,
  parseServerMessage,
  type RuntimeConfig,
} from '../../src/wire/index.ts';
import type { StreamCodec, StreamEndpoint, StreamMessage } from '../stream/index.ts';
import { COMMON_PARAMETERS } from '../stream/index.ts';

/** Where the stream is. */
export const VACUUM_PRESSURE_STREAM: StreamEndpoint = {
  port: 8002,
  path: '/v1/vacuum-pressure/stream',
  parameters: [...COMMON_PARAMETERS, 'throttle_ms', 'source', 'bucket_ticks'],
};

/** A frame as the stream sends it. */
export interface PressureFrame {
  header: GridUpdate;
  arrays: FrameArrays;
}

/** Reads the stream: a head, then the binary that belongs to it. */
export class FrameCodec implements StreamCodec<RuntimeConfig, PressureFrame> {
  private header: GridUpdate | null = null;

  /** Forgets a head without its binary. */
  reset(): void {
    this.header = null;
  }

  /** The message; null for the head of a frame. */
  readText(text: string): StreamMessage<RuntimeConfig> | null {
    const message = parseServerMessage(text);
    if (message?.type !== 'grid_update') return message;
    this.header = message;
    return null;
  }

  /** The frame; null for a binary without a head. */
  readBinary(data: ArrayBuffer): PressureFrame | null {
    const { header } = this;
    this.header = null;
    return header && { header, arrays: decodeFrame(new Uint8Array(data)) };
  }
}
