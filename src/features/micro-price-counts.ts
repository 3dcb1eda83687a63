import type { FoldedTransitions } from './micro-price-solve.ts';
import * as layout from './micro-price-states.ts';

// Constants of another module, as constants of this one: loops read them without asking.
const { BINS, BINS_A_SIDE, BUCKETS_A_SIDE } = layout;
const SPREADS = layout.MAX_STATE_SPREAD_TICKS;
/** Fine states: bin x spread. */
const FINE = BINS * SPREADS;

/** What followed what, counted between fine states; moves of the mid in half ticks. */
export class TransitionCounts {
  /** Transitions counted. */
  total = 0;
  /** Of them with a move of the mid. */
  moving = 0;
  /** From fine state x to y at x * FINE + y, the mid staying. */
  readonly stay = new Uint32Array(FINE * FINE);
  /** The same, the mid moving. */
  readonly move = new Uint32Array(FINE * FINE);
  /** Sum of the moves out of each fine state, half ticks. [FINE] */
  readonly moves = new Float64Array(FINE);

  /** Counts a transition. @param moved of the mid, half ticks. */
  add(from: number, to: number, moved: number): void {
    const counts = moved === 0 ? this.stay : this.move;
    const at = from * FINE + to;
    counts[at] = counts[at]! + 1;
    this.moves[from] = this.moves[from]! + moved;
    this.total++;
    if (moved !== 0) this.moving++;
  }

  /** Visits of bins 0..32, both signs together, at any spread. */
  binVisits(): Float64Array {
    const visits = new Float64Array(BINS_A_SIDE + 1);
    for (let x = 0; x < FINE; x++) {
      const bin = Math.abs(binOfState(x));
      visits[bin] = visits[bin]! + visitsOf(this, x);
    }
    return visits;
  }
}

/** The fine state of a bin (-32..32) and a spread (1..4 ticks). */
export function fineState(bin: number, spreadTicks: number): number {
  return (spreadTicks - 1) * BINS + bin + BINS_A_SIDE;
}

/** The kept state of a bucket (1..5) and a spread. */
export function keptState(bucket: number, spreadTicks: number): number {
  return (spreadTicks - 1) * BUCKETS_A_SIDE + bucket - 1;
}

function binOfState(state: number): number {
  return (state % BINS) - BINS_A_SIDE;
}

function visitsOf({ stay, move }: TransitionCounts, x: number): number {
  let visits = 0;
  for (let at = x * FINE; at < (x + 1) * FINE; at++) visits += stay[at]! + move[at]!;
  return visits;
}

/**
 * Gathers fine states into buckets, each transition with its mirror image.
 * @param buckets of bins 0..32.
 * @returns the kept states, and the visits of balanced ones by spread - 1.
 */
export function foldTransitions(
  counts: TransitionCounts,
  buckets: Int32Array,
): { folded: FoldedTransitions; balanced: Float64Array } {
  const states = BUCKETS_A_SIDE * SPREADS;
  const square = () => new Float64Array(states * states);
  const line = () => new Float64Array(states);
  const folded: FoldedTransitions = {
    states,
    visits: line(),
    moves: line(),
    stay: square(),
    move: square(),
    stayEither: square(),
  };
  const balanced = new Float64Array(SPREADS);
  const { places, signs } = placesOf(buckets);
  for (let x = 0; x < FINE; x++) {
    const visits = visitsOf(counts, x);
    const sign = signs[x]!;
    if (visits === 0) continue;
    if (sign === 0) {
      const spread = Math.floor(x / BINS);
      // Its mirror image is a balanced state too.
      balanced[spread] = balanced[spread]! + 2 * visits;
      continue;
    }
    const kept = places[x]!;
    folded.visits[kept] = folded.visits[kept]! + visits;
    folded.moves[kept] = folded.moves[kept]! + sign * counts.moves[x]!;
    for (let y = 0; y < FINE; y++) {
      const to = signs[y]! * sign;
      if (to === 0) continue;
      const at = kept * states + places[y]!;
      const stayed = counts.stay[x * FINE + y]!;
      folded.stay[at] = folded.stay[at]! + to * stayed;
      folded.stayEither[at] = folded.stayEither[at]! + stayed;
      folded.move[at] = folded.move[at]! + to * counts.move[x * FINE + y]!;
    }
  }
  return { folded, balanced };
}

/** Of each fine state: the kept state it or its mirror image belongs to, and which; 0: balanced. */
function placesOf(buckets: Int32Array): { places: Int32Array; signs: Int8Array } {
  const places = new Int32Array(FINE);
  const signs = new Int8Array(FINE);
  for (let x = 0; x < FINE; x++) {
    const bin = binOfState(x);
    const bucket = buckets[Math.abs(bin)]!;
    if (bucket === 0) continue;
    signs[x] = Math.sign(bin);
    places[x] = keptState(bucket, Math.floor(x / BINS) + 1);
  }
  return { places, signs };
}
