import type { ArrowType } from './arrow-layout.ts';

/** The typed array that holds a column of each type, little-endian as the streams are. */
export const ARROW_VIEWS = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
} as const satisfies Record<ArrowType, unknown>;

/** The typed array of a column of type `T`. */
export type ArrowArray<T extends ArrowType> = InstanceType<(typeof ARROW_VIEWS)[T]>;

/** The values of a column of any type. */
export type ArrowValues = ArrowArray<ArrowType>;
