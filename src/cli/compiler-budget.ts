import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8 inline more into one function than it does by default (920 and 460 bytecodes): the loops
 * of book and engine are many small functions, and a sixth of their time is calls. Measured in
 * bench/RESULTS.md, which is taken with the same flags (tools/bench.mjs).
 *
 * Call it before the rooms are loaded. It changes speed, never results.
 */
export function raiseCompilerBudget(): void {
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=4000');
  setFlagsFromString('--max-inlined-bytecode-size=2000');
}
