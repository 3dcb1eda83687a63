/**
 * The folder of DBN files that both stand-ins serve.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isKnownError, OperatingError } from '../core/index.ts';
import { initZstd, RTYPE, type Schema } from '../dbn/index.ts';
import { type DataFile, FileSurvey } from './data-folder-index.ts';
import { DataFileReader } from './data-folder-reader.ts';
import { SymbolDirectory } from './data-folder-symbols.ts';
import { dayOf, isoDayOf } from './data-folder-time.ts';

/** Runs read before other work is let in. */
const RUNS_PER_BREATH = 256;
const FILE_NAME = /\.dbn(\.zst)?$/;

/** A file that is not served, and why. */
export interface PassedOver {
  path: string;
  reason: string;
}

/** The files of a folder, surveyed once; files that come later are not seen. */
export class DataFolder {
  readonly path: string;
  /** Files that are not served. */
  readonly passedOver: readonly PassedOver[];
  private readonly served: readonly DataFile[];
  private readonly directories: ReadonlyMap<string, SymbolDirectory>;

  private constructor(
    path: string,
    served: readonly DataFile[],
    passedOver: readonly PassedOver[],
    directories: ReadonlyMap<string, SymbolDirectory>,
  ) {
    this.path = path;
    this.served = served;
    this.passedOver = passedOver;
    this.directories = directories;
  }

  /**
   * Reads every `.dbn` and `.dbn.zst` below the folder once. Whole copies (of another version or
   * compression) are served once; fragments, mixed schemas and damaged files are passed over.
   * @throws OperatingError FILE_READ when the folder cannot be read.
   */
  static async open(path: string): Promise<DataFolder> {
    await initZstd();
    const served = new Map<string, DataFile>();
    const passedOver: PassedOver[] = [];
    const directories = new Map<string, SymbolDirectory>();
    for (const file of listFiles(path)) {
      const found = await survey(file, directories);
      if ('reason' in found) {
        passedOver.push(found);
        continue;
      }
      const key = contentKey(found);
      const known = served.get(key);
      const better = !known || found.metadata.version > known.metadata.version ? found : known;
      const other = better === found ? known : found;
      served.set(key, better);
      if (other) passedOver.push({ path: other.path, reason: `the same as ${better.path}` });
    }
    const files = [...served.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    return new DataFolder(path, files, passedOver, directories);
  }

  /** Datasets that have a file, sorted. */
  get datasets(): string[] {
    return [...new Set(this.served.map((f) => f.dataset))].sort();
  }

  /** Schemas of a dataset that have a file, sorted. */
  schemas(dataset: string): Schema[] {
    const of = this.served.filter((f) => f.dataset === dataset);
    return [...new Set(of.map((f) => f.schema))].sort();
  }

  /** Files of a dataset, of one schema or of all, by path. */
  files(dataset: string, schema?: Schema): DataFile[] {
    const fits = (f: DataFile) => schema === undefined || f.schema === schema;
    return this.served.filter((f) => f.dataset === dataset && fits(f));
  }

  /** First and last day that a dataset has records of, `2026-01-05`; null without files. */
  days(dataset: string): { first: string; last: string } | null {
    const files = this.files(dataset);
    if (files.length === 0) return null;
    const first = Math.min(...files.map((f) => dayOf(f.firstNs)));
    const last = Math.max(...files.map((f) => dayOf(f.lastNs)));
    return { first: isoDayOf(first), last: isoDayOf(last) };
  }

  /** What symbols of a dataset stand for. */
  symbols(dataset: string): SymbolDirectory {
    return this.directories.get(dataset) ?? new SymbolDirectory();
  }
}

function listFiles(folder: string): string[] {
  try {
    const all = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = all.filter((entry) => entry.isFile() && FILE_NAME.test(entry.name));
    return files.map((entry) => join(entry.parentPath, entry.name)).sort();
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new OperatingError('FILE_READ', `${folder}: cannot be read: ${reason}`, { cause });
  }
}

async function survey(
  path: string,
  directories: Map<string, SymbolDirectory>,
): Promise<DataFile | PassedOver> {
  let reader: DataFileReader | null = null;
  try {
    reader = new DataFileReader(path);
    const { schema, dataset } = reader.metadata;
    if (schema === null) return { path, reason: 'its schemas are mixed' };
    const directory = directories.get(dataset) ?? new SymbolDirectory();
    directories.set(dataset, directory);
    directory.addMetadata(reader.metadata);
    const seen = new FileSurvey();
    let runs = 0;
    for (let run = reader.next(); run; run = reader.next()) {
      seen.add(run);
      if (run.rtype === RTYPE.DEFINITION) directory.addDefinitions(run);
      if (++runs % RUNS_PER_BREATH === 0) await new Promise((done) => setImmediate(done));
    }
    const file = seen.finish(reader, schema);
    directory.addInstruments(file.instruments, dayOf(file.firstNs), dayOf(file.lastNs) + 1);
    for (const [day, volumes] of file.volumes) {
      for (const [id, volume] of volumes) directory.addVolume(id, day, volume);
    }
    return file;
  } catch (error) {
    if (isKnownError(error)) return { path, reason: error.message };
    throw error;
  } finally {
    reader?.close();
  }
}

/** Files that agree in this hold the same records. */
function contentKey(file: DataFile): string {
  const { dataset, schema, records, firstNs, lastNs, instruments } = file;
  // Of files without a record only one is needed for each span of their headers.
  const span = records === 0 ? `${file.metadata.start}-${file.metadata.end}` : '';
  const ids = [...instruments].sort((a, b) => a - b).join(',');
  return [dataset, schema, records, firstNs, lastNs, ids, file.fingerprint, span].join('|');
}
