import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bronzeEquityOptionCmbp1, bronzeFutureMbo } from '../../src/pipeline/index.ts';
import {
  ES_DAY,
  ES_IDS,
  mbo,
  ORIGIN_NS,
  optionDefinition,
  taskOf,
  temporaryLake,
  writeDefinitions,
  writeRaw,
} from './bronze-fixture.ts';
import { MemoryIo } from './bronze-io.ts';

const PAGE = readFileSync(new URL('../../docs/bronze.md', import.meta.url), 'utf8');

describe('docs/bronze.md', () => {
  it('names every counter of an ingest, and no other', async () => {
    const lake = temporaryLake();
    await writeRaw(lake, ES_DAY, { schema: 'mbo', records: [mbo(1, 1)], symbols: ES_IDS });
    const quotes = {
      productType: 'equity_option_cmbp_1',
      symbol: 'QQQ',
      name: '20260105.dbn',
    } as const;
    await writeRaw(lake, quotes, { schema: 'cmbp-1', records: [] });
    const terms = { underlying: 'QQQ', expiration: ORIGIN_NS };
    const definition = optionDefinition(1, 'QQQ   260105C06000000', terms);
    await writeDefinitions(lake, 'opra', [definition]);
    const io = new MemoryIo();
    await bronzeFutureMbo.run(taskOf(lake, 'future_mbo', 'ES'), io);
    const task = taskOf(lake, 'equity_option_cmbp_1', 'QQQ');
    const { counters: ofQuotes } = await bronzeEquityOptionCmbp1.run(task, io);
    const ofOrders = io.of('ESH6').counters;
    const counters = new Set([...Object.keys(ofOrders), ...Object.keys(ofQuotes)]);
    const table = PAGE.slice(PAGE.indexOf('| counter |'));
    const named = [...table.matchAll(/^\| `(\w+)` \|/gm)].map((m) => m[1]!);
    expect(named.sort()).toEqual([...counters].sort());
  });
});
