/**
 * The work of `spymaster live record`.
 */
import { resolve } from 'node:path';
import {
  type ApiKey,
  type LiveItem,
  type LiveSubscription,
  openLive,
  SYSTEM_CLOCK,
} from '../databento/index.ts';
import type { Schema } from '../dbn/index.ts';
import { type RecorderCounts, recordingFolders, recordSession } from '../intake/index.ts';
import { loadProducts, productOf } from '../lake/index.ts';
import type { CommandContext } from './command.ts';
import { vendorKey } from './download-request.ts';
import { RecordingProgress } from './live-progress.ts';
import {
  gatewayName,
  isVendor,
  type LiveChoice,
  liveGateway,
  liveSchemas,
  symbolChoice,
} from './live-request.ts';
import { note, printLine } from './output.ts';

/** Exit code when nothing came. */
const NOTHING_MATCHED = 3;
const NS_PER_MS = 1_000_000n;

/** Flags of `live record`. */
export interface LiveRecordOptions extends LiveChoice {
  snapshot?: boolean;
  /** Seconds. */
  duration?: number;
  output?: string;
  root?: string;
  options?: boolean;
  json?: boolean;
}

function subscriptionsOf(options: LiveRecordOptions): LiveSubscription[] {
  const choice = symbolChoice(options);
  return liveSchemas(options.schema).map((schema) => ({
    schema,
    ...choice,
    ...(schema === 'mbo' && options.snapshot !== false ? { snapshot: true } : {}),
  }));
}

function foldersOf(context: CommandContext, options: LiveRecordOptions) {
  const { output, root, dataset } = options;
  if (output !== undefined) return () => resolve(output);
  const products = loadProducts(context.loaded.configFolder);
  const forced =
    root === undefined
      ? null
      : { root: productOf(products, root).root, options: options.options ?? false };
  return recordingFolders(context.settings.lake, products, dataset, forced);
}

function tell(item: LiveItem, key: ApiKey): void {
  if (item.type === 'notice') note(`${item.what}: ${key.redact(item.text)}`);
  else if (item.type === 'connected') note(`connected, session ${item.sessionId}`);
  else if (item.type === 'gap') note(`GAP, ${item.cause}: ${key.redact(item.text)}`);
}

async function report(counts: RecorderCounts, asJson: boolean): Promise<void> {
  const { records, bytes, connections, files, lastNs } = counts;
  const gaps = counts.gaps.map(({ fromNs, toNs, cause, recovery }) => ({
    from_ns: String(fromNs),
    to_ns: String(toNs),
    cause,
    recovery,
  }));
  const last_ns = lastNs === null ? null : String(lastNs);
  if (asJson) {
    await printLine(JSON.stringify({ records, bytes, connections, last_ns, gaps, files }));
    return;
  }
  for (const file of files) await printLine(file);
  note(`${records} records, ${connections} connections, ${gaps.length} gaps`);
  for (const gap of counts.gaps) {
    const seconds = Number((gap.toNs - gap.fromNs) / NS_PER_MS) / 1000;
    note(`gap of ${seconds.toFixed(3)} s, ${gap.cause}; done about it: ${gap.recovery}`);
  }
}

/** Records until interrupted, or the time is up; resolves to 3 when not one record came. */
export async function runLiveRecord(
  context: CommandContext,
  options: LiveRecordOptions,
): Promise<number | undefined> {
  const { settings } = context;
  const { dataset, duration } = options;
  const key = vendorKey(context);
  const subscriptions = subscriptionsOf(options);
  const folderOf = foldersOf(context, options);
  const gateway = liveGateway(settings);
  const timeUp = duration === undefined ? [] : [AbortSignal.timeout(duration * 1000)];
  const signal = AbortSignal.any([context.signal, ...timeUp]);
  const session = openLive({ key, dataset, subscriptions, signal, ...(gateway && { gateway }) });
  const progress = new RecordingProgress(SYSTEM_CLOCK);
  note(`recording ${dataset} from ${gatewayName(settings)}`);
  try {
    const counts = await recordSession(session, {
      dataset,
      schemas: subscriptions.map((s): Schema => s.schema),
      folderOf,
      gateway: gatewayName(settings),
      vendor: isVendor(settings),
      clock: SYSTEM_CLOCK,
      onNewDay: () => {
        // The new day's file has to begin with its books, as the vendor's own do.
        for (const s of subscriptions) if (s.snapshot) void session.subscribe(s);
      },
      onItem: (item, countsNow) => {
        tell(item, key);
        progress.at(countsNow);
      },
    });
    progress.end();
    await report(counts, options.json ?? false);
    return counts.records === 0 ? NOTHING_MATCHED : undefined;
  } finally {
    progress.end();
  }
}
