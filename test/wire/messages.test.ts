import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../src/core/index.ts';
import {
  CANONICAL_HEADER_BYTES,
  canonicalHeader,
  emptyFrameHeader,
  frameFields,
  MAX_CLIENT_MESSAGE_CHARS,
  MAX_SPEED,
  parseClientMessage,
  parseServerMessage,
} from '../../src/wire/index.ts';

const refusal = (text: string): string => {
  try {
    parseClientMessage(text);
  } catch (e) {
    expect(e).toBeInstanceOf(DataError);
    expect((e as DataError).code).toBe('WIRE');
    return (e as DataError).message;
  }
  throw new Error(`accepted ${text}`);
};

describe('parseClientMessage', () => {
  it('reads every message a client may send', () => {
    const messages = [
      { type: 'pause' },
      { type: 'resume' },
      { type: 'speed', value: 10 },
      { type: 'speed', value: 0 },
      { type: 'seek', to: '09:30' },
      { type: 'seek', to: '23:59:59' },
      { type: 'seek', to: '09:30:00.025' },
      { type: 'ping', id: 7 },
      { type: 'ping', id: 'x' },
    ];
    for (const m of messages) expect(parseClientMessage(JSON.stringify(m))).toEqual(m);
  });

  it.each([
    ['', /expected JSON/],
    ['{', /expected JSON/],
    ['null', /JSON object/],
    ['[]', /JSON object/],
    ['"pause"', /JSON object/],
    ['{}', /pause, resume, speed, seek or ping/],
    ['{"type":"stop"}', /type "stop"/],
    ['{"type":"constructor"}', /type "constructor"/],
    ['{"type":"pause","now":true}', /field "now"/],
    ['{"type":"speed"}', /value undefined/],
    ['{"type":"speed","value":"10"}', /value "10"/],
    ['{"type":"speed","value":-1}', /value -1/],
    ['{"type":"speed","value":1e999}', /value null/],
    [`{"type":"speed","value":${MAX_SPEED + 1}}`, /value/],
    ['{"type":"seek","to":"24:00:00"}', /HH:MM/],
    ['{"type":"seek","to":"9:30"}', /HH:MM/],
    ['{"type":"seek","to":"09:30:00\\n"}', /HH:MM/],
    ['{"type":"seek","to":1}', /HH:MM/],
    ['{"type":"ping"}', /id undefined/],
    ['{"type":"ping","id":{}}', /id/],
    [`{"type":"ping","id":"${'x'.repeat(65)}"}`, /at most 64/],
  ])('refuses %s and says why', (text, why) => {
    expect(refusal(text)).toMatch(why);
  });

  it('refuses a huge message before reading it', () => {
    const huge = `{"type":"pause"${' '.repeat(MAX_CLIENT_MESSAGE_CHARS)}}`;
    expect(refusal(huge)).toMatch(/characters/);
  });

  it('answers any text with a message or a DataError', () => {
    const json = fc.json({ maxDepth: 4 });
    const near = fc
      .record({ type: fc.constantFrom('pause', 'speed', 'seek', 'ping', '__proto__') })
      .chain((m) => fc.jsonValue().map((v) => JSON.stringify({ ...m, value: v, to: v, id: v })));
    fc.assert(
      fc.property(fc.oneof(fc.string(), json, near), (text) => {
        try {
          expect(parseClientMessage(text)).toHaveProperty('type');
        } catch (e) {
          expect(e).toBeInstanceOf(DataError);
        }
      }),
      { seed: 11, numRuns: 2000 },
    );
  });
});

describe('parseServerMessage', () => {
  const update = {
    ...frameFields(emptyFrameHeader(), 0n),
    session: 's',
    lag_ms: 0,
    events: 1,
    skipped: 0,
    trades: [],
    trades_dropped: 0,
    buy_volume: 0,
    sell_volume: 0,
    cvd: 0,
    edge: null,
    gap: null,
  };

  it('reads a grid update, keeping fields it does not know', () => {
    const text = JSON.stringify({ ...update, later: 1 });
    expect(parseServerMessage(text)).toEqual({ ...update, later: 1 });
  });

  it('names the field that is missing or of another kind', () => {
    const broken = { ...update, ts_ns: 12 };
    expect(() => parseServerMessage(JSON.stringify(broken))).toThrow(/field ts_ns of grid_update/);
    const { seq: _, ...missing } = update;
    expect(() => parseServerMessage(JSON.stringify(missing))).toThrow(/field seq/);
    expect(() => parseServerMessage('{"type":"playback","paused":1}')).toThrow(/field paused/);
  });

  it('gives null for a type it does not know and refuses what is no message', () => {
    expect(parseServerMessage('{"type":"news"}')).toBeNull();
    expect(parseServerMessage('{"type":"toString"}')).toBeNull();
    for (const text of ['', 'null', '7', '[]', '{}']) {
      expect(() => parseServerMessage(text)).toThrow(DataError);
    }
  });
});

describe('frame header', () => {
  it('turns numbers into the strings of the wire, exactly', () => {
    const header = {
      ...emptyFrameHeader(),
      seq: 1368000,
      ts: 34_200_000_000_000,
      bestBid: 21_000_250_000_000,
      bestAsk: 21_000_500_000_000,
      mid: 21_000_375_000_000,
      spot: 21_000_500_000_000,
      spotStale: false,
    };
    const fields = frameFields(header, 1_770_336_000_000_000_000n);
    expect(fields.ts_ns).toBe('1770370200000000000');
    expect(fields.mid_price_int).toBe('21000375000000');
    expect(fields.spot_ref_price_int).toBe('21000500000000');
    expect(frameFields(emptyFrameHeader(), 0n).mid_price_int).toBeNull();
  });

  it('has canonical bytes that differ when any field differs', () => {
    const bytesOf = (h: ReturnType<typeof emptyFrameHeader>) => {
      const bytes = new Uint8Array(CANONICAL_HEADER_BYTES);
      canonicalHeader(h, new DataView(bytes.buffer));
      return bytes.join();
    };
    const plain = bytesOf(emptyFrameHeader());
    expect(bytesOf(emptyFrameHeader())).toBe(plain);
    for (const [name, value] of Object.entries(emptyFrameHeader())) {
      const other = typeof value === 'boolean' ? !value : 3;
      expect(bytesOf({ ...emptyFrameHeader(), [name]: other }), name).not.toBe(plain);
    }
  });
});
