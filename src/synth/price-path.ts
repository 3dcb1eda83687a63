/** A price over a day: steps in time order, growing while its market is drawn. */
export class PricePath {
  /** Steps in it. */
  length = 0;
  private ns = new Float64Array(4096);
  private price = new Float64Array(4096);

  /** Appends a step: from `ns` (ns of day, not before the last one) on, the price is `price`. */
  push(ns: number, price: number): void {
    if (this.length === this.ns.length) {
      this.ns = doubled(this.ns);
      this.price = doubled(this.price);
    }
    this.ns[this.length] = ns;
    this.price[this.length++] = price;
  }

  /** The time of step `i`, ns of day; infinite behind the last. */
  nsAt(i: number): number {
    return i < this.length ? this.ns[i]! : Number.POSITIVE_INFINITY;
  }

  /** The price from step `i` on, 1e-9 currency. */
  priceAt(i: number): number {
    return this.price[i]!;
  }
}

function doubled(from: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const to = new Float64Array(from.length * 2);
  to.set(from);
  return to;
}

/** Reads a finished path forward in time. */
export class PathCursor {
  private readonly path: PricePath;
  private at = 0;

  /** @param path holds a step at least. */
  constructor(path: PricePath) {
    this.path = path;
  }

  /** The price at `ns`, 1e-9 currency; a time before the last asked for gives the last price. */
  priceAt(ns: number): number {
    while (this.path.nsAt(this.at + 1) <= ns) this.at++;
    return this.path.priceAt(this.at);
  }
}
