export { assert } from './assert.ts';
export type { DataErrorDetail, ErrorCode } from './errors.ts';
export { DataError, ERRORS, isKnownError, OperatingError } from './errors.ts';
export { Prng } from './prng.ts';
export type { Lots, NsOfDay, PriceNano, Side, Tick, UnixNs } from './units.ts';
export { ASK, BID, NS_PER_DAY, NS_PER_MS, NS_PER_SECOND } from './units.ts';
