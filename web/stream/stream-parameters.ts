/** Port of the vacuum-pressure server. */
export const VACUUM_PRESSURE_PORT = 8002;

/** Parameters of the page's address that belong to the stream and are passed on as they are. */
export const STREAM_PARAMETERS = [
  'product_type',
  'symbol',
  'dt',
  'speed',
  'start_time',
  'throttle_ms',
  'source',
  'bucket_ticks',
  'token',
] as const;

/**
 * Where the stream is: `host:port` of the `server` parameter, else the page's host on the server's
 * own port.
 */
export function serverOf(page: URL, port: number): string {
  const given = page.searchParams.get('server');
  if (given && /^[\w.-]+(:\d{1,5})?$|^\[[\da-f:]+\](:\d{1,5})?$/i.test(given)) return given;
  return `${page.hostname || 'localhost'}:${port}`;
}

/**
 * The stream's URL for a page address: its stream parameters, the speed now in use and, when given,
 * the place to resume from (`SESSION:SEQ`).
 */
export function streamUrl(page: URL, speed: number | null, resumeFrom: string | null): string {
  const scheme = page.protocol === 'https:' ? 'wss' : 'ws';
  const url = new URL(
    `${scheme}://${serverOf(page, VACUUM_PRESSURE_PORT)}/v1/vacuum-pressure/stream`,
  );
  for (const name of STREAM_PARAMETERS) {
    const value = page.searchParams.get(name);
    if (value) url.searchParams.set(name, value);
  }
  if (speed !== null) url.searchParams.set('speed', String(speed));
  if (resumeFrom) url.searchParams.set('resume_from', resumeFrom);
  return url.href;
}
