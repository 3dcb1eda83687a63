/**
 * From what a user asks for to a plan: symbols, days, contracts, holidays.
 */
import { DataError } from '../core/index.ts';
import {
  findProduct,
  isTradingDay,
  type Layer,
  nextTradingDate,
  PRODUCT_TYPES,
  type Product,
  type ProductType,
  productOf,
  sessionWindows,
} from '../lake/index.ts';
import { daysOf, rootsOf } from './lake-days.ts';
import type { Plan, SkippedDay } from './plan-types.ts';
import { hasRaw, Planner, type PlannerSources } from './planner.ts';

/** What is asked for. */
export interface PlanRequest {
  /** Null: all there are. */
  productTypes: readonly ProductType[] | null;
  layers: readonly Layer[];
  /** Roots, contracts or tickers; null: all there are. */
  symbols: readonly string[] | null;
  /** Session dates; null: every day there is. */
  dates: readonly string[] | null;
  overwrite: boolean;
}

/** Which contract of a root a session date means. */
export interface ContractChoice {
  symbol: string;
  /** It is not in the selection map, and was chosen by the same rule now. */
  chosenNow: boolean;
}

/** Where a plan's facts are from. */
export interface PlanSources extends PlannerSources {
  /** Null when the lake does not tell. */
  contractOn(product: Product, dt: string): Promise<ContractChoice | null>;
}

function isFuture(productType: ProductType): boolean {
  return productType.startsWith('future');
}

function checkKind(productType: ProductType, product: Product): void {
  if (isFuture(productType) === (product.kind === 'future')) return;
  throw new DataError('USAGE', `${product.root} has no ${productType}`, {
    expected: isFuture(productType) ? 'the root of a future' : 'the ticker of an equity',
  });
}

/** Plans what a request asks for, symbol by symbol and day by day. */
class RequestPlanner {
  readonly skipped: SkippedDay[] = [];
  readonly notes: string[] = [];
  private readonly request: PlanRequest;
  private readonly sources: PlanSources;
  private readonly planner: Planner;
  private readonly chosenNow = new Map<string, number>();

  constructor(request: PlanRequest, sources: PlanSources) {
    this.request = request;
    this.sources = sources;
    this.planner = new Planner(sources);
  }

  async plan(): Promise<Plan> {
    for (const productType of this.request.productTypes ?? PRODUCT_TYPES) {
      for (const symbol of this.symbolsOf(productType)) await this.addSymbol(productType, symbol);
    }
    for (const [root, dates] of this.chosenNow) {
      this.notes.push(
        `${root}: the contract of ${dates} date${dates > 1 ? 's' : ''} was chosen now, for the ` +
          `selection map has no row; \`contracts select --root ${root}\` writes it`,
      );
    }
    return { nodes: this.planner.nodes, skipped: this.skipped, notes: this.notes };
  }

  private symbolsOf(productType: ProductType): readonly string[] {
    const { products, lake } = this.sources;
    const { symbols, productTypes } = this.request;
    if (symbols === null) {
      const { roots, unknown } = rootsOf(lake, products, productType);
      for (const symbol of unknown) {
        this.notes.push(`${productType} ${symbol}: left out, config/products.yaml has no row`);
      }
      return roots;
    }
    const wanted = (symbol: string) => {
      const product = productOf(products, symbol);
      if (productTypes !== null) checkKind(productType, product);
      if (isFuture(productType) !== (product.kind === 'future')) return false;
      return productTypes !== null || this.hasDays(productType, product.root);
    };
    return symbols.filter(wanted);
  }

  private hasDays(productType: ProductType, root: string): boolean {
    const { lake, products } = this.sources;
    return daysOf(lake, products, productType, root).length > 0;
  }

  private async addSymbol(productType: ProductType, symbol: string): Promise<void> {
    const { lake, products } = this.sources;
    const product = productOf(products, symbol);
    const present = daysOf(lake, products, productType, product.root);
    for (const dt of this.request.dates ?? present) {
      if (present.includes(dt)) await this.addDay(productType, symbol, product, dt);
      else this.skipAbsent(productType, symbol, product, dt);
    }
  }

  private skip(productType: ProductType, symbol: string, dt: string, why: string): void {
    this.skipped.push({ productType, symbol, dt, why });
  }

  private skipAbsent(productType: ProductType, symbol: string, product: Product, dt: string): void {
    const { closed } = sessionWindows(product, dt, 'regular');
    // A weekend within a range is no news.
    if (closed === 'weekend' && this.request.dates?.length !== 1) return;
    this.skip(productType, symbol, dt, closed ? `no raw file: ${closed}` : 'no raw file');
  }

  private async addDay(
    productType: ProductType,
    symbol: string,
    product: Product,
    dt: string,
  ): Promise<void> {
    const { session } = this.sources;
    const { closed } = sessionWindows(product, dt, session);
    let contract: string | null | undefined;
    for (const layer of this.request.layers) {
      if (layer === 'bronze') {
        await this.addNode(layer, productType, product.root, product, dt);
        continue;
      }
      if (closed !== null) {
        const why = `no ${session} hours: ${closed}`;
        if (contract === undefined) this.skip(productType, symbol, dt, why);
        contract = null;
        continue;
      }
      if (contract === undefined)
        contract = await this.contractOf(productType, symbol, product, dt);
      if (contract !== null) await this.addNode(layer, productType, contract, product, dt);
    }
  }

  /** The symbol of silver and gold; null, and said, when it cannot be told. */
  private async contractOf(
    productType: ProductType,
    symbol: string,
    product: Product,
    dt: string,
  ): Promise<string | null> {
    if (!isFuture(productType) || symbol !== product.root) return symbol;
    // The evening before a session belongs to that session.
    const session = isTradingDay(product, dt) ? dt : nextTradingDate(product, dt);
    const choice =
      (await this.sources.contractOn(product, session)) ??
      (session === dt ? null : await this.sources.contractOn(product, dt));
    if (choice === null) {
      this.skip(productType, symbol, dt, 'no contract of it can be chosen for the date');
      return null;
    }
    if (choice.chosenNow) {
      const key = product.root;
      if (productType === 'future_mbo') this.chosenNow.set(key, (this.chosenNow.get(key) ?? 0) + 1);
    }
    return choice.symbol;
  }

  private async addNode(
    layer: Layer,
    productType: ProductType,
    symbol: string,
    product: Product,
    dt: string,
  ): Promise<void> {
    const task = this.planner.taskOf(productType, symbol, dt, product);
    for (const stage of this.planner.stagesOf(layer, productType)) {
      if (layer === 'bronze' && !hasRaw(stage, task)) {
        this.skip(productType, symbol, dt, 'no raw file; its bronze stays as it is');
        continue;
      }
      await this.planner.add(stage, task, this.request.overwrite);
    }
  }
}

/**
 * Plans what a request asks for.
 * @throws DataError PRODUCT_UNKNOWN, USAGE when a symbol does not fit; DATE_NOT_FOUND when nothing
 * of it is in the lake.
 */
export async function makePlan(request: PlanRequest, sources: PlanSources): Promise<Plan> {
  for (const symbol of request.symbols ?? []) {
    if (!findProduct(sources.products, symbol)) productOf(sources.products, symbol);
  }
  const plan = await new RequestPlanner(request, sources).plan();
  if (plan.nodes.length > 0) return plan;
  const reasons = plan.skipped.map((s) => `${s.symbol} ${s.dt}: ${s.why}`);
  throw new DataError('DATE_NOT_FOUND', 'nothing of what is asked for is in the lake', {
    file: sources.lake,
    found: reasons.slice(0, 5).join('; ') || 'no raw data and no tables',
    expected:
      'raw files; `spymaster synth` writes some, `spymaster lake ls --layer raw` lists them',
  });
}
