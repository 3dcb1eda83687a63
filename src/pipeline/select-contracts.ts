/**
 * The selection map of a root over dates, made from what the lake holds.
 */

import { existsSync } from 'node:fs';
import {
  findRawDays,
  isTradingDay,
  type Product,
  previousTradingDate,
  rawTableFolder,
} from '../lake/index.ts';
import type { ContractFacts } from './contract-facts.ts';
import { type SelectionRow, selectContract, selectItself } from './contract-selection.ts';

async function choose(
  facts: ContractFacts,
  dt: string,
  before: string | null,
): Promise<SelectionRow | null> {
  const previous = await facts.previous(dt);
  const own = await facts.volumes(dt);
  if (!previous && !own) return null;
  return selectContract(
    {
      root: facts.product.root,
      sessionDate: dt,
      previous,
      contracts: [...(previous?.volumes.keys() ?? []), ...(own?.keys() ?? [])],
      expiryOf: await facts.expiries(dt),
      openInterest: previous ? new Map() : await facts.openInterest(dt),
    },
    before,
  );
}

/**
 * The contract of one session date of a futures root.
 *
 * What a date gets depends on the lake alone, never on which other dates are asked for.
 * @returns null when the lake has no data of the date nor of a trading date shortly before, or no
 * contract that expires after it.
 */
export async function selectForDate(
  facts: ContractFacts,
  dt: string,
): Promise<SelectionRow | null> {
  const previous = await facts.previous(dt);
  const before = previous ? await choose(facts, previous.date, null) : null;
  return choose(facts, dt, before?.selectedSymbol ?? null);
}

/** Rows of a ticker: the trading dates of which the lake has records. */
export function selectTicker(lake: string, product: Product, dates: readonly string[]) {
  const folder = rawTableFolder(lake, 'equity_mbo', product.root);
  const days = existsSync(folder) ? findRawDays(lake, 'equity_mbo', product.root) : [];
  const present = new Set(days.map((day) => day.dt));
  return dates
    .filter((dt) => present.has(dt) && isTradingDay(product, dt))
    .map((dt) => selectItself(product.root, dt, previousTradingDate(product, dt)));
}
