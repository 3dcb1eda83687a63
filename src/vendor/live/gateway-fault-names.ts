/**
 * What can be made to go wrong, by name: a registry, so that a command can list it.
 */

/** What the number behind a fault's name counts. */
export type FaultUnit = 'records' | 'seconds' | 'ms' | 'bytes' | 'none';

/** A fault: what happens, what its number counts, and the number where none is given. */
export interface FaultMeaning {
  does: string;
  unit: FaultUnit;
  usual: number;
}

const none = (does: string): FaultMeaning => ({ does, unit: 'none', usual: 0 });
const records = (does: string, usual = 100): FaultMeaning => ({ does, unit: 'records', usual });
const ms = (does: string, usual: number): FaultMeaning => ({ does, unit: 'ms', usual });

/** The faults of the live gateway. */
export const GATEWAY_FAULTS = {
  refuse: none('close the connection before the greeting'),
  'no-greeting': none('take the connection and say nothing'),
  'endless-greeting': none('send a greeting that has no end'),
  'split-lines': none('send every control line byte by byte'),
  'merged-greeting': none('send greeting and challenge in one segment'),
  'wrong-challenge': none('check the answer against another challenge: a right key is refused'),
  'auth-refused': none('refuse every key'),
  'unknown-key': none('know none of the keys'),
  'connection-limit': none('refuse the session: too many are open'),
  'connection-rate': records('close more than this many connections a second at once', 5),
  'auth-delayed': ms('answer the authentication this much later', 60_000),
  'auth-garbled': none('answer the authentication with a line that says nothing of success'),
  'trailing-bar': none('end the answer to the authentication with a bar'),
  'merged-stream': none('send header and first records in one segment'),
  'split-stream': { does: 'send this much of the stream byte by byte', unit: 'bytes', usual: 2000 },
  fin: records('end the connection'),
  'fin-mid-record': records('end the connection inside a record'),
  rst: records('reset the connection'),
  silence: records('send nothing more, no heartbeat either'),
  'error-1': records('error 1, authentication failed; then end'),
  'error-2': records('error 2, key deactivated; then end'),
  'error-3': records('error 3, connection limit; then end'),
  'error-5': records('error 5, invalid subscription; then end'),
  'error-6': records('error 6, internal; then end'),
  'error-7': records('leave out as many records as it comes after, say error 7, and go on'),
  'error-8': records('error 8, replay aged out; then end'),
  'unknown-rtype': records('put in a record of a type that nobody knows'),
  'length-zero': records('put in a record that states a length of 0'),
  oversize: records('put in a record of the greatest length there is'),
  'replay-duplicates': ms('begin every replay this much before what was asked for', 1000),
  'replay-short': ms('begin every replay this much after what was asked for', 1000),
  'replay-overlap': ms(
    'go on after every replay this much before its end, with records again',
    1000,
  ),
  'drop-records': records('end every connection after this many records'),
  'drop-seconds': { does: 'end every connection after this time', unit: 'seconds', usual: 20 },
  'no-codes': none('leave the codes of errors and messages unset: their text has to tell'),
} as const satisfies Record<string, FaultMeaning>;

/** A name of the registry. */
export type GatewayFaultName = keyof typeof GATEWAY_FAULTS;
