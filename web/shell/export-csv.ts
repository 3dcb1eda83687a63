import { columnAt, formatRowPrice, rowAt } from '../surface/index.ts';
import type { PageController } from './page-controller.ts';
import { saveBlob } from './save-blob.ts';
import type { SessionModel } from './session-model.ts';

/** Frames in a piece of the file, so that no huge string is built. */
const FRAMES_PER_PIECE = 100;

/** A window of the surface: time columns and rows, both ends included. */
export interface CellWindow {
  fromColumn: number;
  toColumn: number;
  fromRow: number;
  toRow: number;
}

/** The head line of the export. */
export function csvHead(model: SessionModel): string {
  return ['seq', 'ts_ns', 'price', ...model.history.layout.columns].join(',');
}

function frameLines(model: SessionModel, frame: number, w: CellWindow): string[] {
  const { history, time, price } = model;
  const seq = history.seqs[history.slotOf(frame)]!;
  const us = Math.round((time.originMs + seq * time.columnMs) * 1000);
  const base = history.baseRowOf(frame);
  const lines: string[] = [];
  const last = Math.min(w.toRow, base + history.layout.rows - 1);
  for (let row = Math.max(w.fromRow, base); row <= last; row++) {
    const values = history.layout.columns.map((name) => history.value(name, frame, row));
    lines.push(`${seq},${us}000,${formatRowPrice(price, row)},${values.join(',')}`);
  }
  return lines;
}

/**
 * The frames of a window as CSV pieces, one line a frame and row; every frame once, held columns
 * not repeated.
 */
export function csvPieces(model: SessionModel, w: CellWindow): string[] {
  const pieces = [`${csvHead(model)}\n`];
  let lines: string[] = [];
  let previous = -1;
  let frames = 0;
  const { history } = model;
  const from = Math.max(w.fromColumn, history.oldestColumn);
  const to = Math.min(w.toColumn, history.newestColumn);
  for (let c = from; c <= to; c++) {
    const frame = history.frameAt(c);
    if (frame < 0 || frame === previous) continue;
    previous = frame;
    lines.push(...frameLines(model, frame, w));
    if (++frames % FRAMES_PER_PIECE === 0) {
      pieces.push(`${lines.join('\n')}\n`);
      lines = [];
    }
  }
  if (lines.length > 0) pieces.push(`${lines.join('\n')}\n`);
  return pieces;
}

/** Saves what is visible as CSV. */
export function exportCsv(c: PageController): void {
  const { view } = c;
  if (!view) return;
  const v = view.viewport;
  const window: CellWindow = {
    fromColumn: Math.floor(columnAt(view.camera, v, 0)),
    toColumn: Math.floor(columnAt(view.camera, v, v.width)),
    fromRow: Math.round(rowAt(view.camera, v, v.height)),
    toRow: Math.round(rowAt(view.camera, v, 0)),
  };
  saveBlob(c, new Blob(csvPieces(c.model, window), { type: 'text/csv' }), 'csv');
}
