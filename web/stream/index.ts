export { waitBefore } from './back-off.ts';
export { RecentQuantiles } from './recent-quantiles.ts';
export type {
  FrameHead,
  StreamCodec,
  StreamConfig,
  StreamFrame,
  StreamMessage,
} from './stream-codec.ts';
export type { ConnectionStatus, ConnectionWorld, SocketLike } from './stream-connection.ts';
export { StreamConnection } from './stream-connection.ts';
export type { StreamEndpoint } from './stream-parameters.ts';
export { COMMON_PARAMETERS, serverOf, streamUrl } from './stream-parameters.ts';
