import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import { MicroPrice, queueImbalance } from '../../src/features/index.ts';
import { slowMicroPrice, type Transition } from './slow-micro-price.ts';

const NEEDS = { transitions: 100, moves: 10, visits: 20 };

interface Touch {
  bid: number;
  ask: number;
  bids: number;
  asks: number;
}

/** A touch that walks: queues change, and the shorter one is the likelier to be emptied. */
function walk(seed: number, count: number, lots: number): Touch[] {
  const rng = new Prng(seed);
  const touches: Touch[] = [];
  let bid = 1000;
  let ask = 1001;
  let bids = lots;
  let asks = lots;
  const size = () => 1 + rng.int(lots);
  for (let i = 0; i < count; i++) {
    const up = rng.float() < bids / (bids + asks);
    const u = rng.float();
    if (u < 0.7) {
      if (up) asks = size();
      else bids = size();
    } else if (u < 0.9) {
      if (up) ask++;
      else bid--;
      bids = size();
      asks = size();
    } else {
      bid += up ? 1 : -1;
      ask += up ? 1 : -1;
      if (rng.int(20) === 0) ask += 3;
      bids = size();
      asks = size();
    }
    if (ask - bid > 1 && rng.float() < 0.5) {
      if (up) bid = ask - 1;
      else ask = bid + 1;
    }
    touches.push({ bid, ask, bids, asks });
  }
  return touches;
}

const feed = (price: MicroPrice, touches: readonly Touch[]) => {
  for (const t of touches) price.observe(t.bid, t.bids, t.ask, t.asks);
};

const mirror = (t: Touch): Touch => ({ bid: -t.ask, ask: -t.bid, bids: t.asks, asks: t.bids });

/** Transitions between touches whose spread is a state's, less the large moves. */
function transitionsOf(touches: readonly Touch[]): Transition[] {
  const stateOf = (t: Touch) => ({
    imbalance: queueImbalance(t.bids, t.asks),
    spread: t.ask - t.bid,
  });
  return touches.slice(1).flatMap((now, i) => {
    const before = touches[i]!;
    const moved = now.bid + now.ask - before.bid - before.ask;
    const [from, to] = [stateOf(before), stateOf(now)];
    const counts = from.spread <= 4 && to.spread <= 4 && Math.abs(moved) <= 2;
    return counts ? [{ from, to, moved }] : [];
  });
}

const ALL_TOUCHES = [1, 2, 3, 4, 5].flatMap((spread) =>
  [1, 2, 5, 9, 10, 11, 17, 20].flatMap((bids) =>
    [1, 3, 9, 10, 12, 20].map((asks) => ({ bids, asks, spread })),
  ),
);

describe('the micro-price', () => {
  it.each([
    [1, 4000, 20],
    [2, 1500, 3],
    [3, 700, 60],
  ])('is that of the mirrored chain, written out (seed %d)', (seed, count, lots) => {
    const touches = walk(seed, count, lots);
    const price = new MicroPrice(NEEDS);
    feed(price, touches);
    price.refit();
    const transitions = transitionsOf(touches);
    expect(price.transitions).toBe(transitions.length);
    const slow = slowMicroPrice(transitions, 20);
    let known = 0;
    for (const { bids, asks, spread } of ALL_TOUCHES) {
      const got = price.edge(bids, asks, spread);
      const want = slow(queueImbalance(bids, asks), spread);
      if (want === null) expect(got).toBeNaN();
      else expect(got).toBeCloseTo(want, 10);
      if (want !== null) known++;
    }
    expect(known).toBeGreaterThan(30);
  });

  it('leans to the side whose queue is shorter, by half a spread about', () => {
    const price = new MicroPrice(NEEDS);
    feed(price, walk(4, 20_000, 20));
    price.refit();
    const edges = [1, 3, 5, 9].map((asks) => price.edge(10, asks, 1));
    expect(edges[0]).toBeGreaterThan(edges[1]!);
    expect(edges[1]).toBeGreaterThan(edges[2]!);
    expect(edges[0]).toBeGreaterThan(0.1);
    expect(edges[0]).toBeLessThan(1);
    expect(price.edge(10, 10, 1)).toBe(0);
  });

  it('of a mirrored market is the opposite, to the bit', () => {
    const touches = walk(5, 3000, 12);
    const [there, back] = [touches, touches.map(mirror)].map((list) => {
      const price = new MicroPrice(NEEDS);
      feed(price, list);
      price.refit();
      return price;
    });
    for (const { bids, asks, spread } of ALL_TOUCHES) {
      const edge = there!.edge(bids, asks, spread);
      expect(back!.edge(asks, bids, spread)).toBe(edge === 0 ? 0 : -edge);
      // And of its own mirror image.
      expect(there!.edge(asks, bids, spread)).toBe(edge === 0 ? 0 : -edge);
    }
  });

  it('of a chain by hand: long bids are followed by one tick up, then by balance', () => {
    const price = new MicroPrice({ transitions: 10, moves: 5, visits: 10 });
    for (let i = 0; i < 40; i++) {
      price.observe(i, 30, i + 1, 10);
      price.observe(i + 1, 10, i + 2, 10);
    }
    price.refit();
    expect(price.edge(30, 10, 1)).toBe(1);
    expect(price.edge(10, 30, 1)).toBe(-1);
    expect(price.edge(10, 10, 1)).toBe(0);
  });

  it('adds the moves that follow the first', () => {
    // Long bids: a tick up to long bids again half of the time, to balance else.
    const price = new MicroPrice({ transitions: 10, moves: 5, visits: 10 });
    let bid = 0;
    for (let i = 0; i < 4000; i++) {
      price.observe(bid, 30, bid + 1, 10);
      bid++;
      if (i % 2 === 0) price.observe(bid, 10, bid + 1, 10);
    }
    price.refit();
    // 1 + 1/2 + ... + 1/32: six terms.
    expect(price.edge(30, 10, 1)).toBeCloseTo(2 - 1 / 32, 3);
  });

  it('is not known before enough was seen, at wide spreads, or for queues that are not there', () => {
    const touches = walk(6, 3000, 12);
    const price = new MicroPrice({ ...NEEDS, transitions: 2000 });
    feed(price, touches.slice(0, 1500));
    price.refit();
    expect(price.edge(5, 10, 1)).toBeNaN();
    feed(price, touches.slice(1500));
    expect(price.edge(5, 10, 1)).toBeNaN();
    price.refit();
    expect(price.edge(5, 10, 1)).toBeLessThan(0);
    expect(price.edge(5, 10, 5)).toBeNaN();
    expect(price.edge(5, 10, 0)).toBeNaN();
    expect(price.edge(0, 10, 1)).toBeNaN();
    expect(price.edge(Number.NaN, 10, 1)).toBeNaN();
  });

  it('does not look at what was observed after its refit', () => {
    const touches = walk(7, 4000, 12);
    const price = new MicroPrice(NEEDS);
    feed(price, touches.slice(0, 2000));
    price.refit();
    const before = ALL_TOUCHES.map((t) => price.edge(t.bids, t.asks, t.spread));
    feed(price, touches.slice(2000).map(mirror));
    expect(ALL_TOUCHES.map((t) => price.edge(t.bids, t.asks, t.spread))).toEqual(before);
  });

  it('of a market that never moves is not known', () => {
    const price = new MicroPrice(NEEDS);
    for (let i = 0; i < 1000; i++) price.observe(10, 5 + (i % 3), 11, 1 + (i % 2));
    price.refit();
    expect(price.edge(5, 1, 1)).toBeNaN();
  });

  it('breaks its chain where it is told to, and at wide spreads', () => {
    const price = new MicroPrice({ transitions: 1, moves: 1, visits: 1 });
    price.observe(10, 5, 11, 5);
    price.breakOff();
    price.observe(10, 5, 11, 5);
    price.observe(10, 5, 15, 5);
    price.observe(10, 5, 11, 5);
    expect(price.transitions).toBe(0);
    price.observe(10, 6, 11, 5);
    expect(price.transitions).toBe(1);
    // Three half ticks are news.
    price.observe(12, 6, 12 + 1, 5);
    expect(price.transitions).toBe(1);
  });
});
