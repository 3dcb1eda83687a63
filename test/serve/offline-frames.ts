/**
 * The frames of a file computed without any server: what every stream must equal.
 */
import { MboColumns } from '../../src/dbn/index.ts';
import { keepInstrument, openDbn } from '../../src/feed/index.ts';
import { dateToUnixNs, loadProducts, productOf } from '../../src/lake/index.ts';
import { VacuumPressureEngine } from '../../src/vacuum-pressure/index.ts';
import { FrameBuffer, type FrameFields, frameFields } from '../../src/wire/index.ts';
import { DT } from './lake-fixture.ts';

/** A frame by the engine alone. */
export interface OfflineFrame {
  fields: Omit<FrameFields, 'type'>;
  arrow: Uint8Array;
  buyVolume: number;
  sellVolume: number;
}

/** Every frame of one instrument of a file, by grid index. */
export async function offlineFrames(
  path: string,
  symbol: string,
  throttleMs: number,
): Promise<Map<number, OfflineFrame>> {
  const originNs = dateToUnixNs(DT);
  const tickSize = productOf(loadProducts(), symbol).tickSizeInt;
  const engine = new VacuumPressureEngine({ tickSize, originNs, throttleMs });
  const frame = new FrameBuffer();
  const frames = new Map<number, OfflineFrame>();
  const read = () => {
    engine.readFrame(frame);
    const { type: _, ...fields } = frameFields(frame.header, originNs);
    const { buyVolume, sellVolume } = frame.header;
    frames.set(fields.seq, { fields, arrow: frame.copy(), buyVolume, sellVolume });
  };
  const file = await openDbn(path);
  const mapping = file.metadata?.mappings.find((m) => m.rawSymbol === symbol);
  const instrumentId = Number(mapping?.intervals[0]?.symbol);
  for (const columns of file.batches(new MboColumns(1000, originNs))) {
    keepInstrument(columns, { publisherId: null, instrumentId });
    for (let at = 0; at < columns.length; ) {
      at = engine.advance(columns, at, columns.length);
      if (engine.frameDue) read();
    }
  }
  while (engine.finish()) read();
  file.close();
  return frames;
}
