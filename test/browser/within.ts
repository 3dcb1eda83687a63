/**
 * Limits with words for what Playwright waits for without one, or with one that is kept only while
 * the page's own thread answers.
 */

/**
 * Longest that one step may take on a loaded machine, ms: more than Playwright's own limits, whose
 * words say more, and so little that a test can fail twice before its own limit is over.
 */
const STEP_MS = 75_000;

/** Waits for `work`. @throws Error naming `what` when it takes longer than a step may. */
export async function within<T>(what: string, work: Promise<T>, limitMs = STEP_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `${what} did not end within ${limitMs / 1000} s: whoever should answer hangs`;
    timer = setTimeout(() => reject(new Error(message)), limitMs);
  });
  // Whatever comes of it later, nobody waits for it any more.
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The same object, every promise of which, and of the objects it gives, ends in time. */
export function limited<T extends object>(target: T, name: string, limitMs = STEP_MS): T {
  const limit = (value: unknown, what: string): unknown => {
    if (value === target) return proxy;
    if (value instanceof Promise) return within(what, value, limitMs);
    const own = typeof value === 'object' && value !== null && !isPlain(value);
    return own ? limited(value, what, limitMs) : value;
  };
  const proxy: T = new Proxy(target, {
    get(_, key) {
      const value = Reflect.get(target, key);
      const what = `${name}.${String(key)}`;
      if (typeof value !== 'function') return limit(value, what);
      return (...args: unknown[]) => limit(value.apply(target, args), what);
    },
  });
  return proxy;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || Array.isArray(value) || prototype === null;
}
