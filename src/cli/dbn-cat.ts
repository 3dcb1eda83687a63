/**
 * The work of `spymaster dbn cat`: records as JSON lines, CSV or a table.
 */
import { DataError } from '../core/index.ts';
import {
  convertRun,
  csvHeader,
  type DbnVersion,
  LATEST_VERSION,
  type RecordRun,
  RTYPE,
  recordToCsv,
  recordToJson,
} from '../dbn/index.ts';
import { unixNsToDate } from '../lake/index.ts';
import { type CommandContext, SafePoint } from './command.ts';
import { DbnSource, truncationNote } from './dbn-source.ts';
import { LineWriter, note, withOutput } from './output.ts';
import { type FilterOptions, RecordFilter } from './record-filter.ts';
import { timeOf, timeWordOf } from './record-times.ts';
import { SymbolNames } from './symbol-names.ts';
import { TextTable } from './text-table.ts';

/** Ways to print records. */
export const CAT_FORMATS = ['json', 'csv', 'table'] as const;

/** Flags of `dbn cat`. */
export interface DbnCatOptions extends FilterOptions {
  format: (typeof CAT_FORMATS)[number];
  pretty?: boolean;
  symbols?: boolean;
  upgrade?: boolean;
  fragment?: DbnVersion;
}

/** Turns the records of a file into lines; headers come where the kind of record changes. */
class RecordPrinter {
  private readonly options: DbnCatOptions;
  private readonly names: SymbolNames | null;
  private readonly table: TextTable | null;
  private kind = -1;

  constructor(options: DbnCatOptions, source: DbnSource) {
    this.options = options;
    this.names = options.symbols ? new SymbolNames(source.metadata) : null;
    this.table = options.format === 'table' ? new TextTable() : null;
  }

  /** Lines that go before the first record of a run. */
  head(run: RecordRun, path: string): string {
    const { format } = this.options;
    if (run.rtype === RTYPE.SYMBOL_MAPPING) this.names?.addMappings(run);
    const isNew = run.rtype !== this.kind;
    if (format === 'json' || !isNew) return '';
    if (format === 'csv' && this.kind >= 0) throw mixedTypes(path, run);
    this.kind = run.rtype;
    const extra = [run.tsOut ? ('ts_out' as const) : [], this.names ? ('symbol' as const) : []];
    const header = csvHeader(run.rtype, run.version, extra.flat());
    return this.table ? this.table.begin(header.split(',')) : `${header}\n`;
  }

  line(run: RecordRun, i: number, timeWord: number): string {
    const { format, pretty } = this.options;
    const symbol = this.names ? this.symbolOf(run, i, timeWord) : undefined;
    const text = {
      prettyPrices: pretty ?? format === 'table',
      prettyTimes: pretty ?? format === 'table',
      ...(symbol === undefined ? {} : { symbol }),
    };
    if (format === 'json') return `${recordToJson(run, i, text)}\n`;
    const csv = recordToCsv(run, i, text);
    return this.table ? this.table.row(csv) : `${csv}\n`;
  }

  /** What is still held back. */
  tail(): string {
    return this.table?.end() ?? '';
  }

  private symbolOf(run: RecordRun, i: number, timeWord: number): string | null {
    const id = run.words[((run.start + i * run.stride) >> 2) + 1]! >>> 0;
    return this.names?.symbolOf(id, unixNsToDate(timeOf(run, i, timeWord))) ?? null;
  }
}

function mixedTypes(path: string, run: RecordRun): DataError {
  return new DataError('DBN_SCHEMA', 'records of several types do not fit one CSV table', {
    file: path,
    offset: run.offset,
    expected: '--format json',
  });
}

/** Prints the records that pass the filter; a truncated file's whole records, with a note. */
export async function runDbnCat(
  context: CommandContext,
  options: DbnCatOptions,
  path: string,
): Promise<undefined> {
  const point = new SafePoint(context.signal);
  const source = await DbnSource.open(path, { fragmentVersion: options.fragment });
  try {
    const filter = new RecordFilter(options, source.metadata);
    const printer = new RecordPrinter(options, source);
    await withOutput(undefined, async (output) => {
      const lines = new LineWriter(output);
      for (const whole of source.runs()) {
        for (const passed of filter.pass(whole)) {
          const run = options.upgrade ? convertRun(passed, LATEST_VERSION) : passed;
          const timeWord = timeWordOf(run);
          if (lines.add(printer.head(run, path))) await lines.flush();
          for (let i = 0; i < run.count; i++) {
            if (lines.add(printer.line(run, i, timeWord))) await lines.flush();
          }
        }
        await point.reach();
        if (filter.done) break;
      }
      lines.add(printer.tail());
      await lines.flush();
    });
  } finally {
    source.close();
  }
  const truncation = truncationNote(path, source.end);
  if (truncation) note(truncation);
}
