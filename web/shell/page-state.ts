import { signal } from '@preact/signals';
import type { SessionActivity } from '../../src/wire/index.ts';
import type { ConnectionStatus, FrameHead, StreamConfig } from '../stream/index.ts';
import { type ColourRange, UNKNOWN_RANGE } from '../surface/index.ts';
import type { HealthFacts } from './health.tsx';
import type { CellReading } from './read-cell.ts';

/** A passing message to the user. */
export interface Notice {
  id: number;
  text: string;
  kind: 'info' | 'warn';
}

/** The clock before the first frame. */
export const UNKNOWN_CLOCK = { time: '--:--:--', zone: '' };

/** What the panels show. Written by the controller a few times a second, read by components. */
export function createPageState<C extends StreamConfig, H extends FrameHead>() {
  return {
    status: signal<ConnectionStatus>({ state: 'idle' }),
    config: signal<C | null>(null),
    activity: signal<SessionActivity | null>(null),
    preparing: signal<{ what: string; progress: number | null } | null>(null),
    paused: signal(false),
    speed: signal(1),
    /** The page is at the edge of a live stream; null when the stream is none. */
    following: signal<boolean | null>(null),
    /** Newest frame's header, a few times a second. */
    header: signal<H | null>(null),
    /** Instant of the newest frame, ms since epoch. */
    nowMs: signal(Number.NaN),
    /** Exchange time and zone name as text. */
    clock: signal(UNKNOWN_CLOCK),
    follow: signal<'Live' | 'Paused' | 'Inspecting'>('Live'),
    range: signal<ColourRange>(UNKNOWN_RANGE),
    health: signal<HealthFacts | null>(null),
    reading: signal<CellReading | null>(null),
    notices: signal<Notice[]>([]),
    /** A sentence for screen readers, every few seconds. */
    spoken: signal(''),
    helpOpen: signal(false),
    healthOpen: signal(false),
    /** Why the surface cannot be drawn, in words; null when it can. */
    broken: signal<string | null>(null),
    field: signal(''),
    sequentialMap: signal('cividis'),
    divergingMap: signal(''),
    contrast: signal('percentile'),
    locked: signal(false),
    theme: signal('dark'),
  };
}

/** See `createPageState`. */
export type PageState<C extends StreamConfig, H extends FrameHead> = ReturnType<
  typeof createPageState<C, H>
>;
