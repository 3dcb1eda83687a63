import { UNDEF_TIMESTAMP } from '../dbn/index.ts';

/** Exchange time of CME Group. */
const CME_ZONE = 'America/Chicago';

const chicagoDate = new Intl.DateTimeFormat('en-CA', {
  timeZone: CME_ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/**
 * Date by the clock of CME, daylight saving included, on which an option expires: YYYY-MM-DD; null
 * when undefined. @param expiration Unix ns.
 */
export function cmeExpiryDate(expiration: bigint): string | null {
  if (expiration === UNDEF_TIMESTAMP) return null;
  return chicagoDate.format(Number(expiration / 1_000_000n));
}

/** Date on which an option of OPRA expires: its definitions give the day's midnight in UTC. */
export function opraExpiryDate(expiration: bigint): string | null {
  if (expiration === UNDEF_TIMESTAMP) return null;
  return new Date(Number(expiration / 1_000_000n)).toISOString().slice(0, 10);
}
