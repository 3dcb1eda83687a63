/**
 * Encoded blocks, shared by all viewers of a day and bounded in sum.
 */
import { ByteBudget } from './byte-budget.ts';
import { BLOCK_WINDOWS, type VelocityBlock } from './velocity-block.ts';
import type { VelocityReader } from './velocity-reader.ts';
import type { VelocityStream } from './velocity-stream.ts';

/** First second of the block that holds a second. */
export function blockStart(seq: number): number {
  return seq - (seq % BLOCK_WINDOWS);
}

/** Blocks that are held or on their way. */
export class VelocityBlocks {
  private readonly reader: VelocityReader;
  private readonly held: ByteBudget<VelocityBlock>;
  private readonly coming = new Map<string, Promise<VelocityBlock>>();

  /** @param maxBytes of all blocks together. */
  constructor(reader: VelocityReader, maxBytes: number) {
    this.reader = reader;
    this.held = new ByteBudget(maxBytes);
  }

  /** Bytes held. */
  get usedBytes(): number {
    return this.held.usedBytes;
  }

  /** The block of a second; undefined when it is not held. */
  get(stream: VelocityStream, seq: number): VelocityBlock | undefined {
    return this.held.get(nameOf(stream, blockStart(seq)));
  }

  /** The block of a second, read when it is not held: once, whoever asks. */
  load(stream: VelocityStream, seq: number): Promise<VelocityBlock> {
    const from = blockStart(seq);
    const name = nameOf(stream, from);
    const held = this.held.get(name);
    if (held) return Promise.resolve(held);
    const known = this.coming.get(name);
    if (known) return known;
    const coming = this.read(stream, from).finally(() => this.coming.delete(name));
    this.coming.set(name, coming);
    return coming;
  }

  private async read(stream: VelocityStream, from: number): Promise<VelocityBlock> {
    const { session, request, facts } = stream;
    const to = Math.min(from + BLOCK_WINDOWS, facts.last + 1);
    const block = await this.reader.block({ key: facts.key, request, session, from, to });
    this.held.put(nameOf(stream, from), block);
    return block;
  }
}

function nameOf(stream: VelocityStream, from: number): string {
  return `${stream.session} ${from}`;
}
