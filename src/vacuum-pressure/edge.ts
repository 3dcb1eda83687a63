import type { EdgeReason, FrameArrays, FrameHeader, NetEdge } from '../wire/index.ts';
import { FRAME_K, FRAME_ROWS } from '../wire/index.ts';

/**
 * The directional read-out of a frame: which side is emptying and which is building, weighted by
 * nearness to the middle. It describes the book as it is now; it is not a forecast.
 */

/** e-folding distance of the weights, rows. */
const REACH_ROWS = 12;
/** Reasons given, the largest first. */
const REASONS = 3;
/** Smallest scale of the edge, lots/s: in a market this still, nothing is large. */
export const MIN_EDGE_SCALE = 0.01;
/** Below this share of the scale, above and below together, nothing is going on. */
const QUIET_SHARE = 0.5;

/** exp by halving and its series: the weights are made once, from IEEE operations alone. */
function decay(k: number): number {
  const x = -k / REACH_ROWS / 16;
  let term = 1;
  let sum = 1;
  for (let n = 1; n < 20; n++) {
    term *= x / n;
    sum += term;
  }
  for (let n = 0; n < 4; n++) sum *= sum;
  return sum;
}

/** w_k / sum(w), k = 1..FRAME_K at index k - 1: the mean is the sum of weighted values. */
const WEIGHTS = (() => {
  const weights = Float64Array.from({ length: FRAME_K }, (_, i) => decay(i + 1));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
})();

/** What the edge is made of, lots/s; `up_raw = above + below`, `down_raw` its negative. */
export interface EdgeSums {
  /** Mean of ask vacuum less ask pressure above the middle: > 0 the way up empties. */
  above: number;
  /** Mean of bid pressure less bid vacuum below the middle: > 0 support builds. */
  below: number;
}

/**
 * Rows that count as the first above and below the middle: of the first tick strictly above and
 * below the exact mid. Where the mid is a tick those are k = +1 and -1; where it is half a tick,
 * spot (rounded up) is itself the first above. So a book and its mirror image read alike.
 */
function firstRows(header: FrameHeader, tickSize: number, bucketTicks: number) {
  const { spotTick } = header;
  const half = header.mid !== null && header.mid !== spotTick * tickSize;
  const spotBucket = Math.floor(spotTick / bucketTicks);
  const above = Math.floor((half ? spotTick : spotTick + 1) / bucketTicks);
  const below = Math.floor((spotTick - 1) / bucketTicks);
  return { above: above - spotBucket + FRAME_K, below: below - spotBucket + FRAME_K };
}

/** The sums of a frame. Nothing is read beyond its rows. */
export function edgeSums(
  frame: FrameArrays,
  header: FrameHeader,
  tickSize: number,
  bucketTicks: number,
): EdgeSums {
  const first = firstRows(header, tickSize, bucketTicks);
  const { ask_vacuum, ask_pressure, bid_vacuum, bid_pressure } = frame;
  let above = 0;
  let below = 0;
  for (let i = 0; i < FRAME_K; i++) {
    const up = first.above + i;
    const down = first.below - i;
    if (up < FRAME_ROWS) above += WEIGHTS[i] * (ask_vacuum[up] - ask_pressure[up]);
    if (down >= 0) below += WEIGHTS[i] * (bid_pressure[down] - bid_vacuum[down]);
  }
  return { above, below };
}

/** Up and down want both sides to agree; chop is both building, fragile both draining. */
function regimeOf({ above, below }: EdgeSums, scale: number): NetEdge['regime'] {
  if (Math.abs(above) + Math.abs(below) < QUIET_SHARE * scale) return 'quiet';
  if (above > 0) return below > 0 ? 'up' : 'fragile';
  return below > 0 ? 'chop' : 'down';
}

const KINDS = [
  { kind: 'ask_vacuum', direction: 'up', above: true },
  { kind: 'bid_pressure', direction: 'up', above: false },
  { kind: 'bid_vacuum', direction: 'down', above: false },
  { kind: 'ask_pressure', direction: 'down', above: true },
] as const;

function reasonsOf(
  frame: FrameArrays,
  header: FrameHeader,
  tickSize: number,
  bucketTicks: number,
): EdgeReason[] {
  const first = firstRows(header, tickSize, bucketTicks);
  const found: { contribution: number; kind: (typeof KINDS)[number]; row: number }[] = [];
  for (let i = 0; i < FRAME_K; i++) {
    for (const kind of KINDS) {
      const row = kind.above ? first.above + i : first.below - i;
      if (row < 0 || row >= FRAME_ROWS) continue;
      const contribution = WEIGHTS[i] * frame[kind.kind][row];
      const last = found[REASONS - 1];
      if (contribution <= 0 || (last && contribution <= last.contribution)) continue;
      const at = found.findIndex((f) => f.contribution < contribution);
      found.splice(at < 0 ? found.length : at, 0, { contribution, kind, row });
      if (found.length > REASONS) found.pop();
    }
  }
  const spotBucket = Math.floor(header.spotTick / bucketTicks);
  return found.map(({ contribution, kind, row }) => {
    const k = row - FRAME_K;
    const price = BigInt((spotBucket + k) * bucketTicks) * BigInt(tickSize);
    const { direction } = kind;
    return { direction, kind: kind.kind, k, price_int: price.toString(), contribution };
  });
}

/**
 * The net edge of a frame, with its reasons; null while there is no market to read (a side is
 * missing, the book is not valid). Scaled by the running median of its own magnitude,
 * `header.edgeScale`.
 */
export function netEdge(
  frame: FrameArrays,
  header: FrameHeader,
  tickSize: number,
  bucketTicks: number,
): NetEdge | null {
  if (header.mid === null || !header.bookValid) return null;
  const sums = edgeSums(frame, header, tickSize, bucketTicks);
  const scale = Math.max(header.edgeScale, MIN_EDGE_SCALE);
  const raw = sums.above + sums.below;
  return {
    up_raw: raw,
    down_raw: -raw,
    up: raw / scale,
    down: -raw / scale,
    regime: regimeOf(sums, scale),
    reasons: reasonsOf(frame, header, tickSize, bucketTicks),
  };
}
