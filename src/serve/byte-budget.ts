/** Things with a size by name, bounded in sum: the least recently used go first. */
export class ByteBudget<T extends { readonly byteLength: number } = Uint8Array> {
  private readonly maxBytes: number;
  private readonly entries = new Map<string, T>();
  private bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Bytes held. */
  get usedBytes(): number {
    return this.bytes;
  }

  /** The entry, which becomes the most recently used; undefined when it is not held. */
  get(name: string): T | undefined {
    const entry = this.entries.get(name);
    if (entry) {
      this.entries.delete(name);
      this.entries.set(name, entry);
    }
    return entry;
  }

  /** Holds an entry, unless it alone is larger than the budget. */
  put(name: string, entry: T): void {
    this.drop(name);
    if (entry.byteLength > this.maxBytes) return;
    this.entries.set(name, entry);
    this.bytes += entry.byteLength;
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
    this.bytes -= entry.byteLength;
  }
}
