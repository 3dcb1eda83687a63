import type { FastifyInstance } from 'fastify';
import { OperatingError } from '../core/index.ts';

/** Says which port is taken instead of an errno. */
export function listenFailed(port: number, cause: unknown): unknown {
  if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') return cause;
  const message = `port ${port} is in use: stop the other program or choose another port`;
  return new OperatingError('PORT_IN_USE', message, { cause });
}

/** The port that was bound, once it listens. */
export function boundPort(app: FastifyInstance): number | undefined {
  const address = app.server.address();
  return typeof address === 'object' ? address?.port : undefined;
}
