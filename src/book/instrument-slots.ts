/**
 * Dense numbers for instrument ids, so that what belongs to an instrument is an array element. Open
 * addressing over two typed arrays; nothing is ever removed.
 */

const INITIAL_SLOTS = 64;

/** Ids to 0, 1, 2, ... in the order of their first coming. */
export class InstrumentSlots {
  /** Instruments known. */
  count = 0;
  /** Instrument of a slot. [slot] */
  ids = new Uint32Array(INITIAL_SLOTS);
  /** Slot plus one, by hash; 0 = free. */
  private table = new Uint32Array(INITIAL_SLOTS * 4);
  private mask = INITIAL_SLOTS * 4 - 1;

  /** The instrument's slot, or -1. */
  find(id: number): number {
    const { table, ids, mask } = this;
    let at = hashOf(id) & mask;
    for (let entry = table[at]!; entry !== 0; entry = table[at]!) {
      if (ids[entry - 1] === id) return entry - 1;
      at = (at + 1) & mask;
    }
    return -1;
  }

  /** The instrument's slot, given now when it has none. */
  obtain(id: number): number {
    const known = this.find(id);
    if (known >= 0) return known;
    if (this.count === this.ids.length) this.grow();
    const slot = this.count++;
    this.ids[slot] = id;
    this.enter(slot);
    return slot;
  }

  private enter(slot: number): void {
    let at = hashOf(this.ids[slot]!) & this.mask;
    while (this.table[at] !== 0) at = (at + 1) & this.mask;
    this.table[at] = slot + 1;
  }

  private grow(): void {
    const ids = new Uint32Array(this.ids.length * 2);
    ids.set(this.ids);
    this.ids = ids;
    this.table = new Uint32Array(ids.length * 4);
    this.mask = this.table.length - 1;
    for (let slot = 0; slot < this.count; slot++) this.enter(slot);
  }
}

function hashOf(id: number): number {
  const h = Math.imul(id, 0x9e3779b1);
  return h ^ (h >>> 15);
}
