/**
 * Rows of many instruments, sorted by instrument and otherwise in their order: books that do not
 * know of each other may be fed one after the other, each with a long run.
 */
import { MboColumns } from '../dbn/index.ts';

/** Sorts rows by slot into columns of its own; those that no book reads are left out. */
export class SlotRuns {
  /** The rows, by slot. */
  columns: MboColumns = new MboColumns(0);
  /** End of a slot's rows; they begin where those of the slot before end. [slot] */
  ends = new Int32Array(0);

  /** Takes rows `[from, to)`, whose slots are below `count`. */
  sort(c: MboColumns, slots: Int32Array, from: number, to: number, count: number): void {
    if (this.columns.capacity < to - from) this.columns = new MboColumns(to - from, c.originNs);
    if (this.ends.length < count) this.ends = new Int32Array(count * 2);
    const { columns: out, ends } = this;
    ends.fill(0, 0, count);
    for (let i = from; i < to; i++) ends[slots[i]!]!++;
    let start = 0;
    for (let slot = 0; slot < count; slot++) {
      const rows = ends[slot]!;
      ends[slot] = start;
      start += rows;
    }
    const { tsRecv, tsEvent, price, orderIdLo, orderIdHi, size, flags, action, side } = c;
    for (let i = from; i < to; i++) {
      const j = ends[slots[i]!]!++;
      out.tsRecv[j] = tsRecv[i]!;
      out.tsEvent[j] = tsEvent[i]!;
      out.price[j] = price[i]!;
      out.orderIdLo[j] = orderIdLo[i]!;
      out.orderIdHi[j] = orderIdHi[i]!;
      out.size[j] = size[i]!;
      out.flags[j] = flags[i]!;
      out.action[j] = action[i]!;
      out.side[j] = side[i]!;
    }
    out.length = to - from;
  }
}
