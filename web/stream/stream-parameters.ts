/** Where a page's stream is found. */
export interface StreamEndpoint {
  /** Port of the server when the address names none. */
  port: number;
  path: string;
  /** Parameters of the page's address that belong to the stream and are passed on as they are. */
  parameters: readonly string[];
}

/** Parameters of either stream. */
export const COMMON_PARAMETERS = [
  'product_type',
  'symbol',
  'dt',
  'speed',
  'start_time',
  'token',
] as const;

const HOST_AND_PORT = /^[\w.-]+(:\d{1,5})?$|^\[[\da-f:]+\](:\d{1,5})?$/i;

/**
 * Where the stream is: `host:port` of the `server` parameter, else the page's host on the server's
 * own port.
 */
export function serverOf(page: URL, port: number): string {
  const given = page.searchParams.get('server');
  if (given && HOST_AND_PORT.test(given)) return given;
  return `${page.hostname || 'localhost'}:${port}`;
}

/**
 * The stream's URL for a page address: its stream parameters, the speed now in use and, when given,
 * the place to resume from (`SESSION:SEQ`).
 */
export function streamUrl(
  endpoint: StreamEndpoint,
  page: URL,
  speed: number | null,
  resumeFrom: string | null,
): string {
  const scheme = page.protocol === 'https:' ? 'wss' : 'ws';
  const url = new URL(`${scheme}://${serverOf(page, endpoint.port)}${endpoint.path}`);
  for (const name of endpoint.parameters) {
    const value = page.searchParams.get(name);
    if (value) url.searchParams.set(name, value);
  }
  if (speed !== null) url.searchParams.set('speed', String(speed));
  if (resumeFrom) url.searchParams.set('resume_from', resumeFrom);
  return url.href;
}
