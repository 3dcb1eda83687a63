/**
 * What a session's stream works with.
 */
import type { SessionRequest } from './auth-line.ts';
import type { DatasetMarket } from './dataset-market.ts';
import type { GatewayClock } from './gateway-clock.ts';
import type { ConnectionFaults } from './gateway-faults.ts';
import type { StreamForm } from './gateway-messages.ts';
import type { GatewaySocket } from './gateway-socket.ts';

/** See the file comment. */
export interface StreamContext {
  socket: GatewaySocket;
  market: DatasetMarket;
  request: SessionRequest;
  form: StreamForm;
  /** Counts the data records that are sent. */
  report: { records: number };
  faults: ConnectionFaults;
  clock: GatewayClock;
  heartbeatMs: number;
  /** Bytes that may lie unsent for a client that does not keep up with the market. */
  sendBufferBytes: number;
  /** What is done when the data ends: hang up, or stay with heartbeats. */
  atEnd: 'close' | 'stay';
  /** How far back a replay may begin, ns of the market; null = as far as there is data. */
  replayNs: bigint | null;
}
