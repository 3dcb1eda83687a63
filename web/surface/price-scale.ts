/**
 * Rows and prices. A row of the surface is a bucket of `bucketTicks` ticks, numbered by absolute
 * price: row = floor(tick / bucketTicks). On the vertical axis a row covers its number +- 0.5, and
 * a tick its share of that.
 */
export interface PriceScale {
  /** One tick, 1e-9 currency units. */
  tickNano: number;
  /** Ticks in a row. */
  bucketTicks: number;
  /** Digits after the point that a price needs. */
  decimals: number;
}

/** Height of a row, 1e-9 currency units. */
export function rowNano(scale: PriceScale): number {
  return scale.tickNano * scale.bucketTicks;
}

/** Row that holds a price given in 1e-9 units as a string; NaN for null. */
export function rowOfPrice(scale: PriceScale, priceInt: string | null): number {
  return priceInt === null ? Number.NaN : Math.floor(Number(priceInt) / rowNano(scale));
}

/**
 * Place of a price on the vertical axis (the middle of its tick, half ticks between); NaN for null.
 */
export function placeOfPrice(scale: PriceScale, priceInt: string | null): number {
  if (priceInt === null) return Number.NaN;
  return (Number(priceInt) / scale.tickNano + 0.5) / scale.bucketTicks - 0.5;
}

/** Place on the vertical axis of a row's lowest tick. */
export function placeOfRow(scale: PriceScale, row: number): number {
  return row + (0.5 / scale.bucketTicks - 0.5);
}

/** A row's lowest price as text with the product's decimals; a dash when unknown. */
export function formatRowPrice(scale: PriceScale, row: number): string {
  return Number.isFinite(row) ? ((row * rowNano(scale)) / 1e9).toFixed(scale.decimals) : '–';
}

/** A price in 1e-9 units as text, half ticks included; a dash when unknown. */
export function formatPrice(scale: PriceScale, priceInt: string | null): string {
  if (priceInt === null) return '–';
  const nano = Number(priceInt);
  const ticks = nano / scale.tickNano;
  const onTick = Math.abs(ticks - Math.round(ticks)) < 1e-9;
  return (nano / 1e9).toFixed(onTick ? scale.decimals : scale.decimals + 1);
}
