/**
 * Traded volume by contract of one raw day file: the sum of `size` over its trades.
 */
import { ACTION, MboColumns, SymbolMap } from '../dbn/index.ts';
import { openDbnThreaded } from '../feed/index.ts';

/** Records read at once. */
const BATCH_RECORDS = 65_536;

/** Adds the size of the trades of a batch to its instruments. */
function addTrades(columns: MboColumns, volumes: Map<number, number>): void {
  const { action, size, instrumentId, length } = columns;
  for (let i = 0; i < length; i++) {
    if (action[i] !== ACTION.TRADE) continue;
    const id = instrumentId[i]!;
    volumes.set(id, (volumes.get(id) ?? 0) + size[i]!);
  }
}

/**
 * Volume by instrument symbol; instruments that were quoted but not traded have 0.
 * @param nameOf the symbol of an instrument that the file's header does not name; null: left out.
 * @throws DataError, OperatingError naming the file.
 */
export async function rawVolumes(
  path: string,
  dt: string,
  nameOf: (instrumentId: number) => string | null,
): Promise<Map<string, number>> {
  const file = await openDbnThreaded(path);
  const byId = new Map<number, number>();
  try {
    const columns = new MboColumns(BATCH_RECORDS);
    for await (const batch of file.batchesAsync(columns)) addTrades(batch, byId);
    const names = file.metadata ? SymbolMap.fromMetadata(file.metadata) : new SymbolMap();
    const date = Number(dt.replaceAll('-', ''));
    const volumes = new Map<string, number>();
    for (const id of names.instrumentIds) {
      const symbol = names.symbolOf(id, date);
      if (symbol !== null) volumes.set(symbol, byId.get(id) ?? 0);
    }
    for (const [id, volume] of byId) {
      const symbol = names.symbolOf(id, date) ?? nameOf(id);
      if (symbol !== null) volumes.set(symbol, volume);
    }
    return volumes;
  } finally {
    file.close();
  }
}
