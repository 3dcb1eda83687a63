/**
 * What a raw file holds, instrument by instrument: looked at when a day has several files, to tell
 * copies from parts and parts from contradictions.
 */
import type { RecordRun } from '../../dbn/index.ts';
import type { DaySource } from './day-source.ts';
import { clockWord, type Origin, timeAt } from './record-clock.ts';

/** One instrument's records in a file. */
export interface InstrumentSurvey {
  records: number;
  /** Two hashes of the records, in their order. */
  hashA: number;
  hashB: number;
  /** First and last moment of capture, ns since the origin. */
  firstNs: number;
  lastNs: number;
}

/** What a file holds. */
export interface FileSurvey {
  path: string;
  instruments: ReadonlyMap<number, InstrumentSurvey>;
  records: number;
}

const START_A = 0x811c9dc5;
const START_B = 0x9747b28c;

function note(one: InstrumentSurvey, run: RecordRun, i: number, words: number, ns: number): void {
  const at = (run.start + i * run.stride) >> 2;
  let { hashA: a, hashB: b } = one;
  // The first byte of a record is its length, which a trailer changes.
  let word = run.words[at]! & ~0xff;
  for (let k = 1; k <= words; k++) {
    a = Math.imul(a ^ word, 0x01000193);
    a ^= a >>> 15;
    b = Math.imul(b + word, 0x85ebca6b);
    b ^= b >>> 13;
    word = run.words[at + k]!;
  }
  one.hashA = a;
  one.hashB = b;
  one.records++;
  if (ns < one.firstNs) one.firstNs = ns;
  if (ns > one.lastNs) one.lastNs = ns;
}

/** Reads a file to its end. */
export function surveyFile(
  path: string,
  source: DaySource,
  rtype: number,
  recordBytes: number,
  origin: Origin,
): FileSurvey {
  const instruments = new Map<number, InstrumentSurvey>();
  const clock = clockWord(rtype);
  let records = 0;
  for (let run = source.next(); run; run = source.next()) {
    if (run.rtype !== rtype) continue;
    records += run.count;
    for (let i = 0; i < run.count; i++) {
      const at = (run.start + i * run.stride) >> 2;
      const id = run.words[at + 1]! >>> 0;
      let one = instruments.get(id);
      if (!one) {
        one = { records: 0, hashA: START_A, hashB: START_B, firstNs: Infinity, lastNs: -Infinity };
        instruments.set(id, one);
      }
      note(one, run, i, recordBytes >> 2, timeAt(run.words, at + clock, origin));
    }
  }
  return { path, instruments, records };
}
