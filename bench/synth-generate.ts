/**
 * The synthetic market: records drawn a second into columns, and the day file made of them, raw and
 * compressed, all instruments merged.
 */
import { assert } from '../src/core/index.ts';
import { type FrameCompressor, MboColumns, zstdCompressor } from '../src/dbn/index.ts';
import { FuturesDay, FuturesMarket, futuresSpecs } from '../src/synth/index.ts';
import { bench } from './harness.ts';

const TARGET_RECORDS_PER_SECOND = 2e6;
const ROWS = 16_384;
/** Half an hour from the cash open at the demo's rate. */
const OPTIONS = {
  seed: 1,
  dt: '2026-01-05',
  rate: 400,
  signal: 0.5,
  startNs: 14.5 * 3600e9,
  endNs: 15 * 3600e9,
};
const SPECS = futuresSpecs('ES', OPTIONS.dt);

function draw(columns: MboColumns): number {
  const market = new FuturesMarket(SPECS[0]!, OPTIONS);
  let rows = 0;
  while (market.fill(columns) > 0) rows += columns.length;
  return rows;
}

function drawFile(compress?: FrameCompressor): number {
  const day = new FuturesDay(SPECS, compress ? { ...OPTIONS, compress } : OPTIONS);
  let bytes = 0;
  for (const piece of day.pieces()) bytes += piece.length;
  return bytes;
}

function rowsOfFile(columns: MboColumns): number {
  const day = new FuturesDay(SPECS, OPTIONS);
  let rows = 0;
  while (day.fill(columns) > 0) rows += columns.length;
  return rows;
}

const columns = new MboColumns(ROWS);
const group = 'Synthetic ES, 400 records/s, half an hour';
const rows = draw(columns);
await bench({
  group,
  name: 'one contract, to columns',
  unit: 'records',
  count: rows,
  atLeast: TARGET_RECORDS_PER_SECOND,
  run: () => assert(draw(columns) === rows, 'every run draws the same'),
});
const fileRows = rowsOfFile(columns);
await bench({
  group,
  name: 'three instruments, to DBN bytes',
  unit: 'records',
  count: fileRows,
  run: () => assert(drawFile() > fileRows * 56, 'a record is 56 bytes'),
});
const compress = await zstdCompressor();
await bench({
  group,
  name: 'three instruments, to .dbn.zst bytes',
  unit: 'records',
  count: fileRows,
  run: () => assert(drawFile(compress) > 0, 'bytes come'),
});
