import type { Side } from '../core/index.ts';
import { ACTION } from '../dbn/index.ts';
import { CODE, MAX_EVENT_RECORDS, MatchingEngine } from './matching-engine.ts';
import { NO_ORDER } from './order-queues.ts';

/** Records of an execution: trade, fill, cancel, and the order that comes back from a reserve. */
const RECORDS_PER_EXECUTION = 4;
/** Orders that one trade can hit. */
const MAX_EXECUTIONS = Math.floor((MAX_EVENT_RECORDS - 2) / RECORDS_PER_EXECUTION);
/** Order ids look like those of a day of XNAS.ITCH: they start low. */
const FIRST_ORDER_ID = 11_000;

/**
 * The book of one share by the rules of XNAS.ITCH: no order is ever modified (an order that shrinks
 * is cancelled in part, another change replaces it by a new one), each execution is an event of its
 * own (trade, fill, cancel of the executed size), trades name no aggressor.
 */
export class ItchEngine extends MatchingEngine {
  protected override nextId = FIRST_ORDER_ID;

  override modify(side: Side, slot: number, tick: number, qty: number): void {
    const { queues, law, writer } = this;
    const oldTick = queues.tick[slot]!;
    const oldQty = queues.qty[slot]!;
    const id = queues.id[slot]!;
    if (tick === oldTick && qty < oldQty) {
      this.watch(side, tick, oldQty - qty, law.removed);
      queues.resize(slot, qty);
      writer.write(ACTION.CANCEL, CODE[side], tick, oldQty - qty, id);
      return;
    }
    this.watch(side, oldTick, oldQty, law.removed);
    this.watch(side, tick, qty, law.added);
    writer.write(ACTION.CANCEL, CODE[side], oldTick, oldQty, id);
    queues.requeue(slot, tick, qty);
    queues.id[slot] = this.issueId();
    writer.write(ACTION.ADD, CODE[side], tick, qty, queues.id[slot]!);
  }

  override trade(side: Side, lots: number, hidden: number): number {
    const { queues } = this;
    const tick = this.best[side]!;
    const clears = lots >= queues.levelQty[tick]!;
    let taken = 0;
    for (let n = 0; n < MAX_EXECUTIONS && taken < lots && queues.head[tick] !== NO_ORDER; n++) {
      if (n > 0) this.nextEvent();
      taken += this.execute(side, tick, lots - taken, clears);
    }
    if (hidden > 0) {
      this.nextEvent();
      this.impliedTrade(tick, hidden);
    }
    return taken;
  }

  /** Fills the first order of a level, at most `lots` of it. */
  private execute(side: Side, tick: number, lots: number, clears: boolean): number {
    const { queues, writer, law } = this;
    const slot = queues.head[tick]!;
    const id = queues.id[slot]!;
    const shown = queues.qty[slot]!;
    const fill = Math.min(lots, shown);
    writer.write(ACTION.TRADE, CODE[1 - side]!, tick, fill, 0);
    writer.write(ACTION.FILL, CODE[side], tick, fill, id);
    writer.write(ACTION.CANCEL, CODE[side], tick, fill, id);
    this.noteTrade(tick, fill);
    this.watch(side, tick, fill, law.removed);
    if (fill < shown) {
      queues.resize(slot, shown - fill);
      return fill;
    }
    const reserve = clears ? 0 : queues.reserve[slot]!;
    queues.remove(slot);
    if (reserve > 0) this.showReserve(side, tick, Math.min(shown, reserve), reserve);
    return fill;
  }

  private showReserve(side: Side, tick: number, shown: number, reserve: number): void {
    this.nextEvent();
    this.add(side, tick, shown, reserve - shown);
  }

  private nextEvent(): void {
    this.writer.closeEvent();
    this.channel.nextPacket();
  }
}
