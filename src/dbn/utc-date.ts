/** The UTC calendar, proleptic Gregorian, without a clock. */

const NS_PER_DAY = 86_400_000_000_000n;
const DAYS_PER_ERA = 146_097;

/** Year, month and day of a count of days since 1970-01-01. Howard Hinnant, `civil_from_days`. */
function civilFromDays(days: number): [year: number, month: number, day: number] {
  const z = days + 719_468;
  const era = Math.floor(z / DAYS_PER_ERA);
  const doe = z - era * DAYS_PER_ERA;
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365,
  );
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  return [yoe + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

/** The UTC date of a moment, Unix ns, as the number YYYYMMDD that symbol mappings use. */
export function utcDateOf(ns: bigint): number {
  const [year, month, day] = civilFromDays(Number(ns / NS_PER_DAY));
  return year * 10_000 + month * 100 + day;
}

/** A moment, Unix ns, as `2024-01-31T23:59:59.123456789Z`. */
export function isoOf(ns: bigint): string {
  const [year, month, day] = civilFromDays(Number(ns / NS_PER_DAY));
  const inDay = ns % NS_PER_DAY;
  const seconds = Number(inDay / 1_000_000_000n);
  const two = (n: number) => String(n).padStart(2, '0');
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`;
  const fraction = String(inDay % 1_000_000_000n).padStart(9, '0');
  return `${date}T${time}:${two(seconds % 60)}.${fraction}Z`;
}
