/**
 * Live orders of one book: a pool of fixed-size records and an index from order id to record.
 *
 * A record is eight int32 in one cache line's half, so that whatever a message does to an order
 * touches one line. The index is open addressing with linear probing over pairs (hash, slot); a
 * removal shifts its cluster back, so there are no tombstones and a day of churn costs no more than
 * its first minute. Slot 0 means "none".
 */

/** Int32 fields of an order record, as offsets from `slot * ORDER_STRIDE`. */
export const ORDER_STRIDE = 8;
/** Low 32 bits of the order id. */
export const ORDER_ID_LO = 0;
/** High 32 bits of the order id. */
export const ORDER_ID_HI = 1;
/** Level slot in the ladder of the order's side. */
export const ORDER_LEVEL = 2;
/** `BID` or `ASK`. */
export const ORDER_SIDE = 3;
/** Remaining lots, unsigned. */
export const ORDER_QTY = 4;
/** Lots reported by fills and not yet taken out by a cancel or modify, unsigned. */
export const ORDER_PENDING = 5;
/** Next order at the level (later arrival), 0 at the tail; also links the free list. */
export const ORDER_NEXT = 6;
/** Previous order at the level, 0 at the head. */
export const ORDER_PREV = 7;

/**
 * Live orders that one book holds at most: 2^25, about 3 GB. Further adds are refused and counted.
 */
export const MAX_ORDERS = 33_554_432;

const INITIAL_ORDERS = 64;

function hashOf(lo: number, hi: number): number {
  let h = Math.imul(lo, 0x9e3779b1) ^ Math.imul(hi, 0x85ebca77);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 13);
}

/** The pool and its index; grows by doubling, never shrinks except by `clear`. */
export class OrderStore {
  /** Order records, see `ORDER_STRIDE`. */
  records = new Int32Array(INITIAL_ORDERS * ORDER_STRIDE);
  /** Clock at which an order took its price, ns of day: growing there keeps it. [slot] */
  since = new Float64Array(INITIAL_ORDERS);
  /** Live orders. */
  count = 0;
  private table = new Int32Array(INITIAL_ORDERS * 4);
  private mask = INITIAL_ORDERS * 2 - 1;
  private used = 1;
  private free = 0;
  private probeHash = 0;
  private probe = 0;

  /** Slot of the order, or 0. Remembers where an insertion of the same id would go. */
  find(lo: number, hi: number): number {
    const { table, mask, records } = this;
    const h = hashOf(lo, hi);
    const ilo = lo | 0;
    const ihi = hi | 0;
    let pos = h & mask;
    let slot = table[pos * 2 + 1];
    while (slot !== 0) {
      if (table[pos * 2] === h) {
        const at = slot * ORDER_STRIDE;
        if (records[at + ORDER_ID_LO] === ilo && records[at + ORDER_ID_HI] === ihi) break;
      }
      pos = (pos + 1) & mask;
      slot = table[pos * 2 + 1];
    }
    this.probeHash = h;
    this.probe = pos;
    return slot;
  }

  /**
   * Adds the id that the last `find` did not find; its other fields are stale. Returns 0 at
   * `MAX_ORDERS`.
   */
  insert(lo: number, hi: number): number {
    if (this.count >= MAX_ORDERS) return 0;
    if ((this.count + 1) * 2 > this.mask + 1) {
      this.growTable();
      this.find(lo, hi);
    }
    let slot = this.free;
    if (slot !== 0) this.free = this.records[slot * ORDER_STRIDE + ORDER_NEXT];
    else {
      if (this.used === this.since.length) this.growPool();
      slot = this.used++;
    }
    const at = slot * ORDER_STRIDE;
    this.records[at + ORDER_ID_LO] = lo;
    this.records[at + ORDER_ID_HI] = hi;
    this.table[this.probe * 2] = this.probeHash;
    this.table[this.probe * 2 + 1] = slot;
    this.count++;
    return slot;
  }

  /**
   * Takes the order that the last `find` found out of the index and frees its slot; it has left its
   * level.
   */
  removeFound(): void {
    const { table, mask } = this;
    let hole = this.probe;
    const slot = table[hole * 2 + 1];
    let pos = (hole + 1) & mask;
    let mover = table[pos * 2 + 1];
    while (mover !== 0) {
      const h = table[pos * 2];
      if (((pos - h) & mask) >= ((pos - hole) & mask)) {
        table[hole * 2] = h;
        table[hole * 2 + 1] = mover;
        hole = pos;
      }
      pos = (pos + 1) & mask;
      mover = table[pos * 2 + 1];
    }
    table[hole * 2 + 1] = 0;
    this.records[slot * ORDER_STRIDE + ORDER_NEXT] = this.free;
    this.free = slot;
    this.count--;
  }

  /**
   * Forgets every order; keeps the memory of an ordinary book and gives back that of a huge one.
   */
  clear(): void {
    const keep = 1 << 16;
    if (this.since.length > keep) {
      this.records = new Int32Array(keep * ORDER_STRIDE);
      this.since = new Float64Array(keep);
      this.table = new Int32Array(keep * 4);
      this.mask = keep * 2 - 1;
    } else this.table.fill(0);
    this.count = 0;
    this.used = 1;
    this.free = 0;
  }

  /** Bytes held by the arrays. */
  get byteLength(): number {
    return this.records.byteLength + this.since.byteLength + this.table.byteLength;
  }

  private growPool(): void {
    const capacity = Math.min(this.since.length * 2, MAX_ORDERS + 1);
    const records = new Int32Array(capacity * ORDER_STRIDE);
    records.set(this.records);
    this.records = records;
    const since = new Float64Array(capacity);
    since.set(this.since);
    this.since = since;
  }

  private growTable(): void {
    const old = this.table;
    const mask = (this.mask + 1) * 2 - 1;
    const table = new Int32Array((mask + 1) * 2);
    for (let i = 0; i < old.length; i += 2) {
      if (old[i + 1] === 0) continue;
      let pos = old[i] & mask;
      while (table[pos * 2 + 1] !== 0) pos = (pos + 1) & mask;
      table[pos * 2] = old[i];
      table[pos * 2 + 1] = old[i + 1];
    }
    this.table = table;
    this.mask = mask;
  }
}
