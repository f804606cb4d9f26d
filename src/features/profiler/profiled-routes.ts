/** Rows of the route table that are run under the profiler when the operator asks for it: `?_profile=1`, `&_seconds=2`. */
import { pageHeaders } from '../../http/page-headers.ts';
import { RequestWithQuery } from '../../http/request-with-query.ts';
import { Representation } from '../../http/representation.ts';
import type { Guards, Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { flamePage, FLAME_SOURCES } from '../../lib/flame-graph/flame-page.ts';
import { flameTree } from '../../lib/flame-graph/flame-tree.ts';
import { QueryFields } from '../../lib/query-fields.ts';
import { MAIN_THREAD } from '../../platform/profiler/inspector-thread.ts';
import type { Profiler } from '../../platform/profiler/profiler.ts';

const NAMES = ['_profile', '_seconds'];
const SECONDS_MAX = 10;
/** Of a row's time: starting and stopping the profiler, and making the page. */
const AROUND_S = 2;
/** What is answered at once would keep all others waiting. */
const TURN_MS = 10;
const HEADERS = pageHeaders(FLAME_SOURCES);
/** Each has a time of its own. */
const UNPROFILED = '/api/v1/admin/profile';

/** @param guards of the instance: who may profile is who may use the admin API */
export function profiledRoute(route: Route, profiler: Profiler, guards: Guards): Route {
  if ((route.method ?? 'GET') !== 'GET' || route.pattern.startsWith(UNPROFILED)) return route;
  // The row's own guard has counted the request.
  const guard = guards({ ...route, access: 'admin', traffic: 'exempt' });
  return {
    ...route,
    handler: (request) => {
      if (!request.query.includes('_profile=')) return route.handler(request);
      const allowed = guard?.(new RequestWithQuery(request, request.query));
      return profiled(route, request, profiler, allowed);
    },
  };
}

async function profiled(
  route: Route,
  request: Request,
  profiler: Profiler,
  allowed: void | Promise<void>,
): Promise<Reply> {
  const { signal } = request;
  await allowed;
  const { own, seconds, stripped } = choiceOf(request, route.timeoutMs);
  if (!own) return route.handler(stripped);
  const runs = { count: 0, failures: new Map<string, number>() };
  const profile = await profiler.cpu(
    MAIN_THREAD,
    () => repeat(() => route.handler(stripped), seconds, signal, runs),
    signal,
  );
  const failures = [...runs.failures].map(([code, count]) => `${code} (${count})`);
  const facts = [
    ['pattern', route.pattern],
    ['runs', String(runs.count)],
    ['failed', failures.length === 0 ? 'none' : failures.join(', ')],
    ['process', String(process.pid)],
    ['samples', String(profile.samples?.length ?? 0)],
  ] as const;
  const title = `Profile of ${route.name}`;
  return flameReply(flamePage({ title, facts, tree: flameTree(profile) }));
}

export function flameReply(html: string): Reply {
  const representation = new Representation(Buffer.from(html), {
    contentType: 'text/html; charset=utf-8',
    cacheControl: 'no-store',
    compressible: true,
    isForFew: true,
  });
  return { status: 200, representation, headers: HEADERS };
}

/** @throws AppError `request.bad-query` */
function choiceOf(request: Request, timeoutMs: number) {
  const parameters = new URLSearchParams(request.query);
  const ours = new URLSearchParams(
    [...parameters].filter(([name]) => NAMES.includes(name)),
  ).toString();
  const fields = new QueryFields(ours, NAMES);
  const max = Math.max(0, Math.min(SECONDS_MAX, Math.floor(timeoutMs / 1000) - AROUND_S));
  const others = request.query
    .split('&')
    .filter((field) => !NAMES.some((name) => field.startsWith(`${name}=`)))
    .join('&');
  return {
    own: fields.oneOf('_profile', ['0', '1'], '0') === '1',
    seconds: fields.number('_seconds', { min: 0, max, fallback: 0 }),
    stripped: new RequestWithQuery(request, others),
  };
}

interface Runs {
  count: number;
  readonly failures: Map<string, number>;
}

/** Once, or again and again for so long. */
async function repeat(
  run: () => Reply | Promise<Reply>,
  seconds: number,
  signal: Request['signal'],
  runs: Runs,
): Promise<void> {
  const endsAtMs = performance.now() + seconds * 1000;
  let turnEndsAtMs = performance.now() + TURN_MS;
  do {
    runs.count++;
    try {
      const reply = run();
      if (reply instanceof Promise) await reply;
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'server.failure';
      runs.failures.set(code, (runs.failures.get(code) ?? 0) + 1);
    }
    if (performance.now() >= turnEndsAtMs) {
      await new Promise((resolve) => setImmediate(resolve));
      turnEndsAtMs = performance.now() + TURN_MS;
    }
    signal.throwIfAborted();
  } while (performance.now() < endsAtMs);
}
