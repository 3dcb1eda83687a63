import type { TableBatch } from '../../lake/index.ts';

/** A row of `microstructure_1s` of options; NaN: absent. */
export interface OptionRow {
  /** End of the second, ns since the day's start. */
  end: number;
  /** 0 calls, 1 puts. */
  right: number;
  /** Options with a bid and an ask. */
  quoted: number;
  /** Options whose touch was known a second ago too. */
  compared: number;
  flow: number;
  imbalance: number;
  traded: number;
  tradeShare: number;
}

/** Rows being gathered for the table. */
export class OptionRows {
  private readonly originNs: bigint;
  private readonly list: OptionRow[] = [];

  /** @param originNs what the rows' times count from. */
  constructor(originNs: bigint) {
    this.originNs = originNs;
  }

  append(row: OptionRow): void {
    this.list.push(row);
  }

  /** Rows so far. */
  get rows(): number {
    return this.list.length;
  }

  /** Of them without an order-flow imbalance. */
  get withoutFlow(): number {
    return this.list.filter((row) => row.compared === 0).length;
  }

  /** Of them without an option that has both a bid and an ask. */
  get withoutQuote(): number {
    return this.list.filter((row) => row.quoted === 0).length;
  }

  /** All rows, columns in the order of the contract. */
  batch(): TableBatch {
    const { list, originNs } = this;
    const numbers = (of: (row: OptionRow) => number) => {
      const values = Float64Array.from(list, of);
      const nulls = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0));
      return { values: values.map((v) => (Number.isNaN(v) ? 0 : v)), nulls };
    };
    const whole = (of: (row: OptionRow) => number) => ({ values: Int32Array.from(list, of) });
    const columns = [
      { values: Float64Array.from(list, (row) => row.end), bias: originNs },
      { values: Uint8Array.from(list, (row) => row.right) },
      whole((row) => row.quoted),
      numbers((row) => row.imbalance),
      whole((row) => row.compared),
      numbers((row) => row.flow),
      numbers((row) => row.traded),
      numbers((row) => row.tradeShare),
    ];
    return {
      rows: list.length,
      columns: columns.map((c) => c.values),
      nulls: columns.map((c) => ('nulls' in c && c.nulls.includes(1) ? c.nulls : null)),
      bias: columns.map((c) => ('bias' in c ? c.bias : 0n)),
    };
  }
}
