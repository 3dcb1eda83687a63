/** Byte arrays by name, bounded in sum: the least recently used go first. */
export class ByteBudget {
  private readonly maxBytes: number;
  private readonly entries = new Map<string, Uint8Array>();
  private bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Bytes held. */
  get usedBytes(): number {
    return this.bytes;
  }

  /** The entry, which becomes the most recently used; undefined when it is not held. */
  get(name: string): Uint8Array | undefined {
    const entry = this.entries.get(name);
    if (entry) {
      this.entries.delete(name);
      this.entries.set(name, entry);
    }
    return entry;
  }

  /** Holds an entry, unless it alone is larger than the budget. */
  put(name: string, entry: Uint8Array): void {
    this.drop(name);
    if (entry.length > this.maxBytes) return;
    this.entries.set(name, entry);
    this.bytes += entry.length;
    for (const oldest of this.entries.keys()) {
      if (this.bytes <= this.maxBytes) return;
      this.drop(oldest);
    }
  }

  /** Lets an entry go. */
  drop(name: string): void {
    const entry = this.entries.get(name);
    if (!entry) return;
    this.entries.delete(name);
    this.bytes -= entry.length;
  }
}
