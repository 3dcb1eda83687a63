import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { executePlan, type NodeResult } from '../../src/runner/execute-plan.ts';
import type { NodeAction, Plan, PlanNode } from '../../src/runner/plan-types.ts';
import type { NodeJob, NodeOutcome, NodeRunner } from '../../src/runner/run-node.ts';
import { tinyTask } from '../pipeline/tiny-stages.ts';

const DONE: NodeOutcome = {
  outcome: 'done',
  rows: 1,
  bytes: 1,
  partitions: 1,
  rowsRead: 1,
  counters: {},
  nothing: null,
};
const BUSY = { outcome: 'busy', error: { code: 'PARTITION_BUSY', message: 'held' } } as const;
const FAILED = { outcome: 'failed', error: { code: 'DBN_RECORD', message: 'bad' } } as const;

function node(id: string, needs: string[] = [], action: NodeAction = 'run'): PlanNode {
  return {
    id,
    stage: 'tiny',
    layer: 'silver',
    task: tinyTask('/nowhere'),
    needs,
    action,
    state: action === 'keep' ? 'complete' : 'missing',
    why: action === 'blocked' ? 'PARTITION_MISSING: nothing there' : 'because',
    overwrite: false,
    weight: 10,
  };
}

function plan(...nodes: PlanNode[]): Plan {
  return { nodes, skipped: [], notes: [] };
}

/** Runs jobs by a function, noting what was running together. */
class ScriptedRunner implements NodeRunner {
  readonly width: number;
  readonly log: string[] = [];
  most = 0;
  private running = 0;
  private readonly script: (job: NodeJob) => NodeOutcome | Promise<NodeOutcome>;

  constructor(width: number, script: ScriptedRunner['script']) {
    this.width = width;
    this.script = script;
  }

  async run(job: NodeJob): Promise<NodeOutcome> {
    this.log.push(`+${job.id}`);
    this.most = Math.max(this.most, ++this.running);
    await new Promise((turn) => setImmediate(turn));
    const outcome = await this.script(job);
    this.running--;
    this.log.push(`-${job.id}`);
    return outcome;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function execute(
  of: Plan,
  runner: NodeRunner,
  signal = new AbortController().signal,
  busyPatienceMs?: number,
): Promise<Map<string, NodeResult>> {
  const patience = busyPatienceMs === undefined ? {} : { busyPatienceMs };
  const results = await executePlan(of, runner, { signal, events: {}, ...patience });
  return new Map(results.map((r) => [r.node.id, r]));
}

const outcomes = (results: Map<string, NodeResult>) =>
  Object.fromEntries([...results].map(([id, r]) => [id, r.outcome]));

/** A graph of up to 20 nodes, each needing some of those before it, and which of them fail. */
const graphs = fc
  .array(fc.record({ needs: fc.array(fc.nat(19), { maxLength: 4 }), fails: fc.boolean() }), {
    minLength: 1,
    maxLength: 20,
  })
  .map((rows) =>
    rows.map(({ needs, fails }, i) => ({
      node: node(`n${i}`, [...new Set(needs.filter((k) => k < i).map((k) => `n${k}`))]),
      fails: fails && i % 3 === 0,
    })),
  );

describe('any graph', () => {
  it('runs each node once, after what it needs, never more than fit; a failure takes only what needs it', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.integer({ min: 1, max: 4 }), async (graph, width) => {
        const failing = new Set(graph.filter((g) => g.fails).map((g) => g.node.id));
        const runner = new ScriptedRunner(width, (job) => (failing.has(job.id) ? FAILED : DONE));
        const results = await execute(plan(...graph.map((g) => g.node)), runner);
        expect(runner.most).toBeLessThanOrEqual(width);
        const lost = new Set<string>();
        for (const { node: n } of graph) {
          const stopped = n.needs.some((id) => lost.has(id));
          const expected = stopped ? 'left_out' : failing.has(n.id) ? 'failed' : 'done';
          if (expected !== 'done') lost.add(n.id);
          expect(results.get(n.id)?.outcome).toBe(expected);
          const starts = runner.log.filter((line) => line === `+${n.id}`).length;
          expect(starts).toBe(stopped ? 0 : 1);
          if (stopped) continue;
          for (const need of n.needs) {
            expect(runner.log.indexOf(`-${need}`)).toBeLessThan(runner.log.indexOf(`+${n.id}`));
          }
        }
      }),
      { seed: 7, numRuns: 60 },
    );
  });
});

describe('a plan', () => {
  it('leaves complete nodes alone and tells why blocked ones and theirs cannot run', async () => {
    const runner = new ScriptedRunner(2, () => DONE);
    const results = await execute(
      plan(node('a', [], 'keep'), node('b', ['a']), node('c', [], 'blocked'), node('d', ['c'])),
      runner,
    );
    expect(outcomes(results)).toEqual({ a: 'kept', b: 'done', c: 'failed', d: 'left_out' });
    expect(results.get('c')?.error).toEqual({
      code: 'PARTITION_MISSING',
      message: 'nothing there',
    });
    expect(results.get('d')?.error?.message).toBe('needs c');
    expect(runner.log).toEqual(['+b', '-b']);
  });

  it('begins with the longest way to the end', async () => {
    const runner = new ScriptedRunner(1, () => DONE);
    await execute(plan(node('a'), node('b'), node('c', ['b']), node('d', ['c'])), runner);
    expect(runner.log.filter((l) => l.startsWith('+'))).toEqual(['+b', '+c', '+a', '+d']);
  });

  it('waits for another process and then finds its work done', async () => {
    let tries = 0;
    const runner = new ScriptedRunner(1, (job) => {
      if (job.id !== 'a') return DONE;
      return ++tries < 3 ? BUSY : { outcome: 'unchanged' };
    });
    const results = await execute(plan(node('a'), node('b')), runner);
    expect(outcomes(results)).toEqual({ a: 'unchanged', b: 'done' });
    // The other node did not wait with it.
    expect(runner.log.indexOf('-b')).toBeLessThan(runner.log.lastIndexOf('+a'));
  });

  it('says busy when the other process never ends', async () => {
    const results = await execute(plan(node('a')), new ScriptedRunner(1, () => BUSY), undefined, 0);
    expect(results.get('a')).toMatchObject({
      outcome: 'failed',
      error: { code: 'PARTITION_BUSY' },
    });
  });

  it('wakes for a turn that came between the look for a ready node and the wait', async () => {
    // Each look at the clock is 300 ms after the one before: the retry is due in between.
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 300));
    try {
      const answers: NodeOutcome[] = [BUSY, DONE];
      const runner = new ScriptedRunner(1, () => answers.shift() ?? FAILED);
      const results = await execute(plan(node('a')), runner);
      expect(outcomes(results)).toEqual({ a: 'done' });
      expect(runner.log).toEqual(['+a', '-a', '+a', '-a']);
    } finally {
      clock.mockRestore();
    }
  });

  it('starts nothing more once it is interrupted, and waits for what runs', async () => {
    const interrupt = new AbortController();
    const runner = new ScriptedRunner(1, async (job) => {
      if (job.id === 'a') return DONE;
      interrupt.abort();
      await new Promise((later) => setTimeout(later, 20));
      return { outcome: 'abandoned' };
    });
    const results = await execute(
      plan(node('a'), node('b', ['a']), node('c', ['b']), node('d', ['c'])),
      runner,
      interrupt.signal,
    );
    expect(outcomes(results)).toEqual({
      a: 'done',
      b: 'abandoned',
      c: 'abandoned',
      d: 'abandoned',
    });
    expect(runner.log).toEqual(['+a', '-a', '+b', '-b']);
  });

  it('tells progress that never falls and ends at 1', async () => {
    const told: number[] = [];
    const runner: NodeRunner = {
      width: 2,
      run: (_job, onProgress) => {
        for (const part of [0.2, 0.9, 0.5]) onProgress(part);
        return Promise.resolve(DONE);
      },
      close: () => Promise.resolve(),
    };
    await executePlan(plan(node('a'), node('b', ['a']), node('c')), runner, {
      signal: new AbortController().signal,
      events: { onProgress: (part) => told.push(part) },
    });
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBeCloseTo(1, 12);
    expect(told.length).toBeGreaterThan(6);
  });
});
