import { VACUUM_PRESSURE_PATH, VACUUM_PRESSURE_PORT } from '../serve/index.ts';

/** Where the servers are, as a user's browser reaches them. */
export interface Addresses {
  host: string;
  streamPort: number;
  webPort: number;
}

/** Parameters of a stream that are not the server's own defaults. */
export type StreamParameters = Record<string, string | undefined>;

function browserHost(host: string): string {
  if (host === '127.0.0.1' || host === '0.0.0.0' || host === '::' || host === '::1') {
    return 'localhost';
  }
  return host.includes(':') ? `[${host}]` : host;
}

function query(parameters: StreamParameters): string {
  const given = Object.entries(parameters).filter((p): p is [string, string] => Boolean(p[1]));
  return given.length > 0 ? `?${new URLSearchParams(given).toString().replaceAll('%3A', ':')}` : '';
}

/** The page's URL; a server on another port than the usual one is named in it. */
export function pageUrl(at: Addresses, parameters: StreamParameters): string {
  const host = browserHost(at.host);
  const server = at.streamPort === VACUUM_PRESSURE_PORT ? undefined : `${host}:${at.streamPort}`;
  const page = `http://${host}:${at.webPort}/vacuum-pressure.html`;
  return page + query({ ...parameters, server });
}

/** The socket's URL. */
export function socketUrl(at: Addresses, parameters: StreamParameters): string {
  return `ws://${browserHost(at.host)}:${at.streamPort}${VACUUM_PRESSURE_PATH}${query(parameters)}`;
}
