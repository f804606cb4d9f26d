/** `/health` (the process runs) and `/ready` (every part answers). */
import { Representation } from '../../http/representation.ts';
import type { Reply, Route } from '../../http/route.ts';
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

const TIMEOUT_MS = 5000;
const ALIVE = jsonReply(200, { status: 'ok' });

/** The two rows of health; they are answered however much else is in flight. */
export function healthRoutes(service: HealthService): readonly Route[] {
  const shared = {
    access: 'open',
    traffic: 'exempt',
    cachePolicy: 'no-store',
    timeoutMs: TIMEOUT_MS,
    uncapped: true,
  } as const;
  return [
    { pattern: '/health', name: 'health', handler: () => ALIVE, ...shared },
    {
      pattern: '/ready',
      name: 'ready',
      handler: async () => readyReply(await service.readiness()),
      ...shared,
    },
  ];
}

/** 503 with `Retry-After` and the part that failed, so that an operator sees it in one request. */
function readyReply({ ready, parts, load }: Readiness): Reply {
  const status = ready ? 'ready' : 'unavailable';
  return ready
    ? jsonReply(200, { status, parts, load })
    : jsonReply(503, { status, parts, load }, ['Retry-After', '5']);
}
