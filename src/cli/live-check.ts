/**
 * The work of `spymaster live check`: one session, looked at step by step.
 */
import { isKnownError } from '../core/index.ts';
import { type ApiKey, type LiveItem, openLive } from '../databento/index.ts';
import type { CommandContext } from './command.ts';
import { type Finding, ok } from './doctor-finding.ts';
import { vendorKey } from './download-request.ts';
import {
  gatewayName,
  type LiveChoice,
  liveGateway,
  liveSchemas,
  symbolChoice,
} from './live-request.ts';
import { LiveSurvey } from './live-survey.ts';
import { printLine } from './output.ts';

/** Exit code when something does not work. */
const FAILED = 1;
/** Heartbeats that the check asks for, s: the shortest that the gateway grants. */
const HEARTBEAT_S = 5;
/** Connection attempts: a check says what happens at once. */
const ATTEMPTS = 1;
/** Records of which the times are looked at; the check ends then. */
const ENOUGH_RECORDS = 500;

const MARKS = { ok: 'ok      ', warning: 'warning ', problem: 'PROBLEM ' } as const;

/** Flags of `live check`. */
export interface LiveCheckOptions extends LiveChoice {
  seconds: number;
  json?: boolean;
}

/** What to do about what ended a session. */
const FIXES: Partial<Record<string, string>> = {
  VENDOR_KEY: 'set DATABENTO_API_KEY to a key of the portal, databento.com/portal/keys',
  VENDOR_AUTH: 'see in the portal that the key is active and has live data of this dataset',
  VENDOR_REFUSED: 'correct the dataset, schema or symbols as the message says',
  VENDOR_UNAVAILABLE:
    'let TCP out to port 13000 of *.lsg.databento.com, and see status.databento.com',
  VENDOR_PROTOCOL: 'see that --live-gateway names a live gateway',
};

function failure(error: unknown, key: ApiKey): Finding {
  if (!isKnownError(error)) throw error;
  const found = `${error.code}: ${key.redact(error.message)}`;
  return { what: 'session', status: 'problem', found, fix: FIXES[error.code] ?? 'see the message' };
}

async function survey(
  items: AsyncIterable<LiveItem>,
  key: ApiKey,
  survey: LiveSurvey,
): Promise<Finding[]> {
  try {
    for await (const item of items) {
      survey.take(item);
      if (survey.timedRecords >= ENOUGH_RECORDS) break;
    }
  } catch (error) {
    return [...survey.findings(), failure(error, key)];
  }
  return survey.findings();
}

/** Looks; resolves to 1 when something does not work. */
export async function runLiveCheck(
  context: CommandContext,
  options: LiveCheckOptions,
): Promise<number | undefined> {
  const key = vendorKey(context);
  const { settings } = context;
  const gateway = liveGateway(settings);
  const [schema = 'mbo'] = liveSchemas(options.schema);
  const timeUp = AbortSignal.timeout(options.seconds * 1000);
  const session = openLive({
    key,
    dataset: options.dataset,
    ...(gateway && { gateway }),
    subscriptions: [{ schema, ...symbolChoice(options) }],
    tsOut: true,
    heartbeatSeconds: HEARTBEAT_S,
    maxAttempts: ATTEMPTS,
    signal: AbortSignal.any([context.signal, timeUp]),
  });
  const looked = new LiveSurvey(options.seconds, (text) => key.redact(text));
  const first: Finding[] = [
    ok('key', `ends in ${key.bucket}`),
    ok('gateway', gatewayName(settings)),
  ];
  const findings = [...first, ...(await survey(session, key, looked))];
  await show(findings, options.json ?? false);
  return findings.some(({ status }) => status === 'problem') ? FAILED : undefined;
}

async function show(findings: readonly Finding[], asJson: boolean): Promise<void> {
  if (asJson) {
    await printLine(JSON.stringify(findings));
    return;
  }
  for (const { what, status, found, fix } of findings) {
    await printLine(`${MARKS[status]}${what.padEnd(16)}${found}${fix ? `; ${fix}` : ''}`);
  }
}
