import type { Field, RecordLayout } from './layout.ts';
import { readField } from './record-object.ts';
import { RTYPE } from './schema.ts';

/** What a gateway's text says, as the code that later versions have for it. */
interface Phrase {
  code: number;
  starts: string;
  ends?: string;
  /** The text is `starts` and nothing more. */
  whole?: boolean;
}

const ERROR_PHRASES: readonly Phrase[] = [
  { code: 2, starts: 'User or API key deactivated', whole: true },
  { code: 3, starts: 'User has reached their open connection limit', whole: true },
  { code: 4, starts: 'Failed to resolve symbol' },
  { code: 6, starts: 'Internal error', whole: true },
  { code: 7, starts: 'Slow client detected for ' },
];

const SYSTEM_PHRASES: readonly Phrase[] = [
  { code: 0, starts: 'Heartbeat', whole: true },
  { code: 4, starts: 'End of interval for ' },
  { code: 1, starts: 'Subscription request ', ends: ' succeeded' },
  { code: 2, starts: 'Warning: slow reading' },
  { code: 3, starts: 'Finished ', ends: ' replay' },
];

/**
 * The code of a version 1 error or system message, deduced from its text; null when no phrase fits.
 * Source: databento/dbn `v2.rs`.
 */
export function deducedCode(rtype: number, record: DataView, layout: RecordLayout): number | null {
  const phrases = rtype === RTYPE.ERROR ? ERROR_PHRASES : SYSTEM_PHRASES;
  const text = readField(record, layout.fields[0] as Field, 0) as string;
  for (const p of phrases) {
    if (p.whole ? text !== p.starts : !text.startsWith(p.starts)) continue;
    if (p.ends === undefined || text.endsWith(p.ends)) return p.code;
  }
  return null;
}
