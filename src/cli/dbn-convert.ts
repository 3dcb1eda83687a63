/**
 * The work of `spymaster dbn convert`: the same records in another version, compressed or not, or
 * fewer of them.
 */
import { existsSync } from 'node:fs';
import { DataError } from '../core/index.ts';
import {
  convertRun,
  DbnEncoder,
  type DbnVersion,
  type Metadata,
  type RecordRun,
  runBytes,
  zstdCompressor,
} from '../dbn/index.ts';
import { type CommandContext, SafePoint } from './command.ts';
import { DbnSource, truncationNote } from './dbn-source.ts';
import { note, type Output, withOutput } from './output.ts';
import { showProgress } from './progress.ts';
import { type FilterOptions, RecordFilter } from './record-filter.ts';

/** Flags of `dbn convert`. */
export interface DbnConvertOptions extends FilterOptions {
  dbnVersion?: DbnVersion;
  zstd?: boolean;
  raw?: boolean;
  level: number;
  force?: boolean;
  fragment?: DbnVersion;
}

function checkOutput(from: string, to: string, options: DbnConvertOptions): boolean {
  if (options.zstd && options.raw) {
    throw new DataError('USAGE', '--zstd and --raw exclude each other');
  }
  if (to !== '-' && existsSync(to) && !options.force) {
    throw new DataError('USAGE', `${to} exists`, { expected: 'another name, or --force' });
  }
  if (from === to) throw new DataError('USAGE', `${to} is the file that is read`);
  return options.zstd ?? (!options.raw && to.endsWith('.zst'));
}

/** The header as it is written: a limit on records is part of what it says was asked for. */
function headerOf(metadata: Metadata, options: DbnConvertOptions): Metadata {
  return options.limit === undefined ? metadata : { ...metadata, limit: BigInt(options.limit) };
}

/**
 * Records go to the encoder as they are; pieces go on to the output when the source is asked for
 * more.
 */
class Converter {
  records = 0;
  private ready: Uint8Array[] = [];
  private readonly encoder: DbnEncoder;
  private readonly version: DbnVersion;
  private readonly output: Output;

  constructor(
    output: Output,
    metadata: Metadata,
    version: DbnVersion,
    compress: ((bytes: Uint8Array) => Uint8Array) | undefined,
  ) {
    this.output = output;
    this.version = version;
    this.encoder = new DbnEncoder((piece) => this.ready.push(piece), metadata, {
      version,
      ...(compress ? { compress } : {}),
    });
  }

  async write(run: RecordRun): Promise<void> {
    this.encoder.writeBytes(runBytes(convertRun(run, this.version)));
    this.records += run.count;
    await this.hand();
  }

  async end(): Promise<void> {
    this.encoder.end();
    await this.hand();
  }

  private async hand(): Promise<void> {
    const { ready } = this;
    this.ready = [];
    for (const piece of ready) await this.output.write(piece);
  }
}

/**
 * Writes `to` from `from`.
 * @throws DataError DBN_ENCODE when the version asked for cannot hold a record.
 */
export async function runDbnConvert(
  context: CommandContext,
  options: DbnConvertOptions,
  from: string,
  to: string,
): Promise<undefined> {
  const compressed = checkOutput(from, to, options);
  const point = new SafePoint(context.signal);
  const source = await DbnSource.open(from, { fragmentVersion: options.fragment });
  const progress = await showProgress(to);
  try {
    if (!source.metadata)
      throw new DataError('USAGE', `${from}: a fragment has no header to write`);
    const version = options.dbnVersion ?? source.version;
    const compress = compressed ? await zstdCompressor(options.level) : undefined;
    const filter = new RecordFilter(options, source.metadata);
    const header = headerOf(source.metadata, options);
    const records = await withOutput(to, async (output) => {
      const converter = new Converter(output, header, version, compress);
      for (const run of source.runs()) {
        for (const passed of filter.pass(run)) await converter.write(passed);
        progress.at(source.progress);
        await point.reach();
        if (filter.done) break;
      }
      await converter.end();
      return converter.records;
    });
    note(`spymaster: ${to}: ${records} records, DBN ${version}${compressed ? ', zstd' : ''}`);
  } finally {
    progress.end();
    source.close();
  }
  const truncation = truncationNote(from, source.end);
  if (truncation) note(truncation);
}
