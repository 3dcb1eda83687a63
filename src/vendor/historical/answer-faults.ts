/**
 * Faults that take the place of a whole answer.
 */
import { ConnectionDropped } from './api-call.ts';
import { ApiRefusal, notAuthenticated, refusal } from './api-refusal.ts';
import type { FaultControl, HistoricalFault } from './faults.ts';

/** An answer that is no JSON. */
export class PlainAnswer extends Error {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;

  constructor(status: number, contentType: string, text: string) {
    super(`${status}`);
    this.name = 'PlainAnswer';
    this.status = status;
    this.contentType = contentType;
    this.text = text;
  }
}

const page = (status: number, title: string) =>
  new PlainAnswer(
    status,
    'text/html',
    `<html><head><title>${status} ${title}</title></head><body>${title}</body></html>`,
  );

const ERROR_OF: Partial<Record<HistoricalFault, () => Error>> = {
  'rate-limit': () => new ApiRefusal(429, 'Too many requests', { 'retry-after': '1' }),
  'rate-limit-bare': () => new ApiRefusal(429, 'Too many requests'),
  'server-error': () => new ApiRefusal(500, 'Internal server error'),
  unavailable: () => page(503, 'Service Temporarily Unavailable'),
  'gateway-timeout': () => page(504, 'Gateway Time-out'),
  'plain-text-error': () => new PlainAnswer(502, 'text/plain', 'upstream connect error'),
  'not-json': () => new PlainAnswer(200, 'application/json', 'this is not JSON'),
  'auth-refused': notAuthenticated,
  'license-refused': () =>
    refusal(403, 'license_not_found_unauthorized', 'A licence is required for this data.'),
  'connection-refused': () => new ConnectionDropped(),
};

/** @throws what a fault answers instead of the method, when one is due. */
export function throwAnswerFault(faults: FaultControl, method: string): void {
  const order = faults.take(method, ...(Object.keys(ERROR_OF) as HistoricalFault[]));
  if (order) throw ERROR_OF[order.name]!();
}
