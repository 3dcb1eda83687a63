import { LuDecomposition, Matrix } from 'ml-matrix';

/** Terms of the micro-price's series: six suffice, says its author. */
export const MICRO_PRICE_TERMS = 6;

/** What was counted of transitions between states of which only one of each mirror pair is kept. */
export interface FoldedTransitions {
  /** States: those in which the bids are longer. */
  states: number;
  /** Transitions out of each state, to wherever. [states] */
  visits: Float64Array;
  /** Sum of the moves of the mid out of each state. [states] */
  moves: Float64Array;
  /**
   * Transitions in which the mid stayed, to each state less to its mirror image. [states x states]
   */
  stay: Float64Array;
  /** The same of those in which it moved. [states x states] */
  move: Float64Array;
  /** Transitions in which the mid stayed, to each state or its mirror image. [states x states] */
  stayEither: Float64Array;
}

/**
 * Expected total move of the mid out of each state: `g1 + B g1 + ... + B^5 g1` with
 * `g1 = (1 - Q)^-1 R1 K` and `B = (1 - Q)^-1 R2`, on the antisymmetric half of the states, where
 * both sides of the market have the same law. NaN for states that were not seen and for those that
 * no move of the mid follows, ever.
 *
 * Source: Stoikov 2018, The micro-price, Quantitative Finance 18, 1959-1966, theorem 3.1.
 */
export function solveMicroPrice(counts: FoldedTransitions): Float64Array {
  const solved = new Float64Array(counts.states).fill(Number.NaN);
  const live = leavingStates(counts);
  const n = live.length;
  if (n === 0) return solved;
  const { visits, moves, stay, move, states } = counts;
  const shareOf = (of: Float64Array, x: number, y: number) => of[x * states + y]! / visits[x]!;
  const still = Matrix.zeros(n, n);
  const moved = Matrix.zeros(n, n);
  const drift = Matrix.zeros(n, 1);
  live.forEach((x, i) => {
    drift.set(i, 0, moves[x]! / visits[x]!);
    live.forEach((y, j) => {
      still.set(i, j, (i === j ? 1 : 0) - shareOf(stay, x, y));
      moved.set(i, j, shareOf(move, x, y));
    });
  });
  const system = new LuDecomposition(still);
  let term = system.solve(drift);
  const sum = term.clone();
  for (let k = 1; k < MICRO_PRICE_TERMS; k++) {
    term = system.solve(moved.mmul(term));
    sum.add(term);
  }
  live.forEach((x, i) => {
    solved[x] = sum.get(i, 0);
  });
  return solved;
}

/** States from which the mid moves sooner or later, or that are left for a balanced book. */
function leavingStates({ states, visits, stayEither }: FoldedTransitions): number[] {
  const leaves = new Uint8Array(states);
  for (let found = true; found; ) {
    found = false;
    for (let x = 0; x < states; x++) {
      if (leaves[x] === 1 || visits[x] === 0) continue;
      let kept = 0;
      let reaches = false;
      for (let y = 0; y < states; y++) {
        const count = stayEither[x * states + y]!;
        kept += count;
        if (count > 0 && (leaves[y] === 1 || visits[y] === 0)) reaches = true;
      }
      if (!reaches && kept === visits[x]) continue;
      leaves[x] = 1;
      found = true;
    }
  }
  return Array.from(leaves.keys()).filter((x) => leaves[x] === 1);
}
