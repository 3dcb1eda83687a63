/**
 * The vendor's own decoder (PyPI `databento-dbn`) over the same files, in the same run:
 * bench/python/dbn_decode.py in the interop suite's Python environment, which `npm run bench`
 * makes.
 */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { report } from './harness.ts';
import { type BenchInput, benchInputs } from './inputs.ts';

const python = process.env['SPYMASTER_INTEROP_PYTHON'];

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

function measure(interpreter: string, input: BenchInput): void {
  const program = resolve('bench', 'python', 'dbn_decode.py');
  const result = spawnSync(interpreter, [program, input.raw], { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`vendor baseline failed:\n${result.stderr}`);
  for (const line of result.stdout.trim().split('\n')) {
    const { name, records, seconds } = JSON.parse(line) as {
      name: string;
      records: number;
      seconds: number[];
    };
    const middle = median(seconds);
    report({
      group: `DBN decode, ${input.name}, uncompressed`,
      name,
      unit: 'records',
      count: records,
      perSecond: records / middle,
      slowest: records / Math.max(...seconds),
      fastest: records / Math.min(...seconds),
      nsEach: (middle / records) * 1e9,
      megabytesPerSecond: statSync(input.raw).size / middle / 1e6,
      bytesEach: null,
      residentMegabytes: null,
      atLeast: null,
      note: 'Python',
    });
  }
}

if (python) {
  for (const input of await benchInputs()) measure(python, input);
} else {
  console.error('VENDOR BASELINE DID NOT RUN: SPYMASTER_INTEROP_PYTHON is not set');
}
