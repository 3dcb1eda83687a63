/** One thing that `spymaster doctor` looked at. */
export interface Finding {
  what: string;
  /** ok; warning: works, but; problem: something will fail. */
  status: 'ok' | 'warning' | 'problem';
  found: string;
  /** How to fix it; empty when ok. */
  fix: string;
}

/** A finding without a fix. */
export function ok(what: string, found: string): Finding {
  return { what, status: 'ok', found, fix: '' };
}
