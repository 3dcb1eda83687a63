import type { RecordLayout } from './layout.ts';

/**
 * Layouts of bars, statistics, status, auctions and the gateway's own messages. Where versions
 * differ, the name ends in the last version that has it. Source: databento/dbn
 * `rust/dbn/src/{record,v1,v2,v3}.rs`.
 */

/** A bar; `ts_event` is its opening. */
export const OHLCV = {
  name: 'OhlcvMsg',
  size: 56,
  fields: [
    { at: 16, name: 'open', type: 'price', doc: 'First trade price of the interval.' },
    { at: 24, name: 'high', type: 'price', doc: 'Highest trade price.' },
    { at: 32, name: 'low', type: 'price', doc: 'Lowest trade price.' },
    { at: 40, name: 'close', type: 'price', doc: 'Last trade price.' },
    { at: 48, name: 'volume', type: 'u64', doc: 'Traded quantity.' },
  ],
} as const satisfies RecordLayout;

/** Trading status. */
export const STATUS = {
  name: 'StatusMsg',
  size: 40,
  fields: [
    { at: 16, name: 'ts_recv', type: 'time', doc: 'When the capture server received it.' },
    { at: 24, name: 'action', type: 'u16', doc: 'What happened, see `ACTION`.' },
    { at: 26, name: 'reason', type: 'u16', doc: 'Why the status changed; StatusReason code.' },
    { at: 28, name: 'trading_event', type: 'u16', doc: 'Further effect; TradingEvent code.' },
    {
      at: 30,
      name: 'is_trading',
      type: 'char',
      undef: '~',
      doc: 'Trading is possible: Y, N or ~.',
    },
    {
      at: 31,
      name: 'is_quoting',
      type: 'char',
      undef: '~',
      doc: 'Quoting is possible: Y, N or ~.',
    },
    {
      at: 32,
      name: 'is_short_sell_restricted',
      type: 'char',
      undef: '~',
      doc: 'Short sales are restricted: Y, N or ~.',
    },
    { at: 33, name: '_reserved', type: 'zero', size: 7, doc: 'Reserved.' },
  ],
} as const satisfies RecordLayout;

/** A statistic in versions 1 and 2. */
export const STATISTICS_V2 = {
  name: 'StatMsg',
  size: 64,
  fields: [
    { at: 16, name: 'ts_recv', type: 'time', doc: 'When the capture server received it.' },
    { at: 24, name: 'ts_ref', type: 'time', doc: 'Moment that the statistic refers to.' },
    { at: 32, name: 'price', type: 'price', doc: 'Order, trade or statistic price.' },
    {
      at: 40,
      name: 'quantity',
      type: 'i32',
      undef: 2147483647,
      doc: 'Value of a quantity statistic.',
    },
    { at: 44, name: 'sequence', type: 'u32', doc: 'Message sequence number of the venue.' },
    {
      at: 48,
      name: 'ts_in_delta',
      type: 'i32',
      doc: '`ts_recv` less the venue’s sending time, ns; clamped to the type.',
    },
    { at: 52, name: 'stat_type', type: 'u16', doc: 'Which statistic; StatType code.' },
    { at: 54, name: 'channel_id', type: 'u16', undef: 65535, doc: 'Channel of the venue’s feed.' },
    { at: 56, name: 'update_action', type: 'u8', undef: 1, doc: '1 new, 2 deleted.' },
    { at: 57, name: 'stat_flags', type: 'u8', doc: 'Further flags of the venue.' },
    { at: 58, name: '_reserved', type: 'zero', size: 6, doc: 'Reserved.' },
  ],
} as const satisfies RecordLayout;

/** A statistic. */
export const STATISTICS = {
  name: 'StatMsg',
  size: 80,
  fields: [
    { at: 16, name: 'ts_recv', type: 'time', doc: 'When the capture server received it.' },
    { at: 24, name: 'ts_ref', type: 'time', doc: 'Moment that the statistic refers to.' },
    { at: 32, name: 'price', type: 'price', doc: 'Order, trade or statistic price.' },
    {
      at: 40,
      name: 'quantity',
      type: 'i64',
      undef: 9223372036854775807n,
      doc: 'Value of a quantity statistic.',
    },
    { at: 48, name: 'sequence', type: 'u32', doc: 'Message sequence number of the venue.' },
    {
      at: 52,
      name: 'ts_in_delta',
      type: 'i32',
      doc: '`ts_recv` less the venue’s sending time, ns; clamped to the type.',
    },
    { at: 56, name: 'stat_type', type: 'u16', doc: 'Which statistic; StatType code.' },
    { at: 58, name: 'channel_id', type: 'u16', undef: 65535, doc: 'Channel of the venue’s feed.' },
    { at: 60, name: 'update_action', type: 'u8', undef: 1, doc: '1 new, 2 deleted.' },
    { at: 61, name: 'stat_flags', type: 'u8', doc: 'Further flags of the venue.' },
    { at: 62, name: '_reserved', type: 'zero', size: 18, doc: 'Reserved.' },
  ],
} as const satisfies RecordLayout;

/** Auction imbalance. */
export const IMBALANCE = {
  name: 'ImbalanceMsg',
  size: 112,
  fields: [
    { at: 16, name: 'ts_recv', type: 'time', doc: 'When the capture server received it.' },
    {
      at: 24,
      name: 'ref_price',
      type: 'price',
      doc: 'Price at which the auction shares are calculated.',
    },
    { at: 32, name: 'auction_time', type: 'time', doc: 'When the auction is expected.' },
    {
      at: 40,
      name: 'cont_book_clr_price',
      type: 'price',
      doc: 'Clearing price with the continuous book.',
    },
    {
      at: 48,
      name: 'auct_interest_clr_price',
      type: 'price',
      doc: 'Clearing price of auction-only interest.',
    },
    {
      at: 56,
      name: 'ssr_filling_price',
      type: 'price',
      doc: 'Clearing price under a short-sale restriction.',
    },
    {
      at: 64,
      name: 'ind_match_price',
      type: 'price',
      doc: 'Price at which most shares would trade.',
    },
    { at: 72, name: 'upper_collar', type: 'price', doc: 'Upper auction collar.' },
    { at: 80, name: 'lower_collar', type: 'price', doc: 'Lower auction collar.' },
    {
      at: 88,
      name: 'paired_qty',
      type: 'u32',
      undef: 4294967295,
      doc: 'Quantity that pairs at the reference price.',
    },
    {
      at: 92,
      name: 'total_imbalance_qty',
      type: 'u32',
      undef: 4294967295,
      doc: 'Quantity that does not pair.',
    },
    {
      at: 96,
      name: 'market_imbalance_qty',
      type: 'u32',
      undef: 4294967295,
      doc: 'Market-order quantity that does not pair.',
    },
    {
      at: 100,
      name: 'unpaired_qty',
      type: 'u32',
      undef: 4294967295,
      doc: 'Unpaired quantity at the reference price.',
    },
    {
      at: 104,
      name: 'auction_type',
      type: 'char',
      undef: '~',
      doc: 'Kind of auction, a code of the venue.',
    },
    {
      at: 105,
      name: 'side',
      type: 'char',
      undef: 'N',
      doc: 'Side of the order; aggressor of a trade; resting side of a fill. See `SIDE`.',
    },
    {
      at: 106,
      name: 'auction_status',
      type: 'u8',
      doc: 'Status of the auction, a code of the venue.',
    },
    { at: 107, name: 'freeze_status', type: 'u8', doc: 'Freeze status, a code of the venue.' },
    { at: 108, name: 'num_extensions', type: 'u8', doc: 'How often the auction was extended.' },
    { at: 109, name: 'unpaired_side', type: 'char', undef: 'N', doc: 'Side of `unpaired_qty`.' },
    {
      at: 110,
      name: 'significant_imbalance',
      type: 'char',
      undef: '~',
      doc: 'Whether the venue calls the imbalance significant.',
    },
    { at: 111, name: '_reserved', type: 'zero', size: 1, doc: 'Reserved.' },
  ],
} as const satisfies RecordLayout;

/** An error of the live gateway in version 1. */
export const ERROR_V1 = {
  name: 'ErrorMsg',
  size: 80,
  fields: [{ at: 16, name: 'err', type: 'text', size: 64, doc: 'Error text of the gateway.' }],
} as const satisfies RecordLayout;

/** An error of the live gateway. */
export const ERROR = {
  name: 'ErrorMsg',
  size: 320,
  fields: [
    { at: 16, name: 'err', type: 'text', size: 302, doc: 'Error text of the gateway.' },
    { at: 318, name: 'code', type: 'u8', undef: 255, doc: 'Code of the message; 255 when unset.' },
    {
      at: 319,
      name: 'is_last',
      type: 'u8',
      undef: 255,
      doc: 'Last of a series of errors; 255 when unset.',
    },
  ],
} as const satisfies RecordLayout;

/** A notice of the live gateway in version 1. */
export const SYSTEM_V1 = {
  name: 'SystemMsg',
  size: 80,
  fields: [{ at: 16, name: 'msg', type: 'text', size: 64, doc: 'Text of the gateway.' }],
} as const satisfies RecordLayout;

/** A notice of the live gateway, a heartbeat for one. */
export const SYSTEM = {
  name: 'SystemMsg',
  size: 320,
  fields: [
    { at: 16, name: 'msg', type: 'text', size: 303, doc: 'Text of the gateway.' },
    { at: 319, name: 'code', type: 'u8', undef: 255, doc: 'Code of the message; 255 when unset.' },
  ],
} as const satisfies RecordLayout;

/** A symbol mapping of the live gateway in version 1. */
export const SYMBOL_MAPPING_V1 = {
  name: 'SymbolMappingMsg',
  size: 80,
  fields: [
    { at: 16, name: 'stype_in_symbol', type: 'text', size: 22, doc: 'Symbol as asked for.' },
    { at: 38, name: 'stype_out_symbol', type: 'text', size: 22, doc: 'Symbol that it stands for.' },
    { at: 64, name: 'start_ts', type: 'time', doc: 'Start of the mapping.' },
    { at: 72, name: 'end_ts', type: 'time', doc: 'End of the mapping.' },
    { at: 60, name: '_dummy', type: 'zero', size: 4, doc: 'Reserved.' },
  ],
} as const satisfies RecordLayout;

/** A symbol mapping of the live gateway. */
export const SYMBOL_MAPPING = {
  name: 'SymbolMappingMsg',
  size: 176,
  fields: [
    {
      at: 16,
      name: 'stype_in',
      type: 'u8',
      undef: 255,
      doc: 'Symbology of `stype_in_symbol`; 255 when unset.',
    },
    { at: 17, name: 'stype_in_symbol', type: 'text', size: 71, doc: 'Symbol as asked for.' },
    {
      at: 88,
      name: 'stype_out',
      type: 'u8',
      undef: 255,
      doc: 'Symbology of `stype_out_symbol`; 255 when unset.',
    },
    { at: 89, name: 'stype_out_symbol', type: 'text', size: 71, doc: 'Symbol that it stands for.' },
    { at: 160, name: 'start_ts', type: 'time', doc: 'Start of the mapping.' },
    { at: 168, name: 'end_ts', type: 'time', doc: 'End of the mapping.' },
  ],
} as const satisfies RecordLayout;
