/**
 * Faults that come after so many records of a stream.
 */
import { RTYPE } from '../../dbn/index.ts';
import type { GatewayFaultName } from './gateway-fault-names.ts';
import type { ConnectionFaults } from './gateway-faults.ts';

const COUNTED: readonly GatewayFaultName[] = [
  'unknown-rtype',
  'length-zero',
  'oversize',
  'error-7',
  'error-1',
  'error-2',
  'error-3',
  'error-5',
  'error-6',
  'error-8',
  'silence',
  'fin',
  'drop-records',
  'fin-mid-record',
  'rst',
];

/** A type that no version knows. */
const UNKNOWN_RTYPE = 0x7f;
const UNKNOWN_BYTES = 32;
const LARGEST_WORDS = 255;
const HEADER_BYTES = 16;

/** The faults of a connection that wait for records, soonest first. */
export class StreamFaults {
  private readonly waiting: { name: GatewayFaultName; after: number }[];
  private sent = 0;

  constructor(faults: ConnectionFaults) {
    const counted = COUNTED.filter((name) => faults.has(name));
    this.waiting = counted.map((name) => ({ name, after: faults.get(name)! }));
    this.waiting.sort((a, b) => a.after - b.after);
  }

  /** Data records that may be sent before the next fault. */
  get room(): number {
    const next = this.waiting[0];
    return next ? Math.max(0, next.after - this.sent) : Number.POSITIVE_INFINITY;
  }

  /** Counts data records that were sent. */
  count(records: number): void {
    this.sent += records;
  }

  /** The fault whose time has come, once; null when there is none. */
  due(): { name: GatewayFaultName; after: number } | null {
    return this.room === 0 ? (this.waiting.shift() ?? null) : null;
  }
}

/** A record of a type that nobody knows. */
export function unknownRecord(): Uint8Array {
  return headed(UNKNOWN_BYTES / 4, UNKNOWN_RTYPE, UNKNOWN_BYTES);
}

/** A record as long as a length byte can say, its trailer included. */
export function largestRecord(trailerBytes: number): Uint8Array {
  const bytes = LARGEST_WORDS * 4 - trailerBytes;
  return headed(bytes / 4, UNKNOWN_RTYPE, bytes);
}

/** A header that states a length of 0. */
export function lengthlessRecord(): Uint8Array {
  return headed(0, RTYPE.MBO, HEADER_BYTES);
}

function headed(words: number, rtype: number, bytes: number): Uint8Array {
  const record = new Uint8Array(bytes);
  record[0] = words;
  record[1] = rtype;
  return record;
}
