export { waitBefore } from './back-off.ts';
export { RecentQuantiles } from './recent-quantiles.ts';
export type { ConnectionStatus, ConnectionWorld, SocketLike } from './stream-connection.ts';
export { StreamConnection } from './stream-connection.ts';
export {
  STREAM_PARAMETERS,
  serverOf,
  streamUrl,
  VACUUM_PRESSURE_PORT,
} from './stream-parameters.ts';
