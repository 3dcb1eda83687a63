import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { runDaemon } from '../../../src/intake/index.ts';
import { fileBytes, optionDefinition } from '../../pipeline/bronze-fixture.ts';
import { MemoryVendor } from './memory-vendor.ts';
import { beginRun, filesBelow, futuresPlan, scratch } from './small-market.ts';

/** Effects between two second crashes that are tried. */
const SECOND_CRASH_STEP = 7;

/** The process ends here: nothing that follows is done, not even what an error would lead to. */
class Crash extends Error {}

let definitions: Uint8Array;

beforeAll(async () => {
  const records = [optionDefinition(1, 'E1AF6 C6000'), optionDefinition(2, 'E1AF6 C6005')];
  definitions = await fileBytes({ schema: 'definition', records });
});

/** Counts effects and ends the process before or after the n-th of them. */
class CrashPoint {
  effects = 0;
  private readonly at: number;
  private readonly isAfter: boolean;
  private isOver = false;

  constructor(at: number, isAfter = false) {
    this.at = at;
    this.isAfter = isAfter;
  }

  enter(): void {
    if (this.isOver) throw new Crash('after the end');
    this.effects++;
    if (!this.isAfter) this.check();
  }

  leave(): void {
    if (this.isAfter) this.check();
  }

  private check(): void {
    if (this.effects !== this.at) return;
    this.isOver = true;
    throw new Crash(`at effect ${this.at}`);
  }
}

/** A vendor whose every call is an effect. */
function crashing(vendor: MemoryVendor, point: CrashPoint): MemoryVendor {
  return new Proxy(vendor, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        point.enter();
        const result: unknown = await value.apply(target, args);
        point.leave();
        return result;
      };
    },
  });
}

/** Runs a daemon in a folder up to its crash; true when it came to its end instead. */
async function runUntil(point: CrashPoint, vendor: MemoryVendor, folder: string) {
  const write = (path: string, bytes: Uint8Array) => {
    point.enter();
    writeFileSync(path, bytes);
    point.leave();
  };
  const { run, close } = beginRun('http://127.0.0.1:1', folder, {
    write,
    vendor: crashing(vendor, point),
    clock: { nowMs: () => 0, unixNs: () => 0n, wait: async () => {}, chance: () => 0 },
  });
  try {
    // ES and its options of a day: three jobs, and the definitions decide the symbols of the last.
    await runDaemon(run, futuresPlan(['2026-01-05']));
    return true;
  } catch (error) {
    if (error instanceof Crash) return false;
    throw error;
  } finally {
    close();
  }
}

/** Crashes as told, runs to the end, and says what there is. */
async function survive(points: readonly CrashPoint[]) {
  const folder = scratch();
  const vendor = new MemoryVendor(definitions);
  for (const point of points) await runUntil(point, vendor, folder);
  expect(await runUntil(new CrashPoint(-1), vendor, folder)).toBe(true);
  const files = filesBelow(join(folder, 'lake'));
  rmSync(folder, { recursive: true });
  return { files, submissions: vendor.submissions };
}

test('a daemon that ends at any effect loses nothing and has nothing made twice', async () => {
  const whole = new CrashPoint(-1);
  const good = await survive([whole]);
  expect(good).toMatchObject({ submissions: 3 });
  expect(good.files).toHaveLength(6);
  expect(whole.effects).toBeGreaterThan(25);
  for (let at = 1; at <= whole.effects; at++) {
    for (const isAfter of [false, true]) {
      const once = await survive([new CrashPoint(at, isAfter)]);
      expect(once, `ended ${isAfter ? 'after' : 'before'} effect ${at}`).toEqual(good);
    }
    for (let second = 1 + (at % SECOND_CRASH_STEP); second < 30; second += SECOND_CRASH_STEP) {
      const twice = await survive([new CrashPoint(at, true), new CrashPoint(second, true)]);
      expect(twice, `ended after effect ${at}, then ${second}`).toEqual(good);
    }
  }
}, 120_000);
