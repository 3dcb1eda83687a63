/**
 * Zone offsets are looked up once a quarter of an hour: no zone changes its clock at another
 * moment.
 */
const QUARTER_MS = 900_000;

/**
 * The exchange's clock: local time of an IANA zone, daylight saving included.
 */
export class ExchangeClock {
  readonly zone: string;
  private readonly format: Intl.DateTimeFormat;
  private readonly nameFormat: Intl.DateTimeFormat;
  private readonly offsets = new Map<number, number>();

  /** @param zone an IANA name such as America/New_York. */
  constructor(zone: string) {
    this.zone = zone;
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    this.nameFormat = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' });
  }

  /** Local time minus UTC at an instant (ms since epoch), ms. */
  offsetMs(epochMs: number): number {
    const quarter = Math.floor(epochMs / QUARTER_MS);
    const known = this.offsets.get(quarter);
    if (known !== undefined) return known;
    const at = quarter * QUARTER_MS;
    const part: Record<string, number> = {};
    for (const p of this.format.formatToParts(at)) part[p.type] = Number(p.value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    const offset = Date.UTC(year, month - 1, day, hour, minute, second) - at;
    this.offsets.set(quarter, offset);
    return offset;
  }

  /** The zone's short name at an instant, such as EST. */
  zoneName(epochMs: number): string {
    const parts = this.nameFormat.formatToParts(epochMs);
    return parts.find((p) => p.type === 'timeZoneName')?.value ?? this.zone;
  }

  /**
   * Local wall time as milliseconds since the epoch's local midnight line: add to format, never to
   * store.
   */
  localMs(epochMs: number): number {
    return epochMs + this.offsetMs(epochMs);
  }
}

/** Milliseconds since the epoch of an instant in nanoseconds given as a string; NaN for null. */
export function msOfNs(ns: string | null): number {
  return ns === null ? Number.NaN : Number(BigInt(ns) / 1000n) / 1000;
}
