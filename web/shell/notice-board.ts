import type { Signal } from '@preact/signals';
import { formatDuration } from '../surface/index.ts';
import type { Notice } from './page-state.ts';

/** How long a notice stays, ms. */
const NOTICE_MS = 9000;

/** Passing messages, and what to say after the connection was lost. */
export class NoticeBoard {
  private readonly notices: Signal<Notice[]>;
  private count = 0;
  private lostAt = 0;

  constructor(notices: Signal<Notice[]>) {
    this.notices = notices;
  }

  /** Shows a text for a few seconds; at most three at a time. */
  notify(text: string, kind: Notice['kind'] = 'info'): void {
    const { notices } = this;
    const notice = { id: ++this.count, text, kind };
    notices.value = [...notices.value.slice(-2), notice];
    setTimeout(() => {
      notices.value = notices.value.filter((n) => n.id !== notice.id);
    }, NOTICE_MS);
  }

  /** The connection was lost, if that is not known yet. */
  lost(): void {
    if (this.lostAt === 0) this.lostAt = performance.now();
  }

  /** The loss does not matter any more. */
  forgetLoss(): void {
    this.lostAt = 0;
  }

  /** A frame came: after a loss, says how long it was and how many frames were `missed`. */
  back(missed: number, first: boolean): void {
    if (this.lostAt === 0) return;
    const away = formatDuration(performance.now() - this.lostAt);
    this.lostAt = 0;
    if (first) return;
    if (missed === 0) this.notify(`Reconnected after ${away}. Nothing was missed.`);
    else this.notify(`Reconnected after ${away}. Missed ${missed} frames.`, 'warn');
  }
}
