/**
 * Windows as the bytes that are sent: every header and frame of a window, back to back.
 */
import type { TableRows } from '../lake/index.ts';
import type { ForecastNotice, SurfaceHeader, VelocitySurface } from '../wire/index.ts';
import { firstRowFrom } from './row-slices.ts';
import type { EncodedWindow, VelocityBlock } from './velocity-block.ts';
import { type BlockRows, rowsOfSecond, type TellForecast } from './velocity-forecasts.ts';
import {
  absentSnapFrame,
  forecastFrame,
  optionsFrame,
  type SurfaceFrame,
  snapFrame,
  velocityFrame,
} from './velocity-surfaces.ts';
import { absentWindow, secondOfRow, windowState } from './velocity-windows.ts';

/** What a block is encoded from. */
export interface BlockContent {
  session: string;
  originNs: bigint;
  /** Snapshots of the whole day. */
  snapshots: TableRows;
  /** Surfaces of the block. */
  rows: BlockRows;
  /** Forecasts by second. */
  told: ReadonlyMap<number, TellForecast>;
  notice: ForecastNotice;
  /** Window ends that were fitted and judged, s; null = none. */
  provenSeconds: { from: number; to: number } | null;
  /** Whether what is unproven is sent, called so. */
  allowUnproven: boolean;
}

type ForecastHeader = NonNullable<SurfaceHeader['forecast']>;

/** The notice as it holds for one window: nothing is proven outside the hours that were judged. */
function noticeAt(content: BlockContent, seq: number): ForecastNotice {
  const { notice, provenSeconds: proven } = content;
  if (notice.status !== 'proven' || !proven || (seq >= proven.from && seq < proven.to)) {
    return notice;
  }
  const { from, to, time_zone } = notice.proven_hours ?? { from: '', to: '', time_zone: '' };
  const reason = `proven only from ${from} to ${to} ${time_zone}`;
  return {
    ...notice,
    status: 'unproven',
    available: notice.available && content.allowUnproven,
    reason,
  };
}

function forecastHeader(notice: ForecastNotice, told: TellForecast | undefined): ForecastHeader {
  const { status } = notice;
  const diagnostics = told?.diagnostics ?? null;
  if (!notice.available) {
    return { forecast_available: false, status, reason: notice.reason, diagnostics };
  }
  const isThere = told?.forecast?.rows != null;
  const why = isThere ? notice.reason : (told?.forecast?.reason ?? 'the window was not computed');
  return { forecast_available: isThere, status, reason: why, diagnostics };
}

function pack(content: BlockContent, seq: number, frames: [VelocitySurface, SurfaceFrame][]) {
  const told = content.told.get(seq);
  const parts: Uint8Array[] = [];
  for (const [surface, { rows, bytes }] of frames) {
    const header: SurfaceHeader = {
      type: 'surface_header',
      session: content.session,
      seq,
      surface,
      rows,
      bytes: bytes.length,
      ...(surface === 'forecast' && { forecast: forecastHeader(noticeAt(content, seq), told) }),
    };
    parts.push(Buffer.from(JSON.stringify(header)), bytes);
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  const ends: number[] = [];
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
    ends.push(at);
  }
  return { bytes, ends };
}

function encodeWindow(content: BlockContent, row: number): EncodedWindow {
  const { originNs, snapshots, rows, told } = content;
  const { book, options, strikes } = rows;
  const seq = secondOfRow(snapshots, row);
  const [from, to] = rowsOfSecond(book, seq);
  const said = noticeAt(content, seq).available ? told.get(seq)?.forecast?.rows : null;
  const optionRows: [number, number] = options ? rowsOfSecond(options, seq) : [0, 0];
  return {
    state: windowState(originNs, snapshots, row),
    ...pack(content, seq, [
      ['snap', snapFrame(originNs, snapshots, row)],
      ['velocity', velocityFrame(book, from, to)],
      ['options', optionsFrame(options, strikes, ...optionRows)],
      ['forecast', forecastFrame(said ?? null)],
    ]),
  };
}

/** A second without a row: there is nothing to be known, and that is said. */
function encodeAbsent(content: BlockContent, seq: number): EncodedWindow {
  const { originNs } = content;
  return {
    state: absentWindow(originNs, seq),
    ...pack(content, seq, [['snap', absentSnapFrame(originNs, seq)]]),
  };
}

/** Encodes the windows that end in [from, to) s, the seconds without a row included. */
export function encodeBlock(content: BlockContent, from: number, to: number): VelocityBlock {
  const { snapshots } = content;
  const windows: EncodedWindow[] = [];
  let row = firstRowFrom(snapshots, from * 1e9);
  for (let second = from; second < to; second++) {
    const isThere = row < snapshots.rows && secondOfRow(snapshots, row) === second;
    windows.push(isThere ? encodeWindow(content, row++) : encodeAbsent(content, second));
  }
  const byteLength = windows.reduce((sum, w) => sum + w.bytes.length, 0);
  return { from, windows, byteLength };
}
