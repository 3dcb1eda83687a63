/**
 * Every fault of the live stand-in, and what our client makes of it: what is told, and that what
 * arrives is what was sent, but for what is told as lost.
 */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { isKnownError } from '../../src/core/index.ts';
import { ApiKey, type LiveItem, type LiveOptions, openLive } from '../../src/databento/index.ts';
import { initZstd, MBO_BYTES, RTYPE } from '../../src/dbn/index.ts';
import {
  DataFolder,
  GATEWAY_FAULTS,
  type GatewayFaultName,
  startVendorGateway,
  type VendorGateway,
  type VendorGatewayOptions,
} from '../../src/vendor/index.ts';
import { encoded, liveFolder, MBO_COUNT, mboRecords, START_NS } from '../vendor/live-data.ts';
import { consume, type Delivered, ManualClock } from './live-consumer.ts';

const KEY = `db-${'0'.repeat(24)}FAULT`;
/** Real time between two moves of the clock, where a timeout has to pass, ms. */
const STEP_MS = 50;
/** How long the session stays open when all has come, ms: nothing more may come. */
const SETTLE_MS = 30;

/** One way in which a fault is met. */
interface Case {
  /** As the stand-in reads them; the fault's own name when not given. */
  faults?: readonly string[];
  /** What is told beside the routine, line by line; nothing when not given. */
  told?: readonly RegExp[];
  /** Orders that arrive, each from and to; all of them when not given. */
  received?: readonly (readonly [number, number])[];
  /** How much the clock moves at a time, ms. */
  passMs?: number;
  gateway?: Partial<VendorGatewayOptions>;
  client?: Partial<LiveOptions>;
}

/** All arrives, and there is nothing to tell. */
const HARMLESS: Case = {};
const NOTHING = [[0, 0]] as const;
const UP_TO_700 = [[0, 700]] as const;
const REFUSED = /^VENDOR_AUTH: The gateway does not accept key …FAULT for GLBX.MDP3: /;
const NEXT = '; next attempt in \\d+\\.\\d s$';

/** A break that a replay makes whole: what is told of it. */
function mended(cause: string, why: string): RegExp[] {
  return [
    new RegExp(`^connecting: ${why}${NEXT}`),
    new RegExp(`^gap ${cause}, recovery replay: ${why}`),
    /^replay-completed: Finished mbo replay$/,
    /^duplicates-dropped: \d+ records were replayed that had been delivered before: left out$/,
  ];
}

const LOST = mended('disconnected', 'the gateway closed the connection');
const RESET = mended('disconnected', 'the connection broke \\(ECONNRESET\\)');
const DAMAGED = mended(
  'damaged',
  'The stream is damaged; found 0 bytes for a record of type 0xa0, which has 56',
);
const NO_GREETING =
  'No login at the gateway: the gateway closed the connection, before the greeting';
const NO_ANSWER = 'No login at the gateway: nothing within 30 s; awaited the ';
const next = (why: string) => new RegExp(`^connecting: ${why}.*${NEXT}`);

const SKIPPED = [
  /^gap slow-reader, recovery none: Slow client detected for mbo, 200 records were skipped$/,
];
const DEACTIVATED = [
  /^VENDOR_AUTH: The gateway no longer accepts key …FAULT: User or API key deactivated$/,
];
const ALL_ORDERS = { schema: 'mbo', stypeIn: 'raw_symbol', symbols: 'ALL_SYMBOLS' } as const;

/** Every fault, and how it shows. */
const MATRIX: Readonly<Record<GatewayFaultName, readonly Case[]>> = {
  refuse: [
    { faults: ['refuse@2'], told: [next(NO_GREETING), next(NO_GREETING)] },
    {
      faults: ['refuse'],
      client: { maxAttempts: 2 },
      received: NOTHING,
      told: [
        next(NO_GREETING),
        /^VENDOR_UNAVAILABLE: The live gateway failed 2 times in a row; the last: No login/,
      ],
    },
  ],
  'no-greeting': [
    { faults: ['no-greeting@1'], passMs: 30_000, told: [next(`${NO_ANSWER}greeting`)] },
  ],
  'endless-greeting': [
    {
      received: NOTHING,
      told: [
        /^VENDOR_PROTOCOL: What answers is not a live gateway; found \d+ bytes without an end/,
      ],
    },
  ],
  'split-lines': [HARMLESS],
  'merged-greeting': [HARMLESS],
  'wrong-challenge': [{ received: NOTHING, told: [REFUSED] }],
  'auth-refused': [{ received: NOTHING, told: [REFUSED] }],
  'unknown-key': [{ received: NOTHING, told: [REFUSED] }],
  'connection-limit': [
    {
      faults: ['connection-limit@2'],
      told: Array(2).fill(
        next('The gateway has no room: User has reached their open connection limit'),
      ),
    },
  ],
  'connection-rate': [
    {
      faults: ['connection-rate:1@2', 'drop-records:1500@1'],
      told: [
        ...[
          LOST[0]!,
          next('No login at the gateway: the gateway closed the connection'),
          ...LOST.slice(1),
        ],
      ],
    },
  ],
  'auth-delayed': [
    { ...HARMLESS, faults: ['auth-delayed:20'] },
    { faults: ['auth-delayed@1'], passMs: 30_000, told: [next(`${NO_ANSWER}answer to the login`)] },
  ],
  'auth-garbled': [
    {
      received: NOTHING,
      told: [
        /^VENDOR_PROTOCOL: The gateway does not answer the login; found "welcome", expected a line/,
      ],
    },
  ],
  'trailing-bar': [HARMLESS],
  'merged-stream': [HARMLESS],
  'split-stream': [HARMLESS, { ...HARMLESS, client: { compression: 'zstd' } }],
  fin: [{ faults: ['fin:700@2'], told: [...LOST, ...LOST] }],
  'fin-mid-record': [{ faults: ['fin-mid-record:700@2'], told: [...LOST, ...LOST] }],
  rst: [{ faults: ['rst:700@2'], told: [...RESET, ...RESET] }],
  silence: [
    {
      faults: ['silence:700@1'],
      passMs: 20_000,
      told: mended('stalled', 'nothing for \\d+ s, not even a heartbeat'),
    },
  ],
  'error-1': [
    {
      faults: ['error-1:700'],
      received: UP_TO_700,
      told: [/^VENDOR_AUTH: The gateway no longer accepts key …FAULT: Authentication failed$/],
    },
  ],
  'error-2': [
    {
      faults: ['error-2:700'],
      received: UP_TO_700,
      told: DEACTIVATED,
    },
  ],
  'error-3': [
    {
      faults: ['error-3:700@1'],
      told: [
        /^gateway: User has reached their open connection limit$/,
        ...mended('disconnected', 'User has reached their open connection limit'),
      ],
    },
  ],
  'error-5': [
    {
      faults: ['error-5:700'],
      received: UP_TO_700,
      told: [/^VENDOR_REFUSED: The gateway refuses a subscription: Invalid subscription$/],
    },
  ],
  'error-6': [
    {
      faults: ['error-6:700@1'],
      told: [/^gateway: Internal error$/, ...mended('disconnected', 'Internal error')],
    },
  ],
  'error-7': [
    {
      faults: ['error-7:200'],
      received: [
        [0, 200],
        [400, MBO_COUNT],
      ],
      told: SKIPPED,
    },
  ],
  'error-8': [
    {
      faults: ['error-8:700@1'],
      told: [/^gap replay-incomplete, recovery none: Replay data has aged out$/, ...LOST],
    },
  ],
  'unknown-rtype': [{ ...HARMLESS, faults: ['unknown-rtype:700'] }],
  // The second replay ends before it is complete, and says nothing of its end.
  'length-zero': [
    { faults: ['length-zero:700@2'], told: [...DAMAGED.filter((_, i) => i !== 2), ...DAMAGED] },
  ],
  oversize: [{ ...HARMLESS, faults: ['oversize:700'] }],
  'replay-duplicates': [{ faults: ['fin:700@1', 'replay-duplicates:5000'], told: LOST }],
  'replay-short': [
    { faults: ['fin:2500@1', 'replay-short:3000'], told: LOST },
    {
      faults: ['fin:2500@1', 'replay-short:15000'],
      told: [
        ...LOST.slice(0, 3),
        /^gap replay-incomplete, recovery none: the replay lacks 1000 records .*historical API/,
      ],
    },
  ],
  'replay-overlap': [
    {
      faults: ['replay-overlap:3000'],
      gateway: { fromNs: START_NS + 15_000_000_000n },
      client: { subscriptions: [{ ...ALL_ORDERS, startNs: START_NS - 1_000_000_000n }] },
      told: [
        /^replay-completed: Finished mbo replay$/,
        /^duplicates-dropped: 300 records came again behind the end of the replay: left out$/,
      ],
    },
    {
      faults: ['fin:700@1', 'replay-overlap:3000'],
      told: [
        ...LOST,
        /^duplicates-dropped: 300 records came again behind the end of the replay: left out$/,
      ],
    },
  ],
  'drop-records': [{ faults: ['drop-records:1300@2'], told: [...LOST, ...LOST] }],
  // The market opens when the client is there.
  'drop-seconds': [
    {
      faults: ['drop-seconds:0.7@2'],
      gateway: { speed: 30, fromNs: START_NS - 12_000_000_000n },
      told: [...LOST, ...LOST],
    },
  ],
  'no-codes': [
    HARMLESS,
    { faults: ['fin:700@1', 'no-codes'], told: LOST },
    {
      faults: ['error-7:200', 'no-codes'],
      received: [
        [0, 200],
        [400, MBO_COUNT],
      ],
      told: SKIPPED,
    },
    { faults: ['error-2:700', 'no-codes'], received: UP_TO_700, told: DEACTIVATED },
  ],
};

const SOURCE = encoded(mboRecords());
let folder: ReturnType<typeof liveFolder>;
let data: DataFolder;
let gateway: VendorGateway;
beforeAll(async () => {
  await initZstd();
  folder = liveFolder();
  data = await DataFolder.open(folder.path);
});
afterEach(() => gateway?.close());
afterAll(() => folder.remove());

/** The order events among records: what has to be complete. */
function ordersOf(bytes: Uint8Array): Buffer {
  const orders: Uint8Array[] = [];
  for (let at = 0, size = 0; at < bytes.length; at += size) {
    size = bytes[at]! * 4;
    if (bytes[at + 1] === RTYPE.MBO) orders.push(bytes.subarray(at, at + size));
  }
  return Buffer.concat(orders);
}

const ROUTINE =
  /^(connecting: connecting to \S+, attempt \d+|subscription-acknowledged: .*succeeded)$/;

/** What a person is told, line by line. */
function linesOf({ items, error }: Delivered): string[] {
  const lines = items.flatMap((item: LiveItem): string[] => {
    if (item.type === 'notice') return [`${item.what}: ${item.text}`];
    if (item.type !== 'gap') return [];
    return [`gap ${item.cause}, recovery ${item.recovery}: ${item.text}`];
  });
  const failure = error
    ? [`${isKnownError(error) ? error.code : error.name}: ${error.message}`]
    : [];
  return [...lines.filter((line) => !ROUTINE.test(line)), ...failure];
}

/** Listens with faults on, until as many orders have come as should, or the session ends. */
async function listen(
  faults: readonly string[],
  met: Case,
  wantedBytes: number,
): Promise<Delivered> {
  const shared = { data, keys: [KEY], speed: 0, sharedClock: true };
  gateway = await startVendorGateway({ ...shared, faults, ...met.gateway });
  const clock = new ManualClock();
  const session = openLive({
    key: new ApiKey(KEY),
    dataset: 'GLBX.MDP3',
    gateway: { host: '127.0.0.1', port: gateway.port },
    clock,
    subscriptions: [ALL_ORDERS],
    ...met.client,
  });
  const timer = met.passMs ? setInterval(() => clock.pass(met.passMs!), STEP_MS) : undefined;
  let bytes = 0;
  let settled = 0;
  const got = await consume(session, async (item) => {
    if (item.type === 'records') bytes += ordersOf(item.bytes).length;
    // What comes next in the same breath is still told.
    if (bytes >= wantedBytes && wantedBytes > 0 && settled++ === 0) {
      setTimeout(() => void session.close(), SETTLE_MS);
    }
  });
  clearInterval(timer);
  return got;
}

const CASES = Object.entries(MATRIX).flatMap(([name, cases]) =>
  cases.map((met) => ({ faults: met.faults ?? [name], met })),
);

it.each(CASES)('$faults', async ({ faults, met }) => {
  const { told = [], received = [[0, MBO_COUNT]] } = met;
  const parts = received.map(([a, b]) => SOURCE.subarray(a * MBO_BYTES, b * MBO_BYTES));
  const expected = Buffer.concat(parts);
  const got = await listen(faults, met, expected.length);
  const lines = linesOf(got);
  expect(lines).toEqual(told.map((pattern) => expect.stringMatching(pattern)));
  expect(ordersOf(got.bytes).length / MBO_BYTES).toBe(expected.length / MBO_BYTES);
  expect(ordersOf(got.bytes).equals(expected)).toBe(true);
});

it('has every fault of the stand-in', () => {
  expect(Object.keys(MATRIX).sort()).toEqual(Object.keys(GATEWAY_FAULTS).sort());
});
