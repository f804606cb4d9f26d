/** `/health` (the process runs) and `/ready` (every part answers). */
import { Representation } from '../../http/representation.ts';
import type { Handler, Reply } from '../../http/route.ts';
import type { Readiness } from './contract.ts';
import type { HealthService } from './service.ts';

function jsonReply(status: number, body: unknown, headers: readonly string[] = []): Reply {
  const representation = new Representation(Buffer.from(`${JSON.stringify(body)}\n`), {
    contentType: 'application/json; charset=utf-8',
    cacheControl: 'no-store',
    compressible: false,
  });
  return { status, representation, headers };
}

const ALIVE = jsonReply(200, { status: 'ok' });

export const health: Handler = () => ALIVE;

/** 503 with `Retry-After` and the part that failed, so that an operator sees it in one request. */
export function createReadyHandler(service: HealthService): Handler {
  return async () => readyReply(await service.readiness());
}

function readyReply({ ready, parts }: Readiness): Reply {
  const status = ready ? 'ready' : 'unavailable';
  return ready ? jsonReply(200, { status, parts }) : jsonReply(503, { status, parts }, ['Retry-After', '5']);
}
