import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  loadProducts,
  type PartitionRef,
  partitionFolder,
  productOf,
} from '../../src/lake/index.ts';
import type { SelectionRow } from '../../src/pipeline/contract-selection.ts';
import { chooseForecastDays, saveSelection, selectionPath } from '../../src/pipeline/index.ts';
import { temporaryLake } from './bronze-fixture.ts';
import { ES, publish, refsOf, rowsOf, someSecond } from './forecast-lake.ts';

const products = loadProducts();
const DATES = ['05', '06', '07', '08', '09', '12', '13', '14'].map((d) => `2026-01-${d}`);
const lake = temporaryLake();

function refs(symbol: string, dt: string) {
  const { snapshot, surface, micro } = refsOf({ ...ES, symbol });
  return { snapshot: { ...snapshot, dt }, surface: { ...surface, dt }, micro: { ...micro, dt } };
}

async function publishDay(symbol: string, dt: string): Promise<void> {
  const rows = rowsOf(ES, [someSecond(100, 1, 19_999, 20_001)]);
  const day = refs(symbol, dt);
  await publish(lake, day.snapshot, rows.snapshot);
  await publish(lake, day.surface, rows.surface);
  await publish(lake, day.micro, rows.micro);
}

function choose(more: { dates?: readonly string[]; count?: number; root?: string } = {}) {
  const { dates = null, count = 20, root = 'ES' } = more;
  const product = productOf(products, root);
  const productType = product.kind === 'future' ? 'future_mbo' : 'equity_mbo';
  return chooseForecastDays({ lake, products, product, productType, dates, count });
}

function remove(ref: PartitionRef): void {
  rmSync(partitionFolder(lake, ref), { recursive: true });
}

function selected(sessionDate: string, selectedSymbol: string): SelectionRow {
  return {
    sessionDate,
    selectedSymbol,
    selectedExpDate: '2026-06-19',
    prevTradingDate: null,
    prevVolumeSelected: 0,
    prevVolumeRank2: 0,
    rollFlag: 0,
    dominance: null,
    root: 'ES',
    chosenBy: 'volume',
    expiryFrom: 'rule',
  };
}

beforeAll(async () => {
  for (const dt of DATES) await publishDay('ESH6', dt);
}, 60_000);

describe('choosing the days of a fit', () => {
  it('takes the last days that have every table', async () => {
    const all = await choose();
    expect(all.sessions).toEqual(DATES.map((dt) => ({ dt, symbol: 'ESH6' })));
    expect(all.leftOut).toEqual([]);
    const last = await choose({ count: 6 });
    expect(last.sessions.map(({ dt }) => dt)).toEqual(DATES.slice(2));
    const asked = await choose({ dates: DATES.slice(0, 6) });
    expect(asked.sessions.map(({ dt }) => dt)).toEqual(DATES.slice(0, 6));
  });

  it('refuses fewer than six, naming what there is and what to run', async () => {
    await expect(choose({ dates: DATES.slice(0, 5) })).rejects.toMatchObject({
      code: 'PARTITION_MISSING',
      message: expect.stringMatching(/at least; found 5 days.*pipeline run .*--symbol ES/),
    });
    await expect(choose({ dates: DATES.slice(0, 1) })).rejects.toThrow('found 1 day,');
    await expect(choose({ root: 'QQQ' })).rejects.toThrow('found 0 days');
  });

  it('asks the selection map where a day has two contracts, and leaves the day out without', async () => {
    await publishDay('ESM6', DATES[7]!);
    const unclear = await choose();
    expect(unclear.sessions.map(({ dt }) => dt)).toEqual(DATES.slice(0, 7));
    expect(unclear.leftOut[0]).toMatchObject({ dt: DATES[7] });
    expect(unclear.leftOut[0]!.why).toMatch(/ESH6 and ESM6 .*contracts select --root ES/);
    await saveSelection(selectionPath(lake), [selected(DATES[7]!, 'ESM6')]);
    expect((await choose()).sessions.at(-1)).toEqual({ dt: DATES[7], symbol: 'ESM6' });
  });

  it('does not take another contract than the selected one', async () => {
    await saveSelection(selectionPath(lake), [selected(DATES[0]!, 'ESM6')]);
    const { sessions, leftOut } = await choose();
    expect(sessions.map(({ dt }) => dt)).toEqual(DATES.slice(1));
    expect(leftOut[0]!.why).toMatch(/^ESM6 has no complete gold.physics_surface_1s, /);
  });

  it('leaves out days that lack a table, are not whole, or bear no session', async () => {
    remove(refs('ESH6', DATES[1]!).micro);
    const folder = partitionFolder(lake, refs('ESH6', DATES[2]!).surface);
    rmSync(join(folder, '_SUCCESS'));
    await publishDay('ESH6', '2026-01-10');
    const chosen = choose();
    await expect(chosen).rejects.toThrow(/found 5 days/);
    const message = await chosen.catch((e: Error) => e.message);
    expect(message).toContain('2026-01-06: ESH6 has no complete gold.microstructure_1s');
    expect(message).toContain('2026-01-07: ESH6 has no complete gold.physics_surface_1s');
    expect(message).toContain('2026-01-10: no trading day');
  });
});
