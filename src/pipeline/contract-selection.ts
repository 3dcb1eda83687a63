/**
 * Which contract of a root a session date means: the one with the most traded volume on the trading
 * date before, among those that expire after the session date; ties go to the nearest expiry.
 */

/** What decided. */
export const CHOSEN_BY = ['volume', 'open_interest', 'nearest_expiry', 'self'] as const;
/** Where the expiry is from. */
export const EXPIRY_FROM = ['definition', 'rule', 'none'] as const;

/** A row of the selection map; one per root and session date. */
export interface SelectionRow {
  sessionDate: string;
  selectedSymbol: string;
  /** Last trading date; null for equities. */
  selectedExpDate: string | null;
  /** The trading date whose volume decided; null for the first date of all. */
  prevTradingDate: string | null;
  prevVolumeSelected: number;
  prevVolumeRank2: number;
  /** 1 when the trading date before has another contract. */
  rollFlag: 0 | 1;
  /** Selected over total volume of the candidates; null when none is known. */
  dominance: number | null;
  root: string;
  chosenBy: (typeof CHOSEN_BY)[number];
  expiryFrom: (typeof EXPIRY_FROM)[number];
}

/** A contract's end. */
export interface Expiry {
  date: string;
  from: 'definition' | 'rule';
}

/** What a choice for one date is made of. */
export interface SelectionFacts {
  root: string;
  sessionDate: string;
  /** Volume of the trading date before, by contract; null for the first date of all. */
  previous: { date: string; volumes: ReadonlyMap<string, number> } | null;
  /** Contracts that have data on the session date or the one before. */
  contracts: readonly string[];
  /** Null when it is no contract of which an expiry can be told. */
  expiryOf(symbol: string): Expiry | null;
  /** Open interest at the start of the session date, by contract: only for the first date. */
  openInterest: ReadonlyMap<string, number>;
}

interface Candidate {
  symbol: string;
  expiry: Expiry;
  /** What is compared: volume, or open interest on the first date. */
  weight: number;
}

function byWeight(a: Candidate, b: Candidate): number {
  return (
    b.weight - a.weight ||
    a.expiry.date.localeCompare(b.expiry.date) ||
    (a.symbol < b.symbol ? -1 : 1)
  );
}

/** Candidates, best first. */
function candidatesOf(facts: SelectionFacts): Candidate[] {
  const weights = facts.previous?.volumes ?? facts.openInterest;
  const found: Candidate[] = [];
  for (const symbol of new Set(facts.contracts)) {
    const expiry = facts.expiryOf(symbol);
    if (!expiry || expiry.date <= facts.sessionDate) continue;
    found.push({ symbol, expiry, weight: weights.get(symbol) ?? 0 });
  }
  return found.sort(byWeight);
}

function reasonOf(facts: SelectionFacts, best: Candidate): SelectionRow['chosenBy'] {
  if (best.weight === 0) return 'nearest_expiry';
  return facts.previous ? 'volume' : 'open_interest';
}

/**
 * Chooses the contract of one date; null when none that has data expires after it.
 * @param before what the trading date before has; null when not known.
 */
export function selectContract(facts: SelectionFacts, before: string | null): SelectionRow | null {
  const candidates = candidatesOf(facts);
  const best = candidates[0];
  if (!best) return null;
  const volumes = facts.previous ? candidates.map((c) => c.weight) : [];
  const total = volumes.reduce((sum, v) => sum + v, 0);
  return {
    sessionDate: facts.sessionDate,
    selectedSymbol: best.symbol,
    selectedExpDate: best.expiry.date,
    prevTradingDate: facts.previous?.date ?? null,
    prevVolumeSelected: volumes[0] ?? 0,
    prevVolumeRank2: volumes[1] ?? 0,
    rollFlag: before !== null && before !== best.symbol ? 1 : 0,
    dominance: total > 0 ? (volumes[0] ?? 0) / total : null,
    root: facts.root,
    chosenBy: reasonOf(facts, best),
    expiryFrom: best.expiry.from,
  };
}

/** The row of an equity, which is its own contract. */
export function selectItself(
  ticker: string,
  sessionDate: string,
  prevTradingDate: string,
): SelectionRow {
  return {
    sessionDate,
    selectedSymbol: ticker,
    selectedExpDate: null,
    prevTradingDate,
    prevVolumeSelected: 0,
    prevVolumeRank2: 0,
    rollFlag: 0,
    dominance: null,
    root: ticker,
    chosenBy: 'self',
    expiryFrom: 'none',
  };
}
