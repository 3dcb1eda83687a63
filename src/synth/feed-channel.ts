import type { Prng } from '../core/index.ts';

/** Shortest time from the matching engine to the capture, ns. */
const LATENCY_FLOOR_NS = 88_000;
/** Spread of that time, ns. */
const LATENCY_SPREAD_NS = 60_000;
/** One packet in this many is late. */
const LATE_PACKET_ODDS = 128;
/** How late such a packet is at most, ns. */
const LATE_PACKET_NS = 1_700_000;
/** From the engine's sending to the capture, ns. */
const WIRE_DELAY_NS = 12_800;
/** Capture time between packets of one engine event, ns. */
const NEXT_PACKET_NS = 8_700;

/**
 * One feed channel that all instruments of a day share: packet sequence numbers and a capture clock
 * that never runs backwards. Latencies are like those of a colocated capture of GLBX.MDP3.
 */
export class FeedChannel {
  /** Sequence number of the current packet. */
  sequence = 0;
  /** Capture time of the current packet, ns of day. */
  recvNs: number;
  /** Capture minus sending time of the current packet, ns. */
  inDeltaNs = 0;

  private readonly prng: Prng;

  /** @param startNs where the capture clock starts, ns of day. */
  constructor(prng: Prng, startNs: number) {
    this.prng = prng;
    this.recvNs = startNs;
  }

  /** Begins a packet about an engine event at `eventNs` (ns of day). */
  packet(eventNs: number): void {
    const bits = this.prng.u32();
    let recv = eventNs + LATENCY_FLOOR_NS + (((bits & 0xffff) * LATENCY_SPREAD_NS) >>> 16);
    if (bits >>> 16 < 65_536 / LATE_PACKET_ODDS) recv += (bits >>> 16) * (LATE_PACKET_NS / 512);
    this.sequence = (this.sequence + 1) >>> 0;
    this.recvNs = Math.max(this.recvNs + 1, Math.floor(recv));
    this.inDeltaNs = WIRE_DELAY_NS + ((bits >>> 8) & 0xfff);
  }

  /** Begins the next packet of the same engine event. */
  nextPacket(): void {
    this.sequence = (this.sequence + 1) >>> 0;
    this.recvNs += NEXT_PACKET_NS + (this.sequence & 0x3ff);
  }
}
