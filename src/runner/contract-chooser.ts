/**
 * Which contract a root means on a date: the selection map says; where it has no row, the same rule
 * is applied now to what the lake holds.
 */
import type { Product } from '../lake/index.ts';
import {
  bronzeVolumes,
  ContractFacts,
  loadSelection,
  type SelectionMap,
  selectForDate,
  selectionPath,
} from '../pipeline/index.ts';
import type { ContractChoice } from './make-plan.ts';

/** Chooses contracts of a lake; each date once. */
export class ContractChooser {
  /** Files without which contracts were chosen, for they cannot be read, with the reason. */
  readonly unreadable = new Set<string>();
  private readonly lake: string;
  private readonly map: SelectionMap;
  private readonly onRead: (path: string) => void;
  private readonly facts = new Map<string, ContractFacts>();
  private readonly chosen = new Map<string, ContractChoice | null>();

  private constructor(lake: string, map: SelectionMap, onRead: (path: string) => void) {
    this.lake = lake;
    this.map = map;
    this.onRead = onRead;
  }

  /**
   * @param onRead told before a raw file is read for its volume.
   * @throws DataError CONTRACT when the lake's selection map cannot be read.
   */
  static async open(lake: string, onRead: (path: string) => void): Promise<ContractChooser> {
    return new ContractChooser(lake, await loadSelection(selectionPath(lake)), onRead);
  }

  /** The contract of a session date; null when neither the map nor the lake tells. */
  async contractOn(product: Product, dt: string): Promise<ContractChoice | null> {
    const row = this.map.get(product.root)?.get(dt);
    if (row) return { symbol: row.selectedSymbol, chosenNow: false };
    const key = `${product.root} ${dt}`;
    const known = this.chosen.get(key);
    if (known !== undefined) return known;
    const facts =
      this.facts.get(product.root) ??
      new ContractFacts(this.lake, product, bronzeVolumes(this.lake), this.onRead, (why) =>
        this.unreadable.add(why),
      );
    this.facts.set(product.root, facts);
    const now = await selectForDate(facts, dt);
    const choice = now && { symbol: now.selectedSymbol, chosenNow: true };
    this.chosen.set(key, choice);
    return choice;
  }
}
