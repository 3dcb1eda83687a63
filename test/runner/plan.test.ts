import { appendFileSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataError } from '../../src/core/index.ts';
import {
  LAYERS,
  type Layer,
  loadProducts,
  type ProductType,
  rawTableFolder,
  type SessionChoice,
} from '../../src/lake/index.ts';
import {
  type Stage,
  type StageInput,
  type StageTask,
  stageState,
} from '../../src/pipeline/index.ts';
import { executePlan, type NodeResult } from '../../src/runner/execute-plan.ts';
import { type ContractChoice, makePlan, type PlanRequest } from '../../src/runner/make-plan.ts';
import type { Plan } from '../../src/runner/plan-types.ts';
import { type NodeRunner, runNode } from '../../src/runner/run-node.ts';
import { TINY_STAGES, writeTinyRaw } from '../pipeline/tiny-stages.ts';

const DAYS = ['2026-01-05', '2026-01-06'];
let template: string;
let lake: string;

interface Overrides {
  stages?: readonly Stage[];
  session?: SessionChoice;
  contractOn?: (root: string, dt: string) => ContractChoice | null;
}

function planOf(request: Partial<PlanRequest> = {}, over: Overrides = {}): Promise<Plan> {
  const wanted: PlanRequest = {
    productTypes: null,
    layers: LAYERS,
    symbols: null,
    dates: null,
    overwrite: false,
    ...request,
  };
  const choose = over.contractOn ?? (() => ({ symbol: 'ESH6', chosenNow: false }));
  return makePlan(wanted, {
    lake,
    products: loadProducts(),
    session: over.session ?? 'regular',
    stages: over.stages ?? TINY_STAGES,
    stateOf: (stage, task) => Promise.resolve(stageState(stage, task)),
    contractOn: (product, dt) => Promise.resolve(choose(product.root, dt)),
  });
}

/** Runs nodes in this thread, with the tiny catalogue. */
const here: NodeRunner = {
  width: 2,
  run: (job) => runNode(TINY_STAGES, job, { stopped: () => false, onProgress: () => {} }),
  close: () => Promise.resolve(),
};

async function execute(plan: Plan): Promise<Record<string, NodeResult['outcome']>> {
  const results = await executePlan(plan, here, {
    signal: new AbortController().signal,
    events: {},
  });
  return Object.fromEntries(results.map((r) => [r.node.id, r.outcome]));
}

const actions = (plan: Plan) => Object.fromEntries(plan.nodes.map((n) => [n.id, n.action]));
const why = (plan: Plan, id: string) => plan.nodes.find((n) => n.id === id)?.why;

function write(productType: ProductType, dt: string, text: string, root = 'ES'): string {
  return writeTinyRaw(lake, productType, root, dt, text);
}

function freshLake(): void {
  lake = mkdtempSync(join(tmpdir(), 'spymaster-plan-'));
  for (const dt of DAYS) {
    write('future_mbo', dt, 'ESH6 7\nESM6 3\n');
    write('future_option_mbo', dt, 'ESH6 5\n');
  }
}

beforeAll(async () => {
  freshLake();
  template = lake;
  await execute(await planOf({ dates: [DAYS[0] as string] }));
});

beforeEach(freshLake);

/** The first day's tables, as they were made once. */
function takeFirstDay(): void {
  rmSync(lake, { recursive: true });
  cpSync(template, lake, { recursive: true });
}

describe('a plan', () => {
  it('has every task of the lake, each after what it needs', async () => {
    const plan = await planOf();
    const ids = plan.nodes.map((n) => n.id);
    expect(ids).toHaveLength(12);
    for (const { id, needs } of plan.nodes) {
      for (const need of needs) expect(ids.indexOf(need)).toBeLessThan(ids.indexOf(id));
    }
    expect(new Set(Object.values(actions(plan)))).toEqual(new Set(['run']));
    expect(plan.nodes.every((n) => n.weight > 0)).toBe(true);
  });

  it('knows that silver of options needs silver of what lies under them', async () => {
    const plan = await planOf({
      productTypes: ['future_option_mbo'],
      layers: ['gold'],
      dates: ['2026-01-05'],
    });
    expect(plan.nodes.map((n) => n.id)).toEqual([
      'bronze future_option_mbo ES 2026-01-05',
      'bronze future_mbo ES 2026-01-05',
      'silver future_mbo ESH6 2026-01-05',
      'silver future_option_mbo ESH6 2026-01-05',
      'gold future_option_mbo ESH6 2026-01-05',
    ]);
    expect(plan.nodes[3]?.needs).toEqual([
      'bronze future_option_mbo ES 2026-01-05',
      'silver future_mbo ESH6 2026-01-05',
    ]);
  });

  it('has every stage of a layer, with what each reads, bronze included', async () => {
    const gold = TINY_STAGES.find((s) => s.layer === 'gold' && s.productType === 'future_mbo')!;
    const refOf = (task: StageTask, layer: Layer, table: string): StageInput => ({
      kind: 'partition',
      ref: { layer, productType: 'future_mbo', table, symbol: task.symbol, dt: task.dt },
    });
    const second: Stage = {
      ...gold,
      name: 'tiny_microstructure',
      part: 'microstructure',
      outputs: [{ layer: 'gold', productType: 'future_mbo', table: 'microstructure_1s' }],
      inputs: (task) => [refOf(task, 'bronze', 'mbo'), refOf(task, 'silver', 'book_snapshot_1s')],
    };
    const request = { productTypes: ['future_mbo' as const], layers: ['gold' as const] };
    const plan = await planOf(
      { ...request, dates: ['2026-01-05'] },
      { stages: [...TINY_STAGES, second] },
    );
    expect(plan.nodes.map((n) => n.id)).toEqual([
      'bronze future_mbo ES 2026-01-05',
      'silver future_mbo ESH6 2026-01-05',
      'gold future_mbo ESH6 2026-01-05',
      'gold future_mbo ESH6 2026-01-05 microstructure',
    ]);
    expect(plan.nodes[3]?.stage).toBe('tiny_microstructure');
    expect(plan.nodes[3]?.needs).toEqual(plan.nodes.slice(0, 2).map((n) => n.id));
  });

  it('keeps what is complete and runs what is not', async () => {
    takeFirstDay();
    const plan = await planOf({ productTypes: ['future_mbo'] });
    expect(actions(plan)).toEqual({
      'bronze future_mbo ES 2026-01-05': 'keep',
      'silver future_mbo ESH6 2026-01-05': 'keep',
      'gold future_mbo ESH6 2026-01-05': 'keep',
      'bronze future_mbo ES 2026-01-06': 'run',
      'silver future_mbo ESH6 2026-01-06': 'run',
      'gold future_mbo ESH6 2026-01-06': 'run',
    });
  });

  it('skips what a day without anything to publish would give, the first time and after', async () => {
    const raw = write('future_option_mbo', '2026-01-05', '');
    const request = { productTypes: ['future_option_mbo' as const], dates: ['2026-01-05'] };
    const first = await execute(await planOf(request));
    expect(first).toEqual({
      'bronze future_option_mbo ES 2026-01-05': 'done',
      'bronze future_mbo ES 2026-01-05': 'done',
      'silver future_mbo ESH6 2026-01-05': 'done',
      'silver future_option_mbo ESH6 2026-01-05': 'skipped',
      'gold future_option_mbo ESH6 2026-01-05': 'skipped',
    });
    const again = await planOf(request);
    expect(actions(again)).toMatchObject({
      'bronze future_option_mbo ES 2026-01-05': 'keep',
      'silver future_option_mbo ESH6 2026-01-05': 'skip',
      'gold future_option_mbo ESH6 2026-01-05': 'skip',
    });
    expect(why(again, 'silver future_option_mbo ESH6 2026-01-05')).toBe(
      'needs bronze future_option_mbo ES 2026-01-05: nothing of it expires',
    );
    expect(Object.values(await execute(again)).sort()).toEqual([
      ...['kept', 'kept', 'kept', 'skipped', 'skipped'],
    ]);
    appendFileSync(raw, 'ESH6 5\n');
    const changed = await planOf(request);
    expect(why(changed, 'bronze future_option_mbo ES 2026-01-05')).toMatch(
      /^stale: it had nothing to publish: input .* changed$/,
    );
    expect(await execute(changed)).toMatchObject({
      'silver future_option_mbo ESH6 2026-01-05': 'done',
      'gold future_option_mbo ESH6 2026-01-05': 'done',
    });
  });

  it('checks what follows from a changed input, and makes only what really changed', async () => {
    takeFirstDay();
    appendFileSync(write('future_mbo', '2026-01-05', 'ESH6 7\nESM6 3\n'), '# a remark\n');
    const request = { productTypes: ['future_mbo'] as const, dates: ['2026-01-05'] };
    const plan = await planOf(request);
    expect(actions(plan)).toEqual({
      'bronze future_mbo ES 2026-01-05': 'run',
      'silver future_mbo ESH6 2026-01-05': 'check',
      'gold future_mbo ESH6 2026-01-05': 'check',
    });
    expect(why(plan, 'bronze future_mbo ES 2026-01-05')).toMatch(/stale: .*changed/);
    expect(await execute(plan)).toEqual({
      'bronze future_mbo ES 2026-01-05': 'done',
      'silver future_mbo ESH6 2026-01-05': 'unchanged',
      'gold future_mbo ESH6 2026-01-05': 'unchanged',
    });
    write('future_mbo', '2026-01-05', 'ESH6 8\nESM6 3\n');
    const again = await execute(await planOf(request));
    expect(new Set(Object.values(again))).toEqual(new Set(['done']));
    expect(new Set(Object.values(actions(await planOf(request))))).toEqual(new Set(['keep']));
  });

  it('overwrites what is asked for, not what that needs', async () => {
    takeFirstDay();
    const plan = await planOf({
      productTypes: ['future_mbo'],
      layers: ['silver'],
      dates: ['2026-01-05'],
      overwrite: true,
    });
    expect(actions(plan)).toEqual({
      'bronze future_mbo ES 2026-01-05': 'keep',
      'silver future_mbo ESH6 2026-01-05': 'run',
    });
  });

  it('goes on without raw files where bronze is complete', async () => {
    takeFirstDay();
    rmSync(rawTableFolder(lake, 'future_mbo', 'ES'), { recursive: true });
    rmSync(join(lake, 'gold'), { recursive: true });
    const plan = await planOf({ productTypes: ['future_mbo'] });
    expect(actions(plan)).toEqual({
      'silver future_mbo ESH6 2026-01-05': 'keep',
      'gold future_mbo ESH6 2026-01-05': 'run',
    });
    expect(plan.skipped[0]?.why).toMatch(/no raw file; its bronze stays/);
  });

  it('says that a contract which is not there cannot be made', async () => {
    takeFirstDay();
    rmSync(rawTableFolder(lake, 'future_mbo', 'ES'), { recursive: true });
    const plan = await planOf({ symbols: ['ESZ6'], productTypes: ['future_mbo'] });
    expect(plan.nodes[0]).toMatchObject({
      action: 'blocked',
      why: expect.stringMatching(/^PARTITION_MISSING: bronze\.future_mbo\.mbo ESZ6/),
    });
  });
});

describe('an input that cannot be used', () => {
  const conflict = () => {
    throw new DataError('RAW_CONFLICT', 'two files of the day contradict each other');
  };
  const stages = TINY_STAGES.map((s) =>
    s.layer === 'bronze' && s.productType === 'future_mbo' ? { ...s, inputs: conflict } : s,
  );

  it('blocks its node and what needs it, and nothing else', async () => {
    const plan = await planOf({ dates: ['2026-01-05'] }, { stages });
    expect(actions(plan)).toMatchObject({
      'bronze future_mbo ES 2026-01-05': 'blocked',
      'silver future_mbo ESH6 2026-01-05': 'blocked',
      'bronze future_option_mbo ES 2026-01-05': 'run',
      'gold future_option_mbo ESH6 2026-01-05': 'blocked',
    });
    expect(why(plan, 'bronze future_mbo ES 2026-01-05')).toMatch(/^RAW_CONFLICT: two files/);
  });

  it('blocks it too where an earlier ingest had ended', async () => {
    takeFirstDay();
    const plan = await planOf({ dates: ['2026-01-05'], layers: ['bronze'] }, { stages });
    expect(plan.nodes[0]).toMatchObject({ action: 'blocked' });
  });
});

describe('days', () => {
  it('without trading are left out by name, weekends of a range in silence', async () => {
    write('future_mbo', '2026-01-01', 'ESH6 1\n');
    const plan = await planOf({
      productTypes: ['future_mbo'],
      layers: ['silver'],
      dates: ['2025-12-25', '2026-01-01', '2026-01-03', '2026-01-04', '2026-01-05', '2026-01-07'],
    });
    expect(plan.skipped.map(({ dt, why: reason }) => `${dt} ${reason}`)).toEqual([
      '2025-12-25 no raw file: Christmas Day',
      "2026-01-01 no regular hours: New Year's Day",
      '2026-01-07 no raw file',
    ]);
  });

  it('of an evening belong to the session that begins', async () => {
    write('future_mbo', '2026-01-11', 'ESH6 1\n');
    const asked: string[] = [];
    const contractOn = (_root: string, dt: string) => {
      asked.push(dt);
      return { symbol: 'ESH6', chosenNow: false };
    };
    const request = { productTypes: ['future_mbo'] as const, dates: ['2026-01-11'] };
    const full = await planOf(request, { session: 'full', contractOn });
    expect(asked).toEqual(['2026-01-12']);
    expect(full.nodes.map((n) => n.layer)).toEqual(['bronze', 'silver', 'gold']);
    const regular = await planOf(request, { session: 'regular', contractOn });
    expect(regular.nodes.map((n) => n.layer)).toEqual(['bronze']);
    expect(regular.skipped[0]?.why).toBe('no regular hours: weekend');
  });

  it('of an evening whose session has no data yet choose by their own', async () => {
    write('future_mbo', '2026-01-11', 'ESH6 1\n');
    const plan = await planOf(
      { productTypes: ['future_mbo'], layers: ['silver'], dates: ['2026-01-11'] },
      {
        session: 'full',
        contractOn: (_root, dt) =>
          dt === '2026-01-11' ? { symbol: 'ESH6', chosenNow: true } : null,
      },
    );
    expect(plan.nodes.at(-1)?.id).toBe('silver future_mbo ESH6 2026-01-11');
  });

  it('of which no contract can be chosen are left out, and choices made now are said', async () => {
    const plan = await planOf(
      { productTypes: ['future_mbo'], layers: ['gold'] },
      {
        contractOn: (_root, dt) => (dt === DAYS[0] ? null : { symbol: 'ESM6', chosenNow: true }),
      },
    );
    expect(plan.skipped).toMatchObject([
      { dt: DAYS[0], why: expect.stringMatching(/no contract/) },
    ]);
    expect(plan.nodes.at(-1)?.id).toBe('gold future_mbo ESM6 2026-01-06');
    expect(plan.notes).toEqual([expect.stringMatching(/contract of 1 date was chosen now/)]);
  });
});

describe('what is asked for', () => {
  it('must fit: product type and symbol, and something must be there', async () => {
    const refused = (request: Partial<PlanRequest>, code: string) =>
      expect(planOf(request)).rejects.toMatchObject({ code });
    await refused({ symbols: ['XX'] }, 'PRODUCT_UNKNOWN');
    await refused({ symbols: ['QQQ'], productTypes: ['future_mbo'] }, 'USAGE');
    await refused({ symbols: ['ES'], productTypes: ['equity_mbo'] }, 'USAGE');
    await refused({ symbols: ['QQQ'] }, 'DATE_NOT_FOUND');
    await refused({ dates: ['2026-01-07'] }, 'DATE_NOT_FOUND');
  });

  it('leaves out folders that no product row knows, and says so', async () => {
    write('future_mbo', '2026-01-05', 'ZZH6 1\n', 'ZZ');
    const plan = await planOf({ dates: ['2026-01-05'] });
    expect(plan.notes).toEqual(['future_mbo ZZ: left out, config/products.yaml has no row']);
  });
});

describe('a run', () => {
  it('in which a day fails makes the others, and makes that one when it is put right', async () => {
    write('future_mbo', '2026-01-05', 'ESH6 7\nbad 1\n');
    const outcomes = await execute(await planOf());
    expect(outcomes).toEqual({
      'bronze future_mbo ES 2026-01-05': 'failed',
      'silver future_mbo ESH6 2026-01-05': 'left_out',
      'gold future_mbo ESH6 2026-01-05': 'left_out',
      'bronze future_option_mbo ES 2026-01-05': 'done',
      'silver future_option_mbo ESH6 2026-01-05': 'left_out',
      'gold future_option_mbo ESH6 2026-01-05': 'left_out',
      'bronze future_mbo ES 2026-01-06': 'done',
      'silver future_mbo ESH6 2026-01-06': 'done',
      'gold future_mbo ESH6 2026-01-06': 'done',
      'bronze future_option_mbo ES 2026-01-06': 'done',
      'silver future_option_mbo ESH6 2026-01-06': 'done',
      'gold future_option_mbo ESH6 2026-01-06': 'done',
    });
    expect(
      existsSync(
        join(
          lake,
          'silver/product_type=future_mbo/symbol=ESH6/table=book_snapshot_1s/dt=2026-01-05',
        ),
      ),
    ).toBe(false);
    write('future_mbo', '2026-01-05', 'ESH6 7\n');
    const again = await execute(await planOf());
    expect(Object.values(again).filter((o) => o === 'done')).toHaveLength(5);
    expect(Object.values(again).filter((o) => o === 'kept')).toHaveLength(7);
  });
});
