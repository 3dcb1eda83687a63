/**
 * Gold of options: what order flow and queues of a day's chain say, calls and puts apart.
 *
 * reads   silver.{future_option_mbo,equity_option_cmbp_1}.book_snapshot_1s
 * writes  gold.{future_option_mbo,equity_option_cmbp_1}.microstructure_1s
 * grain   second x right, where the snapshots have an option of it
 * refuses nothing: what cannot be told is absent
 *
 * Order flow is sampled, not seen event by event: the change of each option's touch from one
 * second's end to the next.
 */
import { NS_PER_SECOND } from '../../core/index.ts';
import { queueFlow, queueImbalance, tradeImbalanceShare } from '../../features/index.ts';
import {
  type ColumnRequest,
  dateToUnixNs,
  type PartitionRef,
  type ProductType,
  type TableBatch,
  type TableReader,
  type TableRows,
} from '../../lake/index.ts';
import type { Counters, Stage, StageIo, StageReport, StageTask } from '../stage.ts';
import { OptionRows } from './microstructure-option-rows.ts';

type OptionType = Extract<ProductType, 'future_option_mbo' | 'equity_option_cmbp_1'>;

function quoteRequest(originNs: bigint): ColumnRequest[] {
  const names = ['instrument_id', 'right', 'bid_price_int', 'bid_qty', 'ask_price_int', 'ask_qty'];
  const others = ['book_valid', 'crossed', 'buy_volume', 'sell_volume'];
  const end = { name: 'window_end_ts_ns', origin: originNs };
  return [end, ...[...names, ...others].map((name) => ({ name }))];
}

/**
 * The touch of each option at the end of the last second that it had a row in: an entry an option.
 * Keys are larger the better the price, -Infinity where there is none.
 */
interface Touches {
  ends: number[];
  /** 1: its book was whole. */
  valid: number[];
  bidKeys: number[];
  bidLots: number[];
  askKeys: number[];
  askLots: number[];
}

/** Sums over the options of a right in a second. */
interface ChainSums {
  options: number;
  quoted: number;
  compared: number;
  flow: number;
  bids: number;
  asks: number;
  bought: number;
  sold: number;
}

function noSums(): ChainSums {
  return { options: 0, quoted: 0, compared: 0, flow: 0, bids: 0, asks: 0, bought: 0, sold: 0 };
}

/** One pass over a day's snapshots. */
class ChainDay {
  private readonly reader: TableReader;
  private readonly out: OptionRows;
  /** Places in `touches`, by instrument id. */
  private readonly places = new Map<number, number>();
  private readonly touches: Touches = {
    ends: [],
    valid: [],
    bidKeys: [],
    bidLots: [],
    askKeys: [],
    askLots: [],
  };
  private end = Number.NaN;
  /** Calls, puts. */
  private sums: [ChainSums, ChainSums] = [noSums(), noSums()];

  constructor(reader: TableReader, originNs: bigint) {
    this.reader = reader;
    this.out = new OptionRows(originNs);
  }

  /** Reads the snapshots and gives the rows, at the end, in one batch. */
  *batches(io: StageIo): Generator<TableBatch> {
    const { reader, out } = this;
    let rows = 0;
    for (let batch = reader.next(); batch !== null; batch = reader.next()) {
      for (let i = 0; i < batch.rows; i++) this.takeRow(batch, i);
      rows += batch.rows;
      io.progress(rows / reader.totalRows);
    }
    this.closeSecond();
    yield out.batch();
  }

  /** What could not be told. */
  counters(): Counters {
    const { rows, withoutFlow, withoutQuote } = this.out;
    return { rows, rows_without_flow: withoutFlow, rows_without_quote: withoutQuote };
  }

  private takeRow({ columns, nulls }: TableRows, i: number): void {
    const [ends, ids, rights, bids, bidLots, asks, askLots, valid, crossed, bought, sold] = columns;
    const end = ends![i]!;
    if (end !== this.end) this.closeSecond();
    this.end = end;
    const sums = this.sums[rights![i]!]!;
    sums.options++;
    sums.bought += bought![i]!;
    sums.sold += sold![i]!;
    const bidKey = nulls[3]?.[i] === 1 ? Number.NEGATIVE_INFINITY : bids![i]!;
    const askKey = nulls[5]?.[i] === 1 ? Number.NEGATIVE_INFINITY : -asks![i]!;
    const whole = valid![i]!;
    const place = this.placeOf(ids![i]!);
    addChange(sums, this.touches, place, end, whole, bidKey, bidLots![i]!, askKey, askLots![i]!);
    if (whole === 0 || crossed![i] === 1 || bidLots![i] === 0 || askLots![i] === 0) return;
    sums.quoted++;
    sums.bids += bidLots![i]!;
    sums.asks += askLots![i]!;
  }

  private placeOf(id: number): number {
    const known = this.places.get(id);
    if (known !== undefined) return known;
    const place = this.places.size;
    this.places.set(id, place);
    this.touches.ends[place] = Number.NaN;
    return place;
  }

  private closeSecond(): void {
    const { out, end } = this;
    this.sums.forEach((sums, right) => {
      if (sums.options === 0) return;
      const { quoted, compared, flow, bids, asks, bought, sold } = sums;
      out.append({
        end,
        right,
        quoted,
        compared,
        flow: compared > 0 ? flow : Number.NaN,
        imbalance: queueImbalance(bids, asks),
        traded: bought - sold,
        tradeShare: tradeImbalanceShare(bought, sold),
      });
    });
    this.sums = [noSums(), noSums()];
  }
}

/** Adds what happened to an option's touch since a second ago, where that is known; keeps it. */
function addChange(
  sums: ChainSums,
  touches: Touches,
  place: number,
  end: number,
  valid: number,
  bidKey: number,
  bidLots: number,
  askKey: number,
  askLots: number,
): void {
  const { ends, bidKeys, askKeys } = touches;
  if (valid === 1 && ends[place] === end - NS_PER_SECOND && touches.valid[place] === 1) {
    sums.compared++;
    sums.flow += queueFlow(bidKeys[place]!, touches.bidLots[place]!, bidKey, bidLots);
    sums.flow -= queueFlow(askKeys[place]!, touches.askLots[place]!, askKey, askLots);
  }
  ends[place] = end;
  touches.valid[place] = valid;
  bidKeys[place] = bidKey;
  touches.bidLots[place] = bidLots;
  askKeys[place] = askKey;
  touches.askLots[place] = askLots;
}

function refOf(task: StageTask, layer: 'silver' | 'gold', table: string): PartitionRef {
  const { productType, symbol, dt } = task;
  return { layer, productType, table, symbol, dt };
}

async function run(task: StageTask, io: StageIo): Promise<StageReport> {
  const originNs = dateToUnixNs(task.dt);
  const snapshots = refOf(task, 'silver', 'book_snapshot_1s');
  const reader = await io.open(snapshots, quoteRequest(originNs));
  try {
    const day = new ChainDay(reader, originNs);
    const gold = refOf(task, 'gold', 'microstructure_1s');
    const published = await io.publish(gold, day.batches(io), () => day.counters());
    return { published: [published], counters: day.counters(), rowsRead: reader.totalRows };
  } finally {
    reader.close();
  }
}

function optionStage(name: string, productType: OptionType): Stage {
  return {
    name,
    layer: 'gold',
    part: 'microstructure',
    productType,
    version: 1,
    outputs: [{ layer: 'gold', productType, table: 'microstructure_1s' }],
    inputs: (task) => [{ kind: 'partition', ref: refOf(task, 'silver', 'book_snapshot_1s') }],
    run,
  };
}

/** Options on futures. */
export const goldFutureOptionMicrostructure = optionStage(
  'gold_compute_option_microstructure_1s',
  'future_option_mbo',
);

/** Options on equities. */
export const goldEquityOptionMicrostructure = optionStage(
  'gold_compute_equity_option_microstructure_1s',
  'equity_option_cmbp_1',
);
