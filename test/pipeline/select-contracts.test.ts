import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ACTION,
  DbnEncoder,
  type DbnRecord,
  INSTRUMENT_CLASS,
  makeMetadata,
  RTYPE,
  type Schema,
  SIDE,
} from '../../src/dbn/index.ts';
import {
  dateToUnixNs,
  type Product,
  rawDefinitionFolder,
  rawTableFolder,
} from '../../src/lake/index.ts';
import { ContractFacts } from '../../src/pipeline/contract-facts.ts';
import { selectForDate, selectTicker } from '../../src/pipeline/select-contracts.ts';
import { product } from './tiny-stages.ts';

const ES = product('ES');

function newLake(): string {
  return mkdtempSync(join(tmpdir(), 'spymaster-selection-'));
}

interface DayVolumes {
  [symbol: string]: number;
}

function encode(schema: Schema, dt: string, symbols: readonly string[], records: DbnRecord[]) {
  const day = Number(dt.replaceAll('-', ''));
  const pieces: Uint8Array[] = [];
  const metadata = makeMetadata({
    dataset: 'GLBX.MDP3',
    schema,
    start: dateToUnixNs(dt),
    stypeIn: 'parent',
    stypeOut: 'instrument_id',
    symbols: ['ES.FUT'],
    mappings: symbols.map((rawSymbol, i) => ({
      rawSymbol,
      intervals: [{ startDate: day, endDate: day + 1, symbol: String(i + 1) }],
    })),
  });
  const encoder = new DbnEncoder((piece) => pieces.push(piece.slice()), metadata);
  for (const record of records) encoder.writeRecord(record);
  encoder.end();
  return Buffer.concat(pieces);
}

function save(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

function record(dt: string, rtype: number, id: number, fields: Partial<DbnRecord>): DbnRecord {
  const ns = dateToUnixNs(dt) + 50_000_000_000_000n;
  const header = { rtype, publisher_id: 1, instrument_id: id, ts_event: ns };
  return { ...header, ts_recv: ns, ...fields } as DbnRecord;
}

/** A raw day in which each contract trades its volume in two prints, beside orders that do not. */
function writeDay(lake: string, dt: string, volumes: DayVolumes): void {
  const symbols = Object.keys(volumes);
  const print = (id: number, action: number, size: number) =>
    record(dt, RTYPE.MBO, id, {
      order_id: 1n,
      price: 6_000_000_000_000n,
      size,
      flags: 128,
      channel_id: 0,
      action: String.fromCharCode(action),
      side: String.fromCharCode(SIDE.ASK),
      ts_in_delta: 0,
      sequence: 1,
    });
  const records = symbols.flatMap((symbol, i) => {
    const volume = volumes[symbol] as number;
    return [
      print(i + 1, ACTION.ADD, 1000),
      ...(volume > 0
        ? [print(i + 1, ACTION.TRADE, volume - 1), print(i + 1, ACTION.TRADE, 1)]
        : []),
      print(i + 1, ACTION.FILL, 500),
    ];
  });
  const name = `glbx-mdp3-${dt.replaceAll('-', '')}.mbo.dbn`;
  save(join(rawTableFolder(lake, 'future_mbo', 'ES'), name), encode('mbo', dt, symbols, records));
}

function writeDefinitions(lake: string, dt: string, ends: Record<string, string>): void {
  const records = Object.entries(ends).map(([symbol, end], i) =>
    record(dt, RTYPE.DEFINITION, i + 1, {
      raw_symbol: symbol,
      instrument_class: symbol.includes('-')
        ? INSTRUMENT_CLASS.FUTURE_SPREAD
        : INSTRUMENT_CLASS.FUTURE,
      expiration: dateToUnixNs(end) + 48_600_000_000_000n,
    }),
  );
  const name = `glbx-mdp3-${dt.replaceAll('-', '')}.definition.dbn`;
  const bytes = encode('definition', dt, Object.keys(ends), records);
  save(join(rawDefinitionFolder(lake, 'glbx'), 'job-1', name), bytes);
}

const noBronze = () => Promise.resolve(null);

describe('selection from raw days', () => {
  it('sums trades alone, leaves spreads out, skips weekends and holidays, rolls', async () => {
    const lake = newLake();
    writeDay(lake, '2026-03-13', { ESH6: 90, ESM6: 20, 'ESH6-ESM6': 900 });
    writeDay(lake, '2026-03-16', { ESH6: 40, ESM6: 70, 'ESH6-ESM6': 900 });
    writeDay(lake, '2026-03-17', { ESH6: 10, ESM6: 80 });
    const facts = new ContractFacts(lake, ES, noBronze);
    const rows = [];
    for (const dt of ['2026-03-13', '2026-03-16', '2026-03-17', '2026-03-18']) {
      rows.push(await selectForDate(facts, dt));
    }
    expect(rows.map((r) => r?.selectedSymbol)).toEqual(['ESH6', 'ESH6', 'ESM6', 'ESM6']);
    expect(rows.map((r) => r?.prevTradingDate)).toEqual([
      null,
      '2026-03-13',
      '2026-03-16',
      '2026-03-17',
    ]);
    expect(rows.map((r) => r?.rollFlag)).toEqual([0, 0, 1, 0]);
    expect(rows[1]).toMatchObject({ prevVolumeSelected: 90, prevVolumeRank2: 20 });
    expect(rows[1]?.dominance).toBeCloseTo(90 / 110, 12);
    expect(rows[0]).toMatchObject({ chosenBy: 'nearest_expiry', expiryFrom: 'rule' });
  });

  it('takes expiries from definitions, of the date or the nearest that has some', async () => {
    const lake = newLake();
    writeDay(lake, '2026-03-12', { ESH6: 90, ESM6: 20 });
    writeDay(lake, '2026-03-13', { ESH6: 90, ESM6: 20 });
    // A definition beats the rule: this one ends a week early.
    writeDefinitions(lake, '2026-03-11', {
      ESH6: '2026-03-13',
      ESM6: '2026-06-18',
      'ESH6-ESM6': '2026-03-13',
    });
    const row = await selectForDate(new ContractFacts(lake, ES, noBronze), '2026-03-13');
    expect(row).toMatchObject({
      selectedSymbol: 'ESM6',
      selectedExpDate: '2026-06-18',
      expiryFrom: 'definition',
    });
  });

  it('gives bronze the word where it is complete', async () => {
    const lake = newLake();
    writeDay(lake, '2026-03-13', { ESH6: 90, ESM6: 20 });
    writeDay(lake, '2026-03-16', { ESH6: 1, ESM6: 1 });
    const bronze = (_p: Product, dt: string) =>
      Promise.resolve(dt === '2026-03-13' ? new Map([['ESM6', 7]]) : null);
    const row = await selectForDate(new ContractFacts(lake, ES, bronze), '2026-03-16');
    expect(row).toMatchObject({ selectedSymbol: 'ESM6', prevVolumeSelected: 7 });
  });

  it('depends on the lake alone, not on what was asked before, and remembers volumes', async () => {
    const lake = newLake();
    writeDay(lake, '2026-03-13', { ESH6: 90, ESM6: 20 });
    writeDay(lake, '2026-03-16', { ESH6: 40, ESM6: 70 });
    const alone = await selectForDate(new ContractFacts(lake, ES, noBronze), '2026-03-17');
    const shared = new ContractFacts(lake, ES, noBronze);
    for (const dt of ['2026-03-13', '2026-03-16']) await selectForDate(shared, dt);
    expect(await selectForDate(shared, '2026-03-17')).toEqual(alone);
    // A file that changes is read again.
    writeDay(lake, '2026-03-16', { ESH6: 40, ESM6: 7, ESU6: 3 });
    const after = await selectForDate(new ContractFacts(lake, ES, noBronze), '2026-03-17');
    expect(after?.selectedSymbol).toBe('ESH6');
  });

  it('is none where the lake has nothing', async () => {
    const facts = new ContractFacts(newLake(), ES, noBronze);
    expect(await selectForDate(facts, '2026-03-17')).toBeNull();
  });

  it('maps equities to themselves, on trading days with data', () => {
    const lake = newLake();
    const folder = rawTableFolder(lake, 'equity_mbo', 'QQQ');
    for (const day of ['20260116', '20260119', '20260120']) {
      save(join(folder, `xnas-itch-${day}.mbo.dbn`), new Uint8Array(1));
    }
    const rows = selectTicker(lake, product('QQQ'), [
      '2026-01-16',
      '2026-01-19',
      '2026-01-20',
      '2026-01-21',
    ]);
    expect(rows).toMatchObject([
      { sessionDate: '2026-01-16', selectedSymbol: 'QQQ', chosenBy: 'self', selectedExpDate: null },
      { sessionDate: '2026-01-20', prevTradingDate: '2026-01-16' },
    ]);
    expect(rows).toHaveLength(2);
  });
});
