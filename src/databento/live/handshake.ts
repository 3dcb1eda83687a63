import { DataError, OperatingError } from '../../core/index.ts';
import { ControlLines, controlFields } from './control-lines.ts';
import type { LiveOptions } from './live-types.ts';
import { authLine } from './session-lines.ts';
import { isConnectionLimit, vendorWords } from './vendor-words.ts';

/** What one push led to. */
export interface HandshakeStep {
  /** To be sent now. */
  send: string | null;
  /** Not null when the gateway has accepted the key: bytes that came behind its answer. */
  rest: Uint8Array | null;
}

/**
 * The gateway's side of the login, as bytes arrive: a greeting (any line), a challenge, an answer.
 * However the lines are split or merged.
 */
export class Handshake {
  /** What the gateway calls the session; empty until it has accepted the key. */
  sessionId = '';
  private readonly options: LiveOptions;
  private readonly lines = new ControlLines();
  private greeted = false;
  private challenged = false;

  constructor(options: LiveOptions) {
    this.options = options;
  }

  /** What is waited for, in words. */
  get awaited(): string {
    if (this.challenged) return 'the answer to the login';
    return this.greeted ? 'the challenge' : 'the greeting';
  }

  /**
   * @throws DataError VENDOR_PROTOCOL for lines that are not the protocol's; OperatingError
   *   VENDOR_AUTH when the key is refused, VENDOR_UNAVAILABLE when too many sessions are open.
   */
  push(chunk: Uint8Array): HandshakeStep {
    this.lines.push(chunk);
    let send: string | null = null;
    for (let line = this.lines.next(); line !== null; line = this.lines.next()) {
      if (this.challenged) {
        this.accept(line);
        return { send, rest: this.lines.rest() };
      }
      if (!this.greeted && !line.startsWith('cram=')) this.greeted = true;
      else send = this.answer(line);
    }
    return { send, rest: null };
  }

  private answer(line: string): string {
    const challenge = controlFields(line).get('cram');
    if (!challenge) {
      throw new DataError('VENDOR_PROTOCOL', 'The gateway sends no challenge', {
        found: JSON.stringify(this.words(line)),
        expected: 'a line cram=…',
      });
    }
    this.greeted = true;
    this.challenged = true;
    return authLine(challenge, this.options);
  }

  private accept(line: string): void {
    const fields = controlFields(line);
    if (fields.get('success') === '1') {
      this.sessionId = this.words(fields.get('session_id') ?? '');
      return;
    }
    if (!fields.has('success')) {
      throw new DataError('VENDOR_PROTOCOL', 'The gateway does not answer the login', {
        found: JSON.stringify(this.words(line)),
        expected: 'a line success=1|session_id=… or success=0|error=…',
      });
    }
    const text = this.words(fields.get('error') ?? line);
    if (isConnectionLimit(text)) {
      throw new OperatingError('VENDOR_UNAVAILABLE', `The gateway has no room: ${text}`, {
        retryable: true,
      });
    }
    const { key, dataset } = this.options;
    const what = `The gateway does not accept key ${key} for ${dataset}: ${text}`;
    throw new OperatingError('VENDOR_AUTH', what);
  }

  private words(text: string): string {
    return vendorWords(text, this.options.key);
  }
}
