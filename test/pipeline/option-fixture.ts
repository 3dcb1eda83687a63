/** Options by hand for the tests of silver: instruments, and published batches as objects. */
import type { WindowSpan } from '../../src/book/index.ts';
import type { ProductType } from '../../src/lake/index.ts';
import { type ContractField, loadContract, type TableBatch } from '../../src/lake/index.ts';
import type { OptionTerms } from '../../src/pipeline/bronze/option-terms.ts';

export type OptionType = Extract<ProductType, 'future_option_mbo' | 'equity_option_cmbp_1'>;

/** A row by column name: enums as texts, int64 as numbers without their bias, absent as null. */
export type Named = Record<string, number | string | boolean | null>;

export const SECOND = 1e9;
export const DOLLAR = 1e9;

/** An option: a call or a put, and its strike in whole currency. */
export interface Listed {
  right: 'C' | 'P';
  strike: number;
}

/** Terms of the instruments 0, 1, 2, ... */
export function termsOf(listed: readonly Listed[], underlying = 'QQQ'): Map<number, OptionTerms> {
  return new Map(
    listed.map(({ right, strike }, id) => [
      id,
      {
        symbol: `${underlying} ${right}${strike}`,
        underlying,
        right: right === 'C' ? 0 : 1,
        strike: BigInt(Math.round(strike * DOLLAR)),
        expiration: 0n,
      },
    ]),
  );
}

/** One span of seconds. */
export function seconds(from: number, to: number): WindowSpan[] {
  return [{ fromNs: from * SECOND, toNs: to * SECOND }];
}

function cellOf(field: ContractField, column: TableBatch['columns'][number], i: number) {
  if ('codes' in column || 'low' in column) throw new Error('options have none of these');
  const value = Number(column[i]);
  if (field.type === 'enum') return field.symbols[value]!;
  return field.type === 'bool' ? value === 1 : value;
}

/** Batches of a silver table of options as objects, by its contract. */
export function named(
  productType: OptionType,
  table: 'depth_and_flow_1s' | 'book_snapshot_1s',
  batches: Iterable<TableBatch>,
): Named[] {
  const { fields } = loadContract({ layer: 'silver', productType, table });
  const rows: Named[] = [];
  for (const batch of batches) {
    if (batch.columns.length !== fields.length) throw new Error('columns differ from the contract');
    for (let i = 0; i < batch.rows; i++) {
      const row = fields.map((field, k) => {
        const absent = batch.nulls?.[k]?.[i] === 1;
        if (absent && !field.nullable) throw new Error(`${field.name} is absent`);
        return [field.name, absent ? null : cellOf(field, batch.columns[k]!, i)];
      });
      rows.push(Object.fromEntries(row));
    }
  }
  return rows;
}
