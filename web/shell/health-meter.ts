import { type ConnectionStatus, RecentQuantiles } from '../stream/index.ts';
import type { HealthFacts, PageFacts } from './health.tsx';
import type { SessionModel } from './session-model.ts';

/** Lags remembered: 25 s at 40 frames a second. */
const LAGS = 1000;
/** Lag (p99) beyond which the chip warns, and beyond which it alarms, ms. */
const LAG_WARN_MS = 100;
/** See `LAG_WARN_MS`. */
const LAG_BAD_MS = 1000;

/** A connection state in words. */
export function statusText(status: ConnectionStatus): string {
  switch (status.state) {
    case 'idle':
      return 'not connected';
    case 'connecting':
      return status.attempt > 0 ? `connecting, attempt ${status.attempt + 1}` : 'connecting';
    case 'streaming':
      return 'streaming';
    case 'waiting':
      return `${status.reason}; next try in ${(status.retryMs / 1000).toFixed(1)} s`;
    case 'ended':
      return 'end of the data';
    case 'failed':
      return status.error.message;
  }
}

function bookText(model: SessionModel): string {
  const h = model.header;
  if (!h) return 'book –';
  if (!h.book_valid) return 'book rebuilding';
  if (h.crossed) return 'book crossed';
  if (h.book_partial) return 'book partial';
  return h.spot_stale ? 'spot stale' : 'book ok';
}

/** Measures how fresh the picture is. Times are performance.now() values. */
export class HealthMeter {
  roundTripMs = Number.NaN;
  /** Pictures painted since the page was opened. */
  paints = 0;
  private readonly lags = new RecentQuantiles(LAGS);
  private readonly paintTimes: number[] = [];
  private waiting: { lagMs: number; at: number }[] = [];

  /** A frame arrived: `lagMs` late at the server already. */
  frameReceived(lagMs: number, at: number): void {
    this.waiting.push({ lagMs, at });
    if (this.waiting.length > LAGS) this.waiting.shift();
  }

  /** A picture was painted: it shows every frame that had arrived. */
  painted(now: number): void {
    const network = Number.isFinite(this.roundTripMs) ? this.roundTripMs / 2 : 0;
    for (const w of this.waiting) this.lags.add(w.lagMs + network + (now - w.at));
    this.waiting = [];
    this.paints++;
    this.paintTimes.push(now);
    while (this.paintTimes.length > 0 && this.paintTimes[0]! < now - 1000) this.paintTimes.shift();
  }

  /** Everything the chip and its panel show. */
  facts(
    model: SessionModel,
    status: ConnectionStatus,
    uploadedBytes: number,
    own: PageFacts,
  ): HealthFacts {
    const lagP99 = this.lags.quantile(0.99);
    const recent = this.paintTimes.filter((t) => t > performance.now() - 1000).length;
    const bad = status.state === 'failed' || lagP99 > LAG_BAD_MS;
    const well = status.state === 'streaming' || status.state === 'ended';
    const warn = !well || lagP99 > LAG_WARN_MS || model.header?.book_valid === false;
    return {
      live: model.config?.mode === 'live',
      lagP50: this.lags.quantile(0.5),
      lagP99,
      fps: recent,
      framesReceived: model.frames,
      skipped: model.skipped,
      gaps: model.gaps.total,
      book: bookText(model),
      connection: statusText(status),
      roundTripMs: this.roundTripMs,
      uploadedMb: uploadedBytes / 1e6,
      historyFrames: Math.min(model.history.frameCount, model.history.seqs.length),
      ...own,
      level: bad ? 'bad' : warn ? 'warn' : 'good',
    };
  }
}
