/**
 * The synthetic market: records drawn a second into columns, and the day file made of them, raw and
 * compressed, all instruments merged; the other products of the same price path, to raw DBN bytes.
 */
import { assert } from '../src/core/index.ts';
import { type FrameCompressor, MboColumns, zstdCompressor } from '../src/dbn/index.ts';
import {
  equityDay,
  FutureOptionDay,
  FuturesDay,
  FuturesMarket,
  futuresSpecs,
  ShareOptionDay,
  synthesizePath,
} from '../src/synth/index.ts';
import { bench } from './harness.ts';

const TARGET_RECORDS_PER_SECOND = 2e6;
const TARGET_OPTION_RECORDS_PER_SECOND = 1e6;
const MBO_BYTES = 56;
const CMBP_1_BYTES = 80;
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

const path = synthesizePath('ES', OPTIONS);
const products = [
  {
    name: 'options on ES, market by order',
    pieces: () => new FutureOptionDay('ES', path, OPTIONS).pieces(),
    recordBytes: MBO_BYTES,
    atLeast: TARGET_OPTION_RECORDS_PER_SECOND,
  },
  {
    name: 'QQQ, market by order',
    pieces: () => equityDay('QQQ', path, OPTIONS).pieces(),
    recordBytes: MBO_BYTES,
  },
  {
    name: 'options on QQQ, consolidated quotes',
    pieces: () => new ShareOptionDay('QQQ', path, OPTIONS).pieces(),
    recordBytes: CMBP_1_BYTES,
    atLeast: TARGET_OPTION_RECORDS_PER_SECOND,
  },
];

function bytesOf(pieces: Iterable<Uint8Array>): number {
  let bytes = 0;
  for (const piece of pieces) bytes += piece.length;
  return bytes;
}

for (const { name, pieces, recordBytes, ...target } of products) {
  const bytes = bytesOf(pieces());
  await bench({
    group,
    name,
    unit: 'records',
    count: Math.floor(bytes / recordBytes),
    run: () => assert(bytesOf(pieces()) === bytes, 'every run draws the same'),
    ...target,
  });
}
