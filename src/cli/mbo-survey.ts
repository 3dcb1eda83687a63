/**
 * One pass over a market-by-order file to learn what is in it: needed when a symbol is a root, or a
 * tick is not known.
 */
import { ACTION, type MboColumns } from '../dbn/index.ts';

/** Instruments told apart; a file of more is no order file. */
const MAX_INSTRUMENTS = 100_000;

/** An instrument of a file. */
export interface SurveyedInstrument {
  publisherId: number;
  instrumentId: number;
  records: number;
  /**
   * Largest price step that every order's price is a multiple of, 1e-9 currency; 0 when no order
   * has a price.
   */
  commonStep: number;
  /** Largest magnitude of a price, 1e-9 currency. */
  largestPrice: number;
}

/** Greatest common divisor of whole numbers below 2^53; 0 and n have n. */
export function commonDivisor(a: number, b: number): number {
  let x = Math.abs(a);
  let y = Math.abs(b);
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

function addPrice(one: SurveyedInstrument, price: number): void {
  if (!Number.isSafeInteger(price)) return;
  if (one.commonStep === 0 || price % one.commonStep !== 0) {
    one.commonStep = commonDivisor(one.commonStep, price);
  }
  one.largestPrice = Math.max(one.largestPrice, Math.abs(price));
}

/** Collects the instruments of a file, batch by batch. */
export class MboSurvey {
  private readonly byKey = new Map<number, SurveyedInstrument>();

  /** Takes in a batch. */
  add(c: MboColumns): void {
    let key = -1;
    let one: SurveyedInstrument | undefined;
    for (let i = 0; i < c.length; i++) {
      const k = c.publisherId[i]! * 4294967296 + c.instrumentId[i]!;
      if (k !== key) {
        key = k;
        one = this.find(k, c.publisherId[i]!, c.instrumentId[i]!);
      }
      if (!one) continue;
      one.records++;
      if (c.action[i] === ACTION.ADD || c.action[i] === ACTION.MODIFY) addPrice(one, c.price[i]!);
    }
  }

  /** The instruments, most records first. */
  instruments(): SurveyedInstrument[] {
    return [...this.byKey.values()].sort(
      (a, b) => b.records - a.records || a.instrumentId - b.instrumentId,
    );
  }

  private find(key: number, publisherId: number, instrumentId: number) {
    const known = this.byKey.get(key);
    if (known || this.byKey.size >= MAX_INSTRUMENTS) return known;
    const one = { publisherId, instrumentId, records: 0, commonStep: 0, largestPrice: 0 };
    this.byKey.set(key, one);
    return one;
  }
}
