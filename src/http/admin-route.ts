/** Rows for operators: JSON, rare, never kept by caches, asked with the key of the instance. */
import { jsonReply } from './json-reply.ts';
import type { Method, Reply, Request, Route } from './route.ts';

export interface AdminRoute extends Pick<Route, 'name' | 'pattern' | 'bodyBytesMax'> {
  readonly method?: Method;
  /** Five seconds when it is left out. */
  readonly timeoutMs?: number;
  /** What is answered, as JSON. */
  answer(request: Request): Promise<object>;
}

const TIMEOUT_MS = 5000;

export function adminRoute({ answer, timeoutMs = TIMEOUT_MS, ...row }: AdminRoute): Route {
  return {
    ...row,
    access: 'admin',
    traffic: 'admin',
    cachePolicy: 'no-store',
    timeoutMs,
    handler: async (request) => adminJson(await answer(request)),
  };
}

function adminJson(value: object): Reply {
  return jsonReply(Buffer.from(`${JSON.stringify(value)}\n`), 'no-store', { isForFew: true });
}
