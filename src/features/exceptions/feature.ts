/** The door of failures: what was warned of or went wrong, by kind, for operators. */
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import { exceptionRoutes } from './routes.ts';
import { ExceptionsService } from './service.ts';
import { SharedExceptions } from './shared-exceptions.ts';

const FLUSH_EVERY_MS = 5000;
const FLUSH_TIMEOUT_MS = 2000;

export function createExceptions({ exceptions, redis }: Platform): Feature {
  const shared = redis === null ? null : new SharedExceptions(redis);
  const service = new ExceptionsService(exceptions, shared);
  return {
    routes: exceptionRoutes(service),
    upkeep: [
      {
        name: 'exceptions.flush',
        everyMs: FLUSH_EVERY_MS,
        timeoutMs: FLUSH_TIMEOUT_MS,
        // A Redis that is away has its own warning; the next run has what this one could not hand on.
        run: (signal) => service.flush(signal).catch(() => undefined),
      },
    ],
  };
}
