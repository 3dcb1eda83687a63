import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import {
  type ContractField,
  datasetName,
  loadContract,
  loadDatasets,
  packageRoot,
} from '../../src/lake/index.ts';
import { STAGES, saveSelection, selectionPath } from '../../src/pipeline/index.ts';

const datasets = loadDatasets();

describe('config/datasets.yaml and the stages', () => {
  test('every table is written by the stage that it names, and by no other', () => {
    const written = STAGES.flatMap((s) => s.outputs.map((ref) => `${datasetName(ref)} ${s.name}`));
    const stated = datasets.filter((d) => d.table).map((d) => `${d.name} ${d.stage}`);
    expect(written.sort()).toEqual(stated.sort());
  });

  test.each(STAGES)('$name writes tables of its own layer and product type', (stage) => {
    for (const ref of stage.outputs) {
      expect(ref).toMatchObject({ layer: stage.layer, productType: stage.productType });
      expect(loadContract(ref).fields.length).toBeGreaterThan(0);
    }
  });
});

describe('the contract selection', () => {
  const SQL: Partial<Record<ContractField['type'], string>> = {
    dictionary: 'VARCHAR',
    enum: 'VARCHAR',
    int64: 'BIGINT',
    uint8: 'UTINYINT',
    float64: 'DOUBLE',
  };

  test('is written with the columns of its contract', async () => {
    const lake = mkdtempSync(join(tmpdir(), 'spymaster-selection-'));
    const path = selectionPath(lake);
    const stated = datasets.find((d) => d.table === null);
    expect(path).toBe(join(lake, stated?.path ?? ''));
    await saveSelection(path, [
      {
        sessionDate: '2026-01-05',
        selectedSymbol: 'ESH6',
        selectedExpDate: '2026-03-20',
        prevTradingDate: null,
        prevVolumeSelected: 0,
        prevVolumeRank2: 0,
        rollFlag: 0,
        dominance: null,
        root: 'ES',
        chosenBy: 'nearest_expiry',
        expiryFrom: 'definition',
      },
    ]);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM '${path}'`);
    const columns = described.getRows().map((row) => [row[0], row[1]]);
    connection.closeSync();
    rmSync(lake, { recursive: true });
    const contract = JSON.parse(readFileSync(join(packageRoot(), stated?.contract ?? ''), 'utf8'));
    expect(columns).toEqual(
      contract.fields.map((f: { name: string; parquet: ContractField['type'] }) => [
        f.name,
        SQL[f.parquet],
      ]),
    );
  });
});
