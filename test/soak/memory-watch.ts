/** Resident memory of processes over time. */
import { execFileSync } from 'node:child_process';

/** Time between two looks, ms. */
const LOOK_MS = 2000;
const MEGABYTE = 1e6;

function residentBytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
}

/** Looks at processes until it is stopped. */
export class MemoryWatch {
  private readonly seen = new Map<string, number[]>();
  private readonly timer: NodeJS.Timeout;

  constructor(processes: Readonly<Record<string, number>>) {
    for (const name of Object.keys(processes)) this.seen.set(name, []);
    this.timer = setInterval(() => {
      for (const [name, pid] of Object.entries(processes)) {
        this.seen.get(name)!.push(residentBytes(pid));
      }
    }, LOOK_MS);
  }

  /** Mean resident size of each process in the second and in the last third, MB (1e6 bytes). */
  stop(): Record<string, { middle: number; end: number }> {
    clearInterval(this.timer);
    const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length / MEGABYTE;
    const rows = [...this.seen].map(([name, sizes]) => {
      const third = Math.floor(sizes.length / 3);
      const middle = mean(sizes.slice(third, 2 * third));
      return [name, { middle, end: mean(sizes.slice(2 * third)) }] as const;
    });
    return Object.fromEntries(rows);
  }
}
