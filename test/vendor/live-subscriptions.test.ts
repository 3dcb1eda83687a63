import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DbnRecord, RTYPE } from '../../src/dbn/index.ts';
import { DataFolder } from '../../src/vendor/index.ts';
import { FRONT, liveFolder, MBO_COUNT, mboRecords, NEXT, START_NS, STEP_NS } from './live-data.ts';
import { gatewayFor, marketRecords, startedClient, wholeStream } from './live-raw-client.ts';

let folder: ReturnType<typeof liveFolder>;
let data: DataFolder;
beforeAll(async () => {
  folder = liveFolder();
  data = await DataFolder.open(folder.path);
});
afterAll(() => folder.remove());

const MBO = 'schema=mbo|stype_in=raw_symbol|symbols=ESH6,ESM6|id=1|is_last=1';

const texts = (records: readonly DbnRecord[], rtype: number) =>
  records.filter((r) => r.rtype === rtype).map((r) => String(r['msg'] ?? r['err']));
const mappings = (records: readonly DbnRecord[]) =>
  records
    .filter((r) => r.rtype === RTYPE.SYMBOL_MAPPING)
    .map((r) => `${r['stype_in_symbol']} = ${r['stype_out_symbol']} (${r.instrument_id})`);
const ids = (records: readonly DbnRecord[]) => [
  ...new Set(marketRecords(records).map((r) => r.instrument_id)),
];

describe('subscriptions of the live gateway', () => {
  it('acknowledges, then names every instrument, then sends its records', async () => {
    const gateway = await gatewayFor({ data, atEnd: 'close' });
    const { records } = await wholeStream(gateway, [MBO]);
    expect(records.slice(0, 3)).toMatchObject([
      { rtype: RTYPE.SYSTEM, code: 1, msg: 'Subscription request 1 for mbo data succeeded' },
      { stype_in_symbol: 'ESH6', stype_out_symbol: 'ESH6', instrument_id: FRONT.id },
      { stype_in_symbol: 'ESM6', stype_out_symbol: 'ESM6', instrument_id: NEXT.id },
    ]);
    expect(marketRecords(records)).toHaveLength(MBO_COUNT);
    expect(gateway.connections[0]).toMatchObject({ records: MBO_COUNT, subscriptions: [MBO] });
  });

  it('takes the fields in any order', async () => {
    const gateway = await gatewayFor({ data, atEnd: 'close' });
    const { records } = await wholeStream(gateway, [
      'is_last=1|id=7|symbols=ESM6|snapshot=0|stype_in=raw_symbol|schema=mbo',
    ]);
    expect(texts(records, RTYPE.SYSTEM)).toEqual(['Subscription request 7 for mbo data succeeded']);
    expect(ids(records)).toEqual([NEXT.id]);
  });

  const symbols: [stype: string, symbols: string, named: string[], ids: number[]][] = [
    ['raw_symbol', 'ESM6', ['ESM6 = ESM6 (102)'], [102]],
    ['instrument_id', '101', ['101 = ESH6 (101)'], [101]],
    ['parent', 'ES.FUT', ['ES.FUT = ESH6 (101)', 'ES.FUT = ESM6 (102)'], [101, 102]],
    ['continuous', 'ES.c.1', ['ES.c.1 = ESM6 (102)'], [102]],
    ['raw_symbol', 'ALL_SYMBOLS', ['ESH6 = ESH6 (101)', 'ESM6 = ESM6 (102)'], [101, 102]],
  ];
  it.each(symbols)('resolves %s %s', async (stype, asked, named, expected) => {
    const gateway = await gatewayFor({ data, atEnd: 'close' });
    const line = `schema=mbo|stype_in=${stype}|symbols=${asked}|id=0`;
    const { records } = await wholeStream(gateway, [line]);
    expect(mappings(records)).toEqual(named);
    expect(ids(records).sort()).toEqual(expected);
    const all = mboRecords().filter((r) => expected.includes(r.instrument_id));
    expect(marketRecords(records).map((r) => r['sequence'])).toEqual(all.map((r) => r['sequence']));
  });

  it('says which symbols it does not know, and sends the others', async () => {
    const gateway = await gatewayFor({ data, atEnd: 'close' });
    const { records } = await wholeStream(gateway, [
      'schema=mbo|stype_in=raw_symbol|symbols=NOPE,ESM6,NADA|id=1|is_last=1',
    ]);
    expect(records.filter((r) => r.rtype === RTYPE.ERROR)).toMatchObject([
      { code: 4, err: 'Failed to resolve symbol NOPE', is_last: 0 },
      { code: 4, err: 'Failed to resolve symbol NADA', is_last: 1 },
    ]);
    expect(ids(records)).toEqual([NEXT.id]);
  });

  it('gathers a subscription of several lines and acknowledges it once', async () => {
    const gateway = await gatewayFor({ data, atEnd: 'close' });
    const { records } = await wholeStream(gateway, [
      'schema=mbo|stype_in=raw_symbol|symbols=ESM6|id=3|is_last=0',
      'schema=trades|stype_in=raw_symbol|symbols=ESM6|id=4|is_last=1',
      'schema=mbo|stype_in=raw_symbol|symbols=ESH6|id=3|is_last=1',
    ]);
    expect(texts(records, RTYPE.SYSTEM)).toEqual([
      'Subscription request 4 for trades data succeeded',
      'Subscription request 3 for mbo data succeeded',
    ]);
    expect(marketRecords(records)).toHaveLength(MBO_COUNT + 150);
  });

  const many = Array.from({ length: 501 }, (_, i) => `S${i}`).join(',');
  const invalid: [what: string, lines: string[], error: RegExp][] = [
    ['snapshot with a start', [`${MBO}|snapshot=1|start=0`], /snapshot and start/],
    ['a snapshot of trades', ['schema=trades|symbols=ESH6|snapshot=1'], /for schema mbo only/],
    ['an unknown schema', ['schema=mbo-2|symbols=ESH6'], /invalid schema 'mbo-2'/],
    ['an unknown symbology', ['schema=mbo|stype_in=isin|symbols=X'], /invalid stype_in 'isin'/],
    ['no symbols', ['schema=mbo|stype_in=raw_symbol'], /invalid symbols ''/],
    ['an empty symbol', ['schema=mbo|symbols=ESH6,,ESM6'], /invalid symbols/],
    ['501 symbols in a line', [`schema=mbo|symbols=${many}`], /501 symbols in a line/],
    ['all symbols by id', ['schema=mbo|stype_in=instrument_id|symbols=ALL_SYMBOLS'], /ALL_SYMBOLS/],
    ['a start that is no time', [`${MBO}|start=yesterday`], /invalid start 'yesterday'/],
    ['an id that is no u32', ['schema=mbo|symbols=ESH6|id=4294967296'], /invalid id/],
    ['a line that is none', ['=mbo'], /key=value/],
    ['a last line that never comes', [`${MBO.slice(0, -1)}0`], /lacks its last line/],
  ];
  it.each(invalid)('refuses %s with error 5, and ends', async (_, lines, error) => {
    const gateway = await gatewayFor({ data });
    const { records } = await wholeStream(gateway, lines);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ rtype: RTYPE.ERROR, code: 5, is_last: 1 });
    expect(records[0]!['err']).toMatch(error);
  });

  it('accepts start_session=0, and a session without a subscription', async () => {
    const gateway = await gatewayFor({ data, heartbeatMs: 20 });
    const client = await startedClient(gateway, []);
    client.socket.destroy();
    const other = await startedClient(gateway, [MBO, 'start_session=0']);
    const { records } = await other.until((s) => marketRecords(s.records).length === MBO_COUNT);
    expect(marketRecords(records)).toHaveLength(MBO_COUNT);
  });

  it('takes subscriptions during the stream, without a past', async () => {
    const fromNs = START_NS + 1000n * STEP_NS;
    const gateway = await gatewayFor({ data, fromNs, speed: 1e-9 });
    const client = await startedClient(gateway, [`${MBO}|start=${START_NS - 10_000n}`]);
    await client.until((s) => marketRecords(s.records).length === 1000);
    client.send(`schema=trades|stype_in=raw_symbol|symbols=ESH6|id=2|start=${START_NS}`);
    client.send('schema=mbo|stype_in=parent|symbols=ES.FUT|id=3');
    const { records } = await client.until((s) => texts(s.records, RTYPE.SYSTEM).length === 4);
    expect(texts(records, RTYPE.SYSTEM)).toEqual([
      'Subscription request 1 for mbo data succeeded',
      'Finished mbo replay',
      'Subscription request 2 for trades data succeeded',
      'Subscription request 3 for mbo data succeeded',
    ]);
    expect(records.filter((r) => r.rtype === RTYPE.TRADES)).toEqual([]);
    expect(mappings(records)).toContain('ES.FUT = ESM6 (102)');
  });

  it('sends what two subscriptions have in common once', async () => {
    const gateway = await gatewayFor({ data, atEnd: 'close' });
    const { records } = await wholeStream(gateway, [
      'schema=mbo|stype_in=raw_symbol|symbols=ESH6|id=1',
      'schema=mbo|stype_in=parent|symbols=ES.FUT|id=2',
    ]);
    expect(marketRecords(records)).toHaveLength(MBO_COUNT);
    const later = await gatewayFor({ data, atEnd: 'close', fromNs: START_NS + 2000n * STEP_NS });
    const replayed = await wholeStream(later, [
      'schema=mbo|stype_in=raw_symbol|symbols=ESH6|id=1|start=0',
      'schema=mbo|stype_in=parent|symbols=ES.FUT|id=2|start=0',
    ]);
    expect(marketRecords(replayed.records)).toHaveLength(MBO_COUNT);
  });

  it('reads more than ten lines a second, later', async () => {
    const gateway = await gatewayFor({ data, atEnd: 'close' });
    const lines = Array.from(
      { length: 12 },
      (_, i) => `schema=trades|stype_in=raw_symbol|symbols=ESH6|id=${i}`,
    );
    const { records } = await wholeStream(gateway, lines);
    expect(texts(records, RTYPE.SYSTEM)).toHaveLength(12);
  });
});
