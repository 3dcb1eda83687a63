/**
 * The transform of `microstructure_1s` of a book: its records once more, event by event, between
 * the seconds that silver has. A row holds nothing that a record at or after its window's end told:
 * an event that closes later belongs to a later window, whenever it began.
 *
 * What is learnt (micro-price, weights of the integrated flow) is learnt as the day goes, of events
 * and windows that are over, and made anew at every full minute.
 */
import { type EventTaker, EventWalk, WindowClock } from '../../book/index.ts';
import { assert, NS_PER_SECOND, type NsOfDay } from '../../core/index.ts';
import { FLAG, MboColumns } from '../../dbn/index.ts';
import * as features from '../../features/index.ts';
import type { Product, TableBatch } from '../../lake/index.ts';
import { VacuumPressureEngine } from '../../vacuum-pressure/index.ts';
import { FrameBuffer } from '../../wire/index.ts';
import { FirstInstrument } from '../first-instrument.ts';
import type { Counters } from '../stage.ts';
import { EventFlow } from './microstructure-flow.ts';
import {
  batchOfNumbers,
  MicrostructureRows,
  NARROW_COLUMNS,
  RANKS,
} from './microstructure-rows.ts';
import { spansOf, type TouchSeconds } from './microstructure-seconds.ts';

/** When what is learnt is made anew, and how much it wants to have seen. */
export type MicrostructureConstants = Readonly<typeof MICROSTRUCTURE_CONSTANTS>;

/** Model constants: a change of one makes other rows. */
export const MICROSTRUCTURE_CONSTANTS = {
  /** Seconds between two refits of what is learnt. */
  refit_seconds: 60,
  /** Transitions of the touch that the micro-price wants to have seen. */
  micro_price_transitions: 1000,
  /** Of them with a move of the mid. */
  micro_price_moves: 50,
  /** And out of a state, its mirror image included, for its price to be told. */
  micro_price_visits: 50,
  /** Windows that the weights of the integrated flow want to have seen. */
  integrated_windows: 300,
};

/** The net edge is read once a second. */
const ENGINE_THROTTLE_MS = 1000;

/** One pass over the records of a day; see the file comment. */
export class MicrostructureDay {
  /** Records taken. */
  records = 0;
  private readonly refitNs: number;
  private readonly seconds: TouchSeconds;
  private readonly originNs: bigint;
  private readonly rows: MicrostructureRows;
  private readonly clock: WindowClock;
  private readonly walk: EventWalk;
  private readonly instrument = new FirstInstrument();
  private readonly engine: VacuumPressureEngine;
  private readonly frame = new FrameBuffer();
  /** A record at a window's end that is never applied: before it comes the frame that is due. */
  private readonly probe: MboColumns;
  private readonly microPrice: features.MicroPrice;
  private readonly integrated: features.IntegratedFlow;
  private readonly flow: EventFlow;
  private readonly normalised = new Float64Array(RANKS);
  private row = 0;

  /** @param originNs 00:00 UTC of the session date; seconds and records count from it. */
  constructor(
    product: Product,
    originNs: bigint,
    seconds: TouchSeconds,
    constants: MicrostructureConstants = MICROSTRUCTURE_CONSTANTS,
  ) {
    const { tickSizeInt: tickSize, bucketTicks } = product;
    this.refitNs = constants.refit_seconds * NS_PER_SECOND;
    this.seconds = seconds;
    this.originNs = originNs;
    this.rows = new MicrostructureRows(seconds.count);
    this.clock = new WindowClock(spansOf(seconds.ends.subarray(0, seconds.count)));
    this.walk = new EventWalk(this.taker(), originNs);
    const throttleMs = ENGINE_THROTTLE_MS;
    this.engine = new VacuumPressureEngine({ tickSize, originNs, bucketTicks, throttleMs });
    this.probe = new MboColumns(1, originNs);
    this.microPrice = new features.MicroPrice({
      transitions: constants.micro_price_transitions,
      moves: constants.micro_price_moves,
      visits: constants.micro_price_visits,
    });
    this.integrated = new features.IntegratedFlow(RANKS, constants.integrated_windows);
    this.flow = new EventFlow(this.engine.book, this.microPrice);
    this.engine.seekGrid(this.clock.next);
  }

  /** Takes the records and gives the rows, at the end, in one batch. */
  *batches(records: Iterable<MboColumns>): Generator<TableBatch> {
    const { walk, clock } = this;
    for (const batch of records) {
      this.records += batch.length;
      this.instrument.keep(batch);
      walk.advance(batch, 0, batch.length);
      if (clock.next === Number.POSITIVE_INFINITY) break;
    }
    walk.finish();
    assert(this.row === this.seconds.count, 'a row for every second');
    yield batchOfNumbers(this.rows.columns, this.originNs, NARROW_COLUMNS);
  }

  /** What was odd, and what could not be told. */
  counters(): Counters {
    const { rows, seconds } = this;
    const absent = (column: Float64Array) =>
      column.reduce((n, v) => n + (Number.isNaN(v) ? 1 : 0), 0);
    return {
      other_instrument_records: this.instrument.otherRecords,
      seconds: seconds.count,
      seconds_without_flow: absent(rows.flow[0]!),
      seconds_without_micro_price: absent(rows.microPriceEdge),
      seconds_without_integrated_flow: absent(rows.integratedFlow),
      seconds_without_net_edge: absent(rows.netEdge),
      touch_transitions: this.microPrice.transitions,
    };
  }

  private taker(): EventTaker {
    const { clock } = this;
    return {
      get nextNs() {
        return clock.next;
      },
      take: (columns, from, to) => this.take(columns, from, to),
      passTo: (now) => this.passTo(now),
    };
  }

  /** Applies whole events, one at a time, and looks at the book where the venue says so. */
  private take(columns: MboColumns, from: number, to: number): void {
    const { engine, flow } = this;
    const { flags } = columns;
    for (let i = from; i < to; ) {
      let last = i;
      while (last < to - 1 && (flags[last]! & FLAG.LAST) === 0) last++;
      const next = engine.advance(columns, i, last + 1);
      assert(next === last + 1, 'no frame is due within a window');
      if ((flags[last]! & FLAG.LAST) !== 0) flow.observe();
      i = next;
    }
    // Open after its last row: an event that is closed by force. Nobody says the book is whole.
    engine.book.finish();
  }

  private passTo(now: NsOfDay): boolean {
    const { clock, flow, engine } = this;
    while (clock.next <= now) {
      const endNs = clock.next;
      if (clock.inWindow) this.writeRow(endNs);
      if (!clock.inWindow || endNs % this.refitNs === 0) this.refit();
      clock.pass();
      flow.begin();
      engine.seekGrid(clock.next);
    }
    return true;
  }

  private refit(): void {
    this.microPrice.refit();
    this.integrated.refit();
  }

  private writeRow(endNs: NsOfDay): void {
    const { rows, seconds, row: i } = this;
    assert(seconds.ends[i] === endNs, 'windows are the seconds of silver');
    rows.ends[i] = endNs;
    this.writeTouch(i);
    this.writeFlow(i);
    const bought = seconds.bought[i]!;
    const sold = seconds.sold[i]!;
    rows.tradeImbalance[i] = bought - sold;
    rows.tradeShare[i] = features.tradeImbalanceShare(bought, sold);
    this.writeEdge(i, endNs);
    this.row++;
  }

  /** What silver's row says of the touch. */
  private writeTouch(i: number): void {
    const { rows, seconds, microPrice } = this;
    if (seconds.valid[i] === 0) return;
    const spread = seconds.askTick[i]! - seconds.bidTick[i]!;
    rows.spread[i] = spread;
    if (!(spread > 0)) return;
    const bids = seconds.bidLots[i]!;
    const asks = seconds.askLots[i]!;
    rows.queueImbalance[i] = features.queueImbalance(bids, asks);
    rows.weightedMidEdge[i] = features.weightedMidEdge(bids, asks, spread);
    rows.microPriceEdge[i] = microPrice.edge(bids, asks, spread);
  }

  private writeFlow(i: number): void {
    const { rows, flow, normalised, integrated } = this;
    if (!flow.known) return;
    for (let m = 0; m < RANKS; m++) rows.flow[m]![i] = flow.sums[m]!;
    features.depthNormalisedFlow(flow.sums, flow.meanDepth, normalised);
    let sum = 0;
    for (let m = 0; m < RANKS; m++) sum += normalised[m]!;
    rows.normalisedFlow[i] = sum;
    rows.integratedFlow[i] = integrated.value(normalised);
    rows.touchDepthMean[i] = flow.meanTouchDepth;
    integrated.learn(normalised);
  }

  private writeEdge(i: number, endNs: NsOfDay): void {
    const { engine, frame, probe, rows } = this;
    if (engine.records === 0) return;
    probe.tsRecv[0] = endNs;
    engine.advance(probe, 0, 1);
    assert(engine.frameDue && engine.frameTs === endNs, 'a frame is due at the window’s end');
    engine.readFrame(frame);
    const edge = engine.edgeOf(frame);
    if (edge === null) return;
    rows.netEdgeRaw[i] = edge.up_raw;
    rows.netEdge[i] = edge.up;
  }
}
