/** Rows that decide the widths of the columns. */
const SAMPLE_ROWS = 100;
/** Widest cell; longer texts push the rest of their line. */
const MAX_WIDTH = 40;

function splitCsv(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  for (const m of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    cells.push(m[1] === undefined ? (m[2] ?? '') : m[1].replaceAll('""', '"'));
  }
  return cells;
}

/** Lines of CSV as aligned columns: the first rows are held back to see how wide they are. */
export class TextTable {
  private header: string[] = [];
  private held: string[][] = [];
  private widths: number[] | null = null;

  /** Starts a table; returns what the one before it still held. */
  begin(header: string[]): string {
    const before = this.end();
    this.header = header;
    this.held = [];
    this.widths = null;
    return before;
  }

  /** Takes a row of CSV; returns the lines that are ready. */
  row(csv: string): string {
    const cells = splitCsv(csv);
    if (this.widths) return this.format(cells, this.widths);
    this.held.push(cells);
    return this.held.length < SAMPLE_ROWS ? '' : this.release();
  }

  /** What is still held back. */
  end(): string {
    return this.widths === null && this.header.length > 0 ? this.release() : '';
  }

  private release(): string {
    const rows = [this.header, ...this.held];
    const widest = (c: number) => Math.max(...rows.map((r) => r[c]?.length ?? 0));
    const widths = this.header.map((_, c) => Math.min(MAX_WIDTH, widest(c)));
    this.widths = widths;
    this.held = [];
    return rows.map((r) => this.format(r, widths)).join('');
  }

  private format(cells: string[], widths: number[]): string {
    const padded = cells.map((cell, c) => cell.padStart(widths[c] ?? 0));
    return `${padded.join('  ').trimEnd()}\n`;
  }
}
