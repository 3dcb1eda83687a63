import type { SocketLike } from '../../web/stream/index.ts';

/** A socket that keeps what was sent. */
export class FakeSocket implements SocketLike {
  binaryType = '';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly sent: string[] = [];
  closedWith: number | null = null;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(code?: number): void {
    this.closedWith = code ?? 0;
  }
}

/** Sockets, clock and timers in the hands of the test. */
export class FakeWorld {
  readonly sockets: FakeSocket[] = [];
  private time = 0;
  private timers: { at: number; run: () => void }[] = [];

  open = (url: string) => {
    const socket = new FakeSocket(url);
    this.sockets.push(socket);
    return socket;
  };
  now = () => this.time;
  random = () => 1;
  setTimer = (run: () => void, ms: number) => {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return timer;
  };
  clearTimer = (timer: unknown) => {
    this.timers = this.timers.filter((t) => t !== timer);
  };

  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.time = next.at;
      this.clearTimer(next);
      next.run();
    }
    this.time = end;
  }

  get last(): FakeSocket {
    return this.sockets.at(-1)!;
  }
}

/** The first message of a stream. */
export const CONFIG = JSON.stringify({
  type: 'runtime_config',
  session: 's1',
  product_type: 'future_mbo',
  symbol: 'ESH6',
  symbol_root: 'ES',
  dt: '2026-01-05',
  mode: 'replay',
  time_zone: 'America/New_York',
  price_scale: 1e-9,
  tick_size: 0.25,
  tick_size_int: '250000000',
  bucket_ticks: 1,
  price_decimals: 2,
  contract_multiplier: 50,
  qty_unit: 'contracts',
  grid_rows: 101,
  throttle_ms: 25,
  range_start_ns: null,
  range_end_ns: null,
  speed: 1,
  paused: false,
  schema: [],
  config_version: 'c',
  coefficients: {},
  server_version: '1',
});
