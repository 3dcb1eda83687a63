import {
  VACUUM_PRESSURE_PATH,
  VACUUM_PRESSURE_PORT,
  VELOCITY_PATH,
  VELOCITY_PORT,
} from '../serve/index.ts';

/** Where the servers are, as a user's browser reaches them. */
export interface Addresses {
  host: string;
  /** Of the vacuum-pressure server. */
  streamPort: number;
  /** Of the velocity server; default: the usual one. */
  velocityPort?: number;
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

/** A server on another port than the usual one, as a page's parameter names it. */
function named(host: string, port: number | undefined, usual: number): string | undefined {
  return port === undefined || port === usual ? undefined : `${host}:${port}`;
}

/** The vacuum-pressure page's URL; servers on other ports than the usual ones are named in it. */
export function pageUrl(at: Addresses, parameters: StreamParameters): string {
  const host = browserHost(at.host);
  const server = named(host, at.streamPort, VACUUM_PRESSURE_PORT);
  const peer = named(host, at.velocityPort, VELOCITY_PORT);
  const page = `http://${host}:${at.webPort}/vacuum-pressure.html`;
  return page + query({ ...parameters, server, peer });
}

/** The vacuum-pressure socket's URL. */
export function socketUrl(at: Addresses, parameters: StreamParameters): string {
  return `ws://${browserHost(at.host)}:${at.streamPort}${VACUUM_PRESSURE_PATH}${query(parameters)}`;
}

/** The velocity page's URL; servers on other ports than the usual ones are named in it. */
export function velocityPageUrl(at: Addresses, parameters: StreamParameters): string {
  const host = browserHost(at.host);
  const server = named(host, at.velocityPort, VELOCITY_PORT);
  const peer = named(host, at.streamPort, VACUUM_PRESSURE_PORT);
  return `http://${host}:${at.webPort}/${query({ ...parameters, server, peer })}`;
}

/** The velocity socket's URL. */
export function velocitySocketUrl(at: Addresses, parameters: StreamParameters): string {
  const port = at.velocityPort ?? VELOCITY_PORT;
  return `ws://${browserHost(at.host)}:${port}${VELOCITY_PATH}${query(parameters)}`;
}
