import { signal } from '@preact/signals';
import type { GridUpdate, RuntimeConfig, SessionActivity } from '../../src/wire/index.ts';
import type { HealthFacts } from '../shell/index.ts';
import type { ConnectionStatus } from '../stream/index.ts';
import type { ColourRange } from '../surface/index.ts';
import type { CellReading } from './read-cell.ts';

/** A passing message to the user. */
export interface Notice {
  id: number;
  text: string;
  kind: 'info' | 'warn';
}

/** What the panels show. Written by the controller a few times a second, read by components. */
export function createPageState() {
  return {
    status: signal<ConnectionStatus>({ state: 'idle' }),
    config: signal<RuntimeConfig | null>(null),
    activity: signal<SessionActivity | null>(null),
    preparing: signal<{ what: string; progress: number | null } | null>(null),
    paused: signal(false),
    speed: signal(1),
    /** Newest frame's header, a few times a second. */
    header: signal<GridUpdate | null>(null),
    /** Instant of the newest frame, ms since epoch. */
    nowMs: signal(Number.NaN),
    /** Exchange time and zone name as text. */
    clock: signal({ time: '--:--:--', zone: '' }),
    follow: signal<'Live' | 'Paused' | 'Inspecting'>('Live'),
    range: signal<ColourRange>({ low: -1, high: 1, mode: 'percentile', signed: true }),
    health: signal<HealthFacts | null>(null),
    reading: signal<CellReading | null>(null),
    notices: signal<Notice[]>([]),
    /** A sentence for screen readers, every few seconds. */
    spoken: signal(''),
    helpOpen: signal(false),
    healthOpen: signal(false),
    /** Why the surface cannot be drawn, in words; null when it can. */
    broken: signal<string | null>(null),
    field: signal('composite'),
    sequentialMap: signal('cividis'),
    divergingMap: signal(''),
    contrast: signal('percentile'),
    locked: signal(false),
    minSize: signal(5),
    theme: signal('dark'),
  };
}

/** See `createPageState`. */
export type PageState = ReturnType<typeof createPageState>;
