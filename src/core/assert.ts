/**
 * Stops on a mistake of ours (never on bad input: that is a `DataError`).
 * @throws Error with `message` when `condition` is false.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}
