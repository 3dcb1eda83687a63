import { destination, type Logger, pino } from 'pino';

/** How much is logged. */
export type LogLevel = 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/**
 * Structured logs, one JSON object a line, to stderr. Queries are never logged whole: they may hold
 * a token.
 */
export function createLogger(level: LogLevel): Logger {
  return pino({ level, base: null }, destination({ fd: 2, sync: true }));
}
