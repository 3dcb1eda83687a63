/**
 * The work of `spymaster serve vendor`: stand-ins for the vendor, to try everything without a key.
 */
import { writeFileSync } from 'node:fs';
import { DataError } from '../core/index.ts';
import type { DbnVersion } from '../dbn/index.ts';
import {
  DataFolder,
  type FaultOrder,
  GATEWAY_FAULTS,
  type GatewayFault,
  HISTORICAL_FAULTS,
  parseFault,
  parseGatewayFault,
  startVendorGateway,
  startVendorHistorical,
} from '../vendor/index.ts';
import type { CommandContext } from './command.ts';
import { note, printLine } from './output.ts';
import { serveUntilInterrupted } from './serve.ts';

/** Shaped like a key of the vendor's, and none: whoever reads this knows it. */
const DEMO_KEY = 'db-SpymasterStandInDemoKey000001';
/** Characters of a key. Source: reference of the Historical API. */
const KEY_CHARACTERS = 32;
const AT_ENDS = ['stay', 'close', 'loop'] as const;
/** Datasets that the ready-made commands know, and what they download of them. */
const DOWNLOADS = [
  { dataset: 'GLBX.MDP3', kind: 'futures', symbol: /^([A-Z0-9]{1,3})[FGHJKMNQUVXZ]\d{1,2}$/ },
  { dataset: 'XNAS.ITCH', kind: 'equities', symbol: /^([A-Z]{1,5})$/ },
] as const;

/** Flags of `serve vendor`. */
export interface ServeVendorOptions {
  data?: string;
  port: number;
  livePort: number;
  speed: number;
  atEnd: string;
  shiftTimes?: boolean;
  key?: string;
  dbnVersion: number;
  rateLimits?: boolean;
  jobs?: string;
  certificate?: string;
  fault?: string[];
  listFaults?: boolean;
}

/** Faults by the stand-in that they are of; a name that both have is for both. */
function sortFaults(texts: readonly string[]): { historical: FaultOrder[]; live: GatewayFault[] } {
  const historical: FaultOrder[] = [];
  const live: GatewayFault[] = [];
  for (const text of texts) {
    const name = text.split(/[:@]/)[0]!;
    const ofHistorical = Object.hasOwn(HISTORICAL_FAULTS, name) ? parseFault(text) : null;
    if (ofHistorical) historical.push(ofHistorical);
    if (Object.hasOwn(GATEWAY_FAULTS, name)) live.push(parseGatewayFault(text));
    else if (!ofHistorical) {
      throw new DataError('USAGE', 'not a fault of the stand-ins', {
        found: text,
        expected: 'one of `spymaster serve vendor --list-faults`',
      });
    }
  }
  return { historical, live };
}

async function listFaults(): Promise<void> {
  await printLine('historical: NAME[@METHOD][:TIMES], once unless TIMES or `always` is given');
  for (const [name, does] of Object.entries(HISTORICAL_FAULTS)) {
    await printLine(`  ${name.padEnd(20)} ${does}`);
  }
  await printLine('live: NAME[:AMOUNT][@CONNECTIONS], for every connection unless told');
  for (const [name, { does, unit, usual }] of Object.entries(GATEWAY_FAULTS)) {
    const amount = unit === 'none' ? '' : ` (${usual} ${unit})`;
    await printLine(`  ${name.padEnd(20)} ${does}${amount}`);
  }
}

function checkedKey(key: string): string {
  if (key.length === KEY_CHARACTERS && key.startsWith('db-')) return key;
  throw new DataError('USAGE', '--key is not shaped like a key of the vendor', {
    found: `${key.length} characters that are not shown`,
    expected: `${KEY_CHARACTERS} characters, "db-" first`,
  });
}

/** Commands that work with what the folder has. */
function readyMade(folder: DataFolder, url: string, gateway: string): string[] {
  const commands: string[] = [];
  for (const { dataset, kind, symbol } of DOWNLOADS) {
    const days = folder.days(dataset);
    const roots = folder.symbols(dataset).symbols.map((name) => symbol.exec(name)?.[1]);
    const root = roots.find((name) => name !== undefined);
    if (!days || !root) continue;
    const what = `--start ${days.first} --end ${days.last} --symbols ${root}`;
    commands.push(`spymaster download ${kind} cost ${what} --historical-url ${url}`);
  }
  return [...commands, `spymaster live check --live-gateway ${gateway}`];
}

async function printHow(
  folder: DataFolder,
  key: string,
  url: string,
  gateway: string,
): Promise<void> {
  const datasets = folder.datasets.map((dataset) => {
    const days = folder.days(dataset)!;
    return `${dataset} ${days.first}${days.last === days.first ? '' : `..${days.last}`}`;
  });
  await printLine(`replayed data, not the vendor: ${datasets.join(', ')}`);
  await printLine(`historical  ${url} (https on the same port)`);
  await printLine(`live        ${gateway}`);
  // One that was given may be somebody's own: whoever gave it knows it.
  const isOurs = key === DEMO_KEY;
  await printLine(`key         ${isOurs ? key : `…${key.slice(-5)}, as given`}`);
  const withKey = isOurs ? `DATABENTO_API_KEY=${key} ` : '';
  for (const command of readyMade(folder, url, gateway)) {
    await printLine(`try         ${withKey}${command}`);
  }
  const user = isOurs ? `${key}:` : '"$DATABENTO_API_KEY:"';
  await printLine(`try         curl -u ${user} ${url}/v0/metadata.list_datasets`);
}

async function openFolder(path: string | undefined): Promise<DataFolder> {
  if (path === undefined) {
    throw new DataError('USAGE', '--data is missing', { expected: 'a folder of DBN files' });
  }
  const folder = await DataFolder.open(path);
  for (const { path: file, reason } of folder.passedOver) note(`spymaster: ${file}: ${reason}`);
  if (folder.datasets.length > 0) return folder;
  throw new DataError('FILE_NOT_FOUND', 'no DBN file can be served', {
    file: path,
    expected: '.dbn or .dbn.zst; `spymaster synth` writes some',
  });
}

/** `serve vendor`: when one of the two cannot start, none stays. */
export async function serveVendor(
  context: CommandContext,
  options: ServeVendorOptions,
): Promise<undefined> {
  if (options.listFaults) {
    await listFaults();
    return;
  }
  const key = checkedKey(options.key ?? DEMO_KEY);
  const faults = sortFaults(options.fault ?? []);
  const atEnd = AT_ENDS.find((each) => each === options.atEnd);
  if (!atEnd) throw new DataError('USAGE', '--at-end is stay, close or loop');
  const data = await openFolder(options.data);
  const { host } = context.settings;
  const version = options.dbnVersion as DbnVersion;
  const historical = await startVendorHistorical({
    data,
    key,
    host,
    version,
    port: options.port,
    faults: faults.historical,
    rateLimits: options.rateLimits ?? false,
    ...(options.jobs ? { stateFolder: options.jobs } : {}),
  });
  if (options.certificate) writeFileSync(options.certificate, historical.certificate);
  try {
    const live = await startVendorGateway({
      data,
      host,
      version,
      atEnd,
      keys: [key],
      port: options.livePort,
      speed: options.speed,
      faults: faults.live,
      timestamps: options.shiftTimes ? 'shifted' : 'recorded',
    });
    await printHow(data, key, historical.url, `${live.host}:${live.port}`);
    await serveUntilInterrupted(context.signal, [live]);
  } finally {
    await historical.close();
  }
}
