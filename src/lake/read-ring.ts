/**
 * A bounded ring of row batches between two threads: one fills slots of columns, the other reads
 * them in place; either waits for the other.
 */

import type { ColumnArray } from './table-rows.ts';

/** Slots of the ring: one is read, one is ready, one is filled. */
export const READ_SLOTS = 3;
/** Rows of a slot, at most: DuckDB's vectors, sixteen together. */
export const SLOT_ROWS = 32_768;

/** Words of the control block. */
const WRITTEN = 0;
const READ = 1;
const STATE = 2;
const BEATS = 3;
const GONE = 4;
const ROWS = 5;
const CONTROL_WORDS = ROWS + READ_SLOTS;

/** How the writer stands. */
export const READ_STATE = { RUNNING: 0, ENDED: 1, FAILED: 2, CANCELLED: 3 } as const;

/** A wait ends at the latest after this, ms: a thread that died says nothing more. */
const WAIT_MS = 100;

/** A reader that is closed waits at most this long for the thread to let go of its file, ms. */
const LET_GO_MS = 10_000;

/** Kinds of array that a column is given as. */
export type ColumnKind =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'float32'
  | 'float64'
  | 'lanes';

/** One column of a slot. */
export interface SlotColumn {
  kind: ColumnKind;
  nullable: boolean;
}

/** The ring's memory; travels to the other thread. */
export interface ReadMemory {
  control: SharedArrayBuffer;
  slots: SharedArrayBuffer;
  columns: readonly SlotColumn[];
}

const ARRAYS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
  lanes: Uint32Array,
} as const;

type SlotArray = ColumnArray;

/** One column of a slot, in place. */
export interface SlotView {
  values: SlotArray;
  /** High lanes; null unless the kind is `lanes`. */
  high: Uint32Array | null;
  /** 1 where there is no value; null where the column always has one. */
  absent: Uint8Array | null;
}

function arrayOver(kind: ColumnKind, slots: SharedArrayBuffer, at: number): SlotArray {
  type Over = new (buffer: SharedArrayBuffer, at: number, length: number) => SlotArray;
  return new (ARRAYS[kind] as unknown as Over)(slots, at, SLOT_ROWS);
}

/** A column of `rows` rows in memory of its own. */
export function makeSlotView(column: SlotColumn, rows: number): SlotView {
  return {
    values: new ARRAYS[column.kind](rows),
    high: column.kind === 'lanes' ? new Uint32Array(rows) : null,
    absent: column.nullable ? new Uint8Array(rows) : null,
  };
}

function columnBytes(column: SlotColumn): number {
  const wide = column.kind === 'lanes' ? 2 : 1;
  return SLOT_ROWS * (ARRAYS[column.kind].BYTES_PER_ELEMENT * wide + (column.nullable ? 1 : 0));
}

/** Per slot and column: flags that say whether any value is absent. */
function flagsBytes(columns: number): number {
  return Math.ceil(columns / 8) * 8;
}

/** Makes an empty ring. */
export function makeReadMemory(columns: readonly SlotColumn[]): ReadMemory {
  const bytes = columns.reduce((sum, c) => sum + columnBytes(c), flagsBytes(columns.length));
  return {
    control: new SharedArrayBuffer(CONTROL_WORDS * 4),
    slots: new SharedArrayBuffer(bytes * READ_SLOTS),
    columns,
  };
}

/** A slot's columns over the shared memory. */
export class Slot {
  readonly views: readonly SlotView[];
  /** Per column: 1 when a value of this batch is absent. */
  readonly anyAbsent: Uint8Array;

  constructor(memory: ReadMemory, index: number) {
    const { columns, slots } = memory;
    const bytes = slots.byteLength / READ_SLOTS;
    let at = index * bytes;
    this.anyAbsent = new Uint8Array(slots, at, columns.length);
    at += flagsBytes(columns.length);
    // SLOT_ROWS being a multiple of 8 keeps every column aligned.
    this.views = columns.map((column) => {
      const values = arrayOver(column.kind, slots, at);
      at += values.byteLength;
      const high = column.kind === 'lanes' ? new Uint32Array(slots, at, SLOT_ROWS) : null;
      at += high?.byteLength ?? 0;
      const absent = column.nullable ? new Uint8Array(slots, at, SLOT_ROWS) : null;
      at += absent?.byteLength ?? 0;
      return { values, high, absent };
    });
  }
}

/** Both ends of the ring. */
export class ReadRing {
  readonly slots: readonly Slot[];
  private readonly control: Int32Array;

  constructor(memory: ReadMemory) {
    this.control = new Int32Array(memory.control);
    this.slots = Array.from({ length: READ_SLOTS }, (_, i) => new Slot(memory, i));
  }

  /** How the writer stands; `ENDED` and `FAILED` count once all batches are read. */
  get state(): number {
    return Atomics.load(this.control, STATE);
  }

  /** Signs of life that the writer gave. */
  get beats(): number {
    return Atomics.load(this.control, BEATS);
  }

  /** Writer: a sign of life. */
  beat(): void {
    Atomics.add(this.control, BEATS, 1);
  }

  /** Writer: says how it ended. */
  end(state: (typeof READ_STATE)['ENDED' | 'FAILED']): void {
    Atomics.compareExchange(this.control, STATE, READ_STATE.RUNNING, state);
    Atomics.notify(this.control, WRITTEN);
  }

  /** Writer: no query of it is in flight any more. */
  letGo(): void {
    Atomics.store(this.control, GONE, 1);
    Atomics.notify(this.control, GONE);
  }

  /** Writer: the slot to fill, once there is room; null when the reader has gone. */
  slotToFill(): Slot | null {
    const { control } = this;
    for (;;) {
      if (this.state === READ_STATE.CANCELLED) return null;
      const read = Atomics.load(control, READ);
      if (control[WRITTEN]! - read < READ_SLOTS) break;
      Atomics.wait(control, READ, read);
    }
    return this.slots[control[WRITTEN]! % READ_SLOTS]!;
  }

  /** Writer: hands over the slot. */
  hand(rows: number): void {
    const { control } = this;
    control[ROWS + (control[WRITTEN]! % READ_SLOTS)] = rows;
    Atomics.add(control, WRITTEN, 1);
    Atomics.notify(control, WRITTEN);
  }

  /** Reader: the next batch in place, until `giveBack`; null when there is none now. */
  take(): { slot: Slot; rows: number } | null {
    const { control } = this;
    const read = control[READ]!;
    if (Atomics.load(control, WRITTEN) === read) return null;
    const index = read % READ_SLOTS;
    return { slot: this.slots[index]!, rows: control[ROWS + index]! };
  }

  /** Reader: lets the writer have the slot again. */
  giveBack(): void {
    Atomics.add(this.control, READ, 1);
    Atomics.notify(this.control, READ);
  }

  /** Reader: waits a while for a batch or the end, holding the thread; false when none came. */
  wait(): boolean {
    const { control } = this;
    if (this.state !== READ_STATE.RUNNING) return true;
    return Atomics.wait(control, WRITTEN, control[READ]!, WAIT_MS) !== 'timed-out';
  }

  /** Reader: tells the writer to stop and waits until it has let go. */
  cancel(): void {
    Atomics.store(this.control, STATE, READ_STATE.CANCELLED);
    Atomics.add(this.control, READ, READ_SLOTS);
    Atomics.notify(this.control, READ);
    Atomics.wait(this.control, GONE, 0, LET_GO_MS);
  }
}
