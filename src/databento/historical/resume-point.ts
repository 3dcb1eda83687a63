/**
 * Where a stream of records can be taken up again: the index time of the last record, how many
 * records bear it, and a hash of those.
 *
 * The vendor takes no offset, only a time. What it sends again of that one instant is dropped, but
 * only when it is the same bytes in the same order: otherwise nothing is known to be exact.
 */
import { createHash, type Hash } from 'node:crypto';
import { DataError } from '../../core/index.ts';
import { layoutOf, type RecordRun, runBytes } from '../../dbn/index.ts';

/** Byte of `ts_event` in every record. */
const TS_EVENT_AT = 8;
/** Bytes of one instant that are held before they are only hashed. */
const HELD_BYTES = 64 * 1024;
const TWO_32 = 4294967296n;
const UNDEF_TIME = 0xffff_ffff_ffff_ffffn;

/** The instant that the last delivered records bear. */
export class ResumePoint {
  /** Records delivered. */
  records = 0;
  /** Delivered records that bear the last index time. */
  ties = 0;
  /** A record had an earlier index time than one before it: a time does not say what is missing. */
  unsorted = false;
  private high = 0;
  private low = 0;
  private readonly instant = new InstantHash();

  /** Index time of the last delivered record, Unix ns; null when there is none. */
  get lastNs(): bigint | null {
    if (this.records === 0) return null;
    const ns = BigInt(this.high) * TWO_32 + BigInt(this.low);
    return ns === UNDEF_TIME ? null : ns;
  }

  /** Notes that a run is delivered. */
  note(run: RecordRun): void {
    const { words, count } = run;
    const step = run.stride >> 2;
    let at = (run.start + indexTimeAt(run)) >> 2;
    let { high, low, ties } = this;
    for (let i = 0; i < count; i++, at += step) {
      const h = words[at + 1]! >>> 0;
      const l = words[at]! >>> 0;
      if (h === high && l === low) {
        ties++;
        continue;
      }
      if (h < high || (h === high && l < low)) this.unsorted = true;
      high = h;
      low = l;
      ties = 1;
    }
    // The instant began in this run, or it went on through all of it.
    if (ties <= count) this.instant.restart();
    this.instant.add(runBytes(run, count - Math.min(ties, count)));
    this.high = high;
    this.low = low;
    this.ties = ties;
    this.records += count;
  }

  /** A check that drops what is sent again of the last instant. */
  duplicates(): DuplicateCheck {
    return new DuplicateCheck(this.lastNs ?? 0n, this.ties, this.instant.digest());
  }
}

/** Sha256 of the records of one instant: of nearly every one, nobody asks for it. */
class InstantHash {
  private readonly held = new Uint8Array(HELD_BYTES);
  private heldBytes = 0;
  /** Of what did not fit any more. */
  private hash: Hash | null = null;

  restart(): void {
    this.heldBytes = 0;
    this.hash = null;
  }

  add(bytes: Uint8Array): void {
    if (this.heldBytes + bytes.length > HELD_BYTES) {
      this.hash ??= createHash('sha256');
      this.hash.update(this.held.subarray(0, this.heldBytes)).update(bytes);
      this.heldBytes = 0;
      return;
    }
    this.held.set(bytes, this.heldBytes);
    this.heldBytes += bytes.length;
  }

  digest(): string {
    const hash = this.hash?.copy() ?? createHash('sha256');
    return hash.update(this.held.subarray(0, this.heldBytes)).digest('hex');
  }
}

/** Drops the records that a resumed stream repeats, and proves that they are the same. */
export class DuplicateCheck {
  /** Records still to be dropped. */
  left: number;
  private readonly lastNs: bigint;
  private readonly expected: string;
  private readonly hash = createHash('sha256');

  constructor(lastNs: bigint, ties: number, expected: string) {
    this.lastNs = lastNs;
    this.left = ties;
    this.expected = expected;
  }

  /**
   * Takes the repeated records from the front of a run.
   * @returns how many were taken.
   * @throws DataError VENDOR_PROTOCOL when they are not those that were delivered.
   */
  take(run: RecordRun): number {
    const taken = Math.min(this.left, run.count);
    if (taken === 0) return 0;
    this.hash.update(runBytes(run, 0, taken));
    this.left -= taken;
    if (this.left > 0) return taken;
    if (this.hash.digest('hex') === this.expected) return taken;
    throw this.notTheSame('other records of that instant');
  }

  /** The stream ended. @throws DataError VENDOR_PROTOCOL when it should have repeated more. */
  end(): void {
    if (this.left > 0) throw this.notTheSame(`${this.left} records fewer`);
  }

  private notTheSame(found: string): DataError {
    const what = 'timeseries.get_range: the resumed stream does not begin where the first was cut';
    return new DataError('VENDOR_PROTOCOL', what, {
      found,
      expected: `again the records that were delivered with index time ${this.lastNs}`,
    });
  }
}

/** Byte of a record at which its index time lies: `ts_recv` where the layout has it. */
function indexTimeAt(run: RecordRun): number {
  const layout = layoutOf(run.rtype, run.version);
  return layout?.fields.find(({ name }) => name === 'ts_recv')?.at ?? TS_EVENT_AT;
}
