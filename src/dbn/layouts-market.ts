import type { LevelField, RecordLayout } from './layout.ts';

/**
 * Layouts of orders, trades and quotes, alike in every DBN version. Rows stand in the order of the
 * vendor's JSON and CSV; offsets count from the start of the record. Source: databento/dbn
 * `rust/dbn/src/record.rs`.
 */

/** Bytes of one book level. */
export const LEVEL_BYTES = 32;

/** One level of one venue; offsets count from the start of the level. */
export const LEVEL = [
  { at: 0, name: 'bid_px', type: 'price', doc: 'Bid price.' },
  { at: 8, name: 'ask_px', type: 'price', doc: 'Ask price.' },
  { at: 16, name: 'bid_sz', type: 'u32', doc: 'Bid size.' },
  { at: 20, name: 'ask_sz', type: 'u32', doc: 'Ask size.' },
  { at: 24, name: 'bid_ct', type: 'u32', doc: 'Bid orders.' },
  { at: 28, name: 'ask_ct', type: 'u32', doc: 'Ask orders.' },
] as const satisfies readonly LevelField[];

/** The best level over all venues. */
export const CONSOLIDATED_LEVEL = [
  { at: 0, name: 'bid_px', type: 'price', doc: 'Bid price.' },
  { at: 8, name: 'ask_px', type: 'price', doc: 'Ask price.' },
  { at: 16, name: 'bid_sz', type: 'u32', doc: 'Bid size.' },
  { at: 20, name: 'ask_sz', type: 'u32', doc: 'Ask size.' },
  { at: 24, name: 'bid_pb', type: 'u16', doc: 'Publisher id of the venue with the best bid.' },
  { at: 28, name: 'ask_pb', type: 'u16', doc: 'Publisher id of the venue with the best ask.' },
  { at: 26, name: '_reserved1', type: 'zero', size: 2, doc: 'Reserved.' },
  { at: 30, name: '_reserved2', type: 'zero', size: 2, doc: 'Reserved.' },
] as const satisfies readonly LevelField[];

/** Market by order. */
export const MBO = {
  name: 'MboMsg',
  size: 56,
  fields: [
    { at: 40, name: 'ts_recv', type: 'time', doc: 'When the capture server received it.' },
    { at: 38, name: 'action', type: 'char', undef: 'N', doc: 'What happened, see `ACTION`.' },
    {
      at: 39,
      name: 'side',
      type: 'char',
      undef: 'N',
      doc: 'Side of the order; aggressor of a trade; resting side of a fill. See `SIDE`.',
    },
    { at: 24, name: 'price', type: 'price', doc: 'Order, trade or statistic price.' },
    { at: 32, name: 'size', type: 'u32', undef: 4294967295, doc: 'Quantity, contracts or shares.' },
    { at: 37, name: 'channel_id', type: 'u8', undef: 255, doc: 'Channel of the venue’s feed.' },
    { at: 16, name: 'order_id', type: 'u64', doc: 'Order id given by the venue.' },
    { at: 36, name: 'flags', type: 'u8', doc: 'Bits of `FLAG`.' },
    {
      at: 48,
      name: 'ts_in_delta',
      type: 'i32',
      doc: '`ts_recv` less the venue’s sending time, ns; clamped to the type.',
    },
    { at: 52, name: 'sequence', type: 'u32', doc: 'Message sequence number of the venue.' },
  ],
} as const satisfies RecordLayout;

/** A trade. */
export const TRADE = {
  name: 'TradeMsg',
  size: 48,
  fields: [
    { at: 32, name: 'ts_recv', type: 'time', doc: 'When the capture server received it.' },
    { at: 28, name: 'action', type: 'char', undef: 'N', doc: 'What happened, see `ACTION`.' },
    {
      at: 29,
      name: 'side',
      type: 'char',
      undef: 'N',
      doc: 'Side of the order; aggressor of a trade; resting side of a fill. See `SIDE`.',
    },
    { at: 31, name: 'depth', type: 'u8', doc: 'Book level that the record updates, 0 = best.' },
    { at: 16, name: 'price', type: 'price', doc: 'Order, trade or statistic price.' },
    { at: 24, name: 'size', type: 'u32', undef: 4294967295, doc: 'Quantity, contracts or shares.' },
    { at: 30, name: 'flags', type: 'u8', doc: 'Bits of `FLAG`.' },
    {
      at: 40,
      name: 'ts_in_delta',
      type: 'i32',
      doc: '`ts_recv` less the venue’s sending time, ns; clamped to the type.',
    },
    { at: 44, name: 'sequence', type: 'u32', doc: 'Message sequence number of the venue.' },
  ],
} as const satisfies RecordLayout;

/** Top of book: mbp-1 and tbbo. */
export const MBP_1 = {
  name: 'Mbp1Msg',
  size: 80,
  levels: { at: 48, count: 1, fields: LEVEL },
  fields: [
    { at: 32, name: 'ts_recv', type: 'time', doc: 'When the capture server received it.' },
    { at: 28, name: 'action', type: 'char', undef: 'N', doc: 'What happened, see `ACTION`.' },
    {
      at: 29,
      name: 'side',
      type: 'char',
      undef: 'N',
      doc: 'Side of the order; aggressor of a trade; resting side of a fill. See `SIDE`.',
    },
    { at: 31, name: 'depth', type: 'u8', doc: 'Book level that the record updates, 0 = best.' },
    { at: 16, name: 'price', type: 'price', doc: 'Order, trade or statistic price.' },
    { at: 24, name: 'size', type: 'u32', undef: 4294967295, doc: 'Quantity, contracts or shares.' },
    { at: 30, name: 'flags', type: 'u8', doc: 'Bits of `FLAG`.' },
    {
      at: 40,
      name: 'ts_in_delta',
      type: 'i32',
      doc: '`ts_recv` less the venue’s sending time, ns; clamped to the type.',
    },
    { at: 44, name: 'sequence', type: 'u32', doc: 'Message sequence number of the venue.' },
  ],
} as const satisfies RecordLayout;

/** Ten levels; level 0 is the best. */
export const MBP_10 = {
  name: 'Mbp10Msg',
  size: 368,
  levels: { at: 48, count: 10, fields: LEVEL },
  fields: [
    { at: 32, name: 'ts_recv', type: 'time', doc: 'When the capture server received it.' },
    { at: 28, name: 'action', type: 'char', undef: 'N', doc: 'What happened, see `ACTION`.' },
    {
      at: 29,
      name: 'side',
      type: 'char',
      undef: 'N',
      doc: 'Side of the order; aggressor of a trade; resting side of a fill. See `SIDE`.',
    },
    { at: 31, name: 'depth', type: 'u8', doc: 'Book level that the record updates, 0 = best.' },
    { at: 16, name: 'price', type: 'price', doc: 'Order, trade or statistic price.' },
    { at: 24, name: 'size', type: 'u32', undef: 4294967295, doc: 'Quantity, contracts or shares.' },
    { at: 30, name: 'flags', type: 'u8', doc: 'Bits of `FLAG`.' },
    {
      at: 40,
      name: 'ts_in_delta',
      type: 'i32',
      doc: '`ts_recv` less the venue’s sending time, ns; clamped to the type.',
    },
    { at: 44, name: 'sequence', type: 'u32', doc: 'Message sequence number of the venue.' },
  ],
} as const satisfies RecordLayout;

/** Consolidated top of book: cmbp-1 and tcbbo. */
export const CMBP_1 = {
  name: 'Cmbp1Msg',
  size: 80,
  levels: { at: 48, count: 1, fields: CONSOLIDATED_LEVEL },
  fields: [
    { at: 32, name: 'ts_recv', type: 'time', doc: 'When the capture server received it.' },
    { at: 28, name: 'action', type: 'char', undef: 'N', doc: 'What happened, see `ACTION`.' },
    {
      at: 29,
      name: 'side',
      type: 'char',
      undef: 'N',
      doc: 'Side of the order; aggressor of a trade; resting side of a fill. See `SIDE`.',
    },
    { at: 16, name: 'price', type: 'price', doc: 'Order, trade or statistic price.' },
    { at: 24, name: 'size', type: 'u32', undef: 4294967295, doc: 'Quantity, contracts or shares.' },
    { at: 30, name: 'flags', type: 'u8', doc: 'Bits of `FLAG`.' },
    {
      at: 40,
      name: 'ts_in_delta',
      type: 'i32',
      doc: '`ts_recv` less the venue’s sending time, ns; clamped to the type.',
    },
    { at: 31, name: '_reserved1', type: 'zero', size: 1, doc: 'Reserved.' },
    { at: 44, name: '_reserved2', type: 'zero', size: 4, doc: 'Reserved.' },
  ],
} as const satisfies RecordLayout;

/** Consolidated top of book by interval. */
export const CBBO = {
  name: 'CbboMsg',
  size: 80,
  levels: { at: 48, count: 1, fields: CONSOLIDATED_LEVEL },
  fields: [
    { at: 32, name: 'ts_recv', type: 'time', doc: 'When the capture server received it.' },
    {
      at: 29,
      name: 'side',
      type: 'char',
      undef: 'N',
      doc: 'Side of the order; aggressor of a trade; resting side of a fill. See `SIDE`.',
    },
    { at: 16, name: 'price', type: 'price', doc: 'Order, trade or statistic price.' },
    { at: 24, name: 'size', type: 'u32', undef: 4294967295, doc: 'Quantity, contracts or shares.' },
    { at: 30, name: 'flags', type: 'u8', doc: 'Bits of `FLAG`.' },
    { at: 28, name: '_reserved1', type: 'zero', size: 1, doc: 'Reserved.' },
    { at: 31, name: '_reserved2', type: 'zero', size: 1, doc: 'Reserved.' },
    { at: 40, name: '_reserved3', type: 'zero', size: 8, doc: 'Reserved.' },
  ],
} as const satisfies RecordLayout;

/** Top of book by interval; `ts_recv` is its end, price and size are the last trade’s. */
export const BBO = {
  name: 'BboMsg',
  size: 80,
  levels: { at: 48, count: 1, fields: LEVEL },
  fields: [
    { at: 32, name: 'ts_recv', type: 'time', doc: 'When the capture server received it.' },
    {
      at: 29,
      name: 'side',
      type: 'char',
      undef: 'N',
      doc: 'Side of the order; aggressor of a trade; resting side of a fill. See `SIDE`.',
    },
    { at: 16, name: 'price', type: 'price', doc: 'Order, trade or statistic price.' },
    { at: 24, name: 'size', type: 'u32', undef: 4294967295, doc: 'Quantity, contracts or shares.' },
    { at: 30, name: 'flags', type: 'u8', doc: 'Bits of `FLAG`.' },
    { at: 44, name: 'sequence', type: 'u32', doc: 'Message sequence number of the venue.' },
    { at: 28, name: '_reserved1', type: 'zero', size: 1, doc: 'Reserved.' },
    { at: 31, name: '_reserved2', type: 'zero', size: 1, doc: 'Reserved.' },
    { at: 40, name: '_reserved3', type: 'zero', size: 4, doc: 'Reserved.' },
  ],
} as const satisfies RecordLayout;
