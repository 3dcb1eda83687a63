/**
 * The transform of silver from records of options: batches in, rows of `depth_and_flow_1s` out
 * while it goes, `book_snapshot_1s` when it is done. Orders of options on futures and consolidated
 * quotes of options on equities differ by the book that takes them.
 *
 * Everything is as of a window's END, the underlying's spot included. A second without a message
 * keeps its standing depth.
 */
import { type StrikeSeconds, WindowClock, type WindowSpan } from '../../book/index.ts';
import { assert, type NsOfDay, type PriceNano } from '../../core/index.ts';
import type { TableBatch } from '../../lake/index.ts';
import type { OptionTerms } from '../bronze/option-terms.ts';
import type { Counters } from '../stage.ts';
import { OptionDepthRows } from './option-depth-rows.ts';
import { OptionLattice } from './option-lattice.ts';
import { OptionSnapshotRows } from './option-snapshot-rows.ts';

/** Depth rows in a batch, about: those of whole windows. */
const DEPTH_BATCH_ROWS = 16_384;

/** A book of many instruments by dense slot. */
export interface StrikeEngine<C> {
  readonly seconds: StrikeSeconds;
  extend(slots: number): void;
  applyUntil(columns: C, slots: Int32Array, from: number, to: number, stopNs: NsOfDay): number;
  closeSecond(endNs: NsOfDay): void;
  nextSecond(): void;
  finish(): void;
}

/** What the windows are made with. */
export interface OptionWindowsOptions {
  /** Tick of the underlying, 1e-9 currency. */
  tickSize: PriceNano;
  /** Strikes further from spot than this many ticks are left out and counted. */
  radiusTicks: number;
  /** Spot reference of the underlying by the window's end, ns since the origin; NaN: unknown. */
  spotAt: (endNs: NsOfDay) => PriceNano;
  /** The seconds that are windows. */
  spans: readonly WindowSpan[];
  /** 00:00 UTC of the session date; spans and the batches' times count from it. */
  originNs: bigint;
  /** What every instrument is, by its id, before a batch with it is given. */
  terms: ReadonlyMap<number, OptionTerms>;
}

/** One pass over the records of a day; see the file comment. */
export class OptionWindows<C extends { length: number; instrumentId: Uint32Array }> {
  /** Records taken. */
  records = 0;
  private readonly engine: StrikeEngine<C>;
  private readonly options: OptionWindowsOptions;
  private readonly clock: WindowClock;
  private readonly lattice: OptionLattice;
  private readonly rows: OptionDepthRows;
  private readonly kept: OptionSnapshotRows;
  private slots = new Int32Array(0);
  private withoutSpot = 0;
  private beyondWindow = 0;
  private crossed = 0;
  private broken = 0;
  /** 1 for slots that lay within the window at the end of some second. */
  private inReach = new Uint8Array(0);

  constructor(engine: StrikeEngine<C>, options: OptionWindowsOptions) {
    const { originNs } = options;
    this.engine = engine;
    this.options = options;
    this.clock = new WindowClock(options.spans);
    this.lattice = new OptionLattice(options.tickSize);
    this.rows = new OptionDepthRows(originNs, DEPTH_BATCH_ROWS);
    this.kept = new OptionSnapshotRows(originNs, this.lattice);
  }

  /** Takes the records and gives the rows of depth and flow; stops after the last window. */
  *depth(batches: Iterable<C>): Generator<TableBatch> {
    const { engine, clock } = this;
    for (const batch of batches) {
      const { length } = batch;
      this.records += length;
      this.enter(batch);
      for (let i = 0; i < length && !this.done; ) {
        i = engine.applyUntil(batch, this.slots, i, length, clock.next);
        if (i === length) break;
        yield* this.makeRoom();
        this.pass();
      }
      if (this.done) break;
    }
    engine.finish();
    while (!this.done) {
      yield* this.makeRoom();
      this.pass();
    }
    if (this.rows.rows > 0) yield this.rows.take();
  }

  /** The snapshots, once `depth` is exhausted. */
  snapshots(): Generator<TableBatch> {
    return this.kept.batches();
  }

  /** What was left out and what was odd so far. */
  counters(): Counters {
    const { seen } = this.engine.seconds;
    const { count, offGrid } = this.lattice;
    const tally = { instruments: 0, off_grid_strikes: 0, instruments_beyond_window: 0 };
    for (let slot = 0; slot < count; slot++) {
      if (seen[slot] === 0) continue;
      tally.instruments++;
      if (offGrid[slot] === 1) tally.off_grid_strikes++;
      else if (this.inReach[slot] !== 1) tally.instruments_beyond_window++;
    }
    return {
      ...tally,
      instrument_seconds_beyond_window: this.beyondWindow,
      windows_without_spot: this.withoutSpot,
      instrument_seconds_crossed: this.crossed,
      instrument_seconds_cleared: this.broken,
    };
  }

  private get done(): boolean {
    return this.clock.next === Number.POSITIVE_INFINITY;
  }

  private enter(batch: C): void {
    if (this.slots.length < batch.length) this.slots = new Int32Array(batch.length);
    this.lattice.slotsOf(batch.instrumentId, batch.length, this.options.terms, this.slots);
    const { count } = this.lattice;
    this.engine.extend(count);
    if (count <= this.inReach.length) return;
    const inReach = new Uint8Array(count * 2);
    inReach.set(this.inReach);
    this.inReach = inReach;
  }

  /** Gives the rows out when another window may not fit. */
  private *makeRoom(): Generator<TableBatch> {
    const { count } = this.lattice;
    if (!this.rows.fits(count) && this.rows.rows > 0) yield this.rows.take();
    this.rows.reserve(count);
  }

  /** Passes the boundary that the records have reached, writing the window that it ends. */
  private pass(): void {
    const { engine, clock } = this;
    const endNs = clock.next;
    engine.closeSecond(endNs);
    if (clock.inWindow) {
      const spot = this.options.spotAt(endNs);
      if (Number.isNaN(spot)) this.withoutSpot++;
      else this.writeWindow(endNs, spot);
    }
    engine.nextSecond();
    clock.pass();
  }

  private writeWindow(endNs: NsOfDay, spot: PriceNano): void {
    const { lattice, kept } = this;
    const { tickSize, radiusTicks } = this.options;
    const { seconds } = this.engine;
    assert(spot % tickSize === 0, 'the spot reference is a whole number of ticks');
    this.rows.write(lattice, seconds, { endNs, spot, tickSize, radiusTicks });
    kept.begin(endNs, spot);
    for (const slot of lattice.byId) {
      if (seconds.seen[slot] === 0 || lattice.offGrid[slot] === 1) continue;
      if (Math.abs(lattice.strike[slot]! - spot) > radiusTicks * tickSize) {
        this.beyondWindow++;
        continue;
      }
      this.inReach[slot] = 1;
      if (seconds.crossed(slot)) this.crossed++;
      if (seconds.broken[slot] === 1) this.broken++;
      kept.write(slot, seconds);
    }
  }
}
