import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RTYPE } from '../../src/dbn/index.ts';
import { DataFolder, GATEWAY_FAULTS, parseGatewayFault } from '../../src/vendor/index.ts';
import { liveFolder, MBO_COUNT } from './live-data.ts';
import {
  decodeStream,
  gatewayFor,
  marketRecords,
  type Stream,
  startedClient,
  wholeStream,
} from './live-raw-client.ts';

let folder: ReturnType<typeof liveFolder>;
let data: DataFolder;
beforeAll(async () => {
  folder = liveFolder();
  data = await DataFolder.open(folder.path);
});
afterAll(() => folder.remove());

const MBO = 'schema=mbo|stype_in=raw_symbol|symbols=ALL_SYMBOLS|id=1|is_last=1';
/** Bytes before the first record of the market: header, acknowledgement, two mappings. */
const OPENING_BYTES = 128 + 320 + 2 * 176;

describe('faults of the stream', () => {
  it('ends orderly after so many records', async () => {
    const gateway = await gatewayFor({ data, faults: ['fin:250'] });
    const { records, trailingBytes } = await wholeStream(gateway, [MBO]);
    expect([marketRecords(records).length, trailingBytes]).toEqual([250, 0]);
  });

  it('ends in the middle of a record', async () => {
    const gateway = await gatewayFor({ data, faults: ['fin-mid-record:250'] });
    const { records, trailingBytes } = await wholeStream(gateway, [MBO]);
    expect([marketRecords(records).length, trailingBytes]).toEqual([250, 28]);
  });

  it('resets the connection', async () => {
    const gateway = await gatewayFor({ data, faults: ['rst:250'] });
    const client = await startedClient(gateway, [MBO]);
    const bytes = await client.untilEnd();
    expect(client.failure?.code).toBe('ECONNRESET');
    expect(bytes.length).toBeLessThanOrEqual(OPENING_BYTES + 250 * 56);
  });

  it('keeps silent: no record, no heartbeat, no end', async () => {
    const gateway = await gatewayFor({ data, heartbeatMs: 5, faults: ['silence:250@1'] });
    const client = await startedClient(gateway, [MBO]);
    const bytes = await client.untilBytes(OPENING_BYTES + 250 * 56);
    const other = await startedClient(gateway, [MBO]);
    const beats = (s: Stream) => s.records.filter((r) => r['msg'] === 'Heartbeat').length;
    await other.until((s) => beats(s) >= 5);
    expect(client.stream.length).toBe(bytes.length);
    expect(client.ended).toBe(false);
  });

  it.each([1, 2, 3, 5, 6, 8])('says error %i and ends', async (code) => {
    const gateway = await gatewayFor({ data, faults: [`error-${code}:10`] });
    const { records } = await wholeStream(gateway, [MBO]);
    expect(marketRecords(records)).toHaveLength(10);
    expect(records.at(-1)).toMatchObject({ rtype: RTYPE.ERROR, code, is_last: 1 });
  });

  it('says in words alone what went wrong, as early gateways did', async () => {
    const faults = ['error-3:10', 'no-codes'];
    const late = await wholeStream(await gatewayFor({ data, faults }), [MBO]);
    expect(late.records[0]).toMatchObject({ code: 255 });
    expect(late.records.at(-1)).toMatchObject({ code: 255, is_last: 255 });
    const early = await wholeStream(await gatewayFor({ data, faults, version: 1 }), [MBO]);
    for (const { records } of [late, early]) {
      expect(records.at(-1)!['err']).toBe('User has reached their open connection limit');
    }
  });

  it('leaves records out, says so with error 7, and goes on', async () => {
    const gateway = await gatewayFor({ data, atEnd: 'close', faults: ['error-7:40'] });
    const { records } = await wholeStream(gateway, [MBO]);
    const at = records.findIndex((r) => r.rtype === RTYPE.ERROR);
    const err = 'Slow client detected for mbo, 40 records were skipped';
    expect(records[at]).toMatchObject({ code: 7, err });
    const sequences = marketRecords(records).map((r) => r['sequence']);
    expect([records[at - 1]!['sequence'], records[at + 1]!['sequence']]).toEqual([40, 81]);
    expect(sequences).toHaveLength(MBO_COUNT - 40);
  });

  it('puts in records that nobody knows', async () => {
    const faults = ['unknown-rtype:10', 'oversize:20'];
    const gateway = await gatewayFor({ data, atEnd: 'close', faults });
    for (const fields of [undefined, 'dataset=GLBX.MDP3|ts_out=1']) {
      const { records, raw } = await wholeStream(gateway, [MBO], fields);
      const odd = raw.filter((_, i) => records[i]!.rtype === 0x7f);
      expect(odd.map((bytes) => bytes.length)).toEqual([fields ? 40 : 32, 1020]);
      expect(records.filter((r) => r.rtype === RTYPE.MBO)).toHaveLength(MBO_COUNT);
    }
  });

  it('puts in a length of 0', async () => {
    const gateway = await gatewayFor({ data, atEnd: 'close', faults: ['length-zero:10'] });
    const client = await startedClient(gateway, [MBO]);
    const bytes = await client.untilEnd();
    await expect(decodeStream(bytes)).rejects.toMatchObject({ code: 'DBN_RECORD' });
    expect(bytes[OPENING_BYTES + 10 * 56]).toBe(0);
  });

  it('sends header and first records in one segment, or byte by byte', async () => {
    const merged = await gatewayFor({ data, atEnd: 'close', faults: ['merged-stream'] });
    const split = await gatewayFor({ data, atEnd: 'close', faults: ['split-stream:1500'] });
    for (const gateway of [merged, split]) {
      const { records } = await wholeStream(gateway, [MBO]);
      expect(marketRecords(records)).toHaveLength(MBO_COUNT);
    }
    const zstd = 'dataset=GLBX.MDP3|compression=zstd';
    expect(marketRecords((await wholeStream(split, [MBO], zstd)).records)).toHaveLength(MBO_COUNT);
    const client = await startedClient(split, [MBO]);
    const before = client.segments.length;
    await client.untilEnd();
    expect(client.segments.length - before).toBeGreaterThan(100);
  });

  it('ends every connection after a time, or after a number of records', async () => {
    const faults = ['drop-records:100'];
    const gateway = await gatewayFor({ data, sharedClock: true, atEnd: 'close', faults });
    const counts = [];
    for (let i = 0; i < 3; i++) {
      counts.push(marketRecords((await wholeStream(gateway, [MBO])).records).length);
    }
    expect(counts).toEqual([100, 100, 100]);
    gateway.faults.set([{ name: 'drop-seconds', amount: 0.05 }]);
    await wholeStream(await gatewayFor({ data, faults: ['drop-seconds:0.05'] }), [MBO]);
  });

  it('fires after the last record there is', async () => {
    const gateway = await gatewayFor({ data, faults: [`fin-mid-record:${MBO_COUNT}`] });
    const { records, trailingBytes } = await wholeStream(gateway, [MBO]);
    expect([marketRecords(records).length, trailingBytes]).toEqual([MBO_COUNT, 160]);
  });
});

describe('the names of faults', () => {
  it('are read with amount and connections', () => {
    expect(parseGatewayFault('fin')).toEqual({ name: 'fin' });
    expect(parseGatewayFault('drop-seconds:2.5')).toEqual({ name: 'drop-seconds', amount: 2.5 });
    expect(parseGatewayFault('rst:7@2')).toEqual({ name: 'rst', amount: 7, connections: 2 });
    expect(parseGatewayFault('rst@2')).toEqual({ name: 'rst', connections: 2 });
    for (const bad of ['', 'fin:', 'fin:x', 'fin@', 'toString', 'FIN', 'fin@0.5']) {
      expect(() => parseGatewayFault(bad)).toThrow(/not a fault/);
    }
  });

  it('say what they do', () => {
    for (const [name, { does }] of Object.entries(GATEWAY_FAULTS)) {
      expect(name).toMatch(/^[a-z0-9-]+$/);
      expect(does).toMatch(/^[a-z].{10,75}$/);
    }
  });

  it('hold for as many connections as they say, and can be switched off', async () => {
    const gateway = await gatewayFor({ data, atEnd: 'close', faults: ['fin:5@2'] });
    const count = async () => marketRecords((await wholeStream(gateway, [MBO])).records).length;
    expect([await count(), await count(), await count()]).toEqual([5, 5, MBO_COUNT]);
    gateway.faults.set(['fin:7']);
    expect(await count()).toBe(7);
    gateway.faults.clear();
    expect(await count()).toBe(MBO_COUNT);
  });
});
