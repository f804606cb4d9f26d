/**
 * The route table as native handlers: of each row one for GET and HEAD or its own method, OPTIONS, and "any other". Below a
 * path (`HOST_URL=https://example.org/sluice`) every row is there twice: whether the proxy strips the path does not matter.
 */
import { AppError } from '../lib/errors.ts';
import type { RequestJournal } from '../lib/request-journal/request-journal.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { CompiledRoute } from './exchange.ts';
import { plainBlock } from './header-block.ts';
import { ANY_METHOD, type HttpMetrics } from './http-metrics.ts';
import type { Responder } from './response.ts';
import { methodsOf, type Guards, type Reply, type Route } from './route.ts';
import { rowJournal } from './row-journal.ts';
import { TRAFFIC } from './traffic.ts';
import type { SocketRow } from './socket-row.ts';
import { upgradeRoute, type WebSockets } from './websockets.ts';
import type { NativeApp, NativeHandler, NativeRequest } from './uws.ts';

export interface Bindings {
  readonly routes: readonly Route[];
  /** `/sluice`, or empty. */
  readonly basePath: string;
  readonly dispatcher: Dispatcher;
  readonly responder: Responder;
  /** Null: nothing is measured. */
  readonly metrics: HttpMetrics | null;
  readonly guards: Guards;
  readonly sockets: WebSockets;
  /** Told of every connection that ends as a WebSocket. */
  readonly socketClosed: () => void;
  /** Null: no request is kept. */
  readonly journal: RequestJournal | null;
}

/** Stands for every path that has no row. */
const UNKNOWN: CompiledRoute = {
  name: 'unknown',
  timeoutMs: 0,
  uncapped: true,
  worth: { name: 'exempt', ...TRAFFIC.exempt },
  bodyBytesMax: 0,
  takesPieces: false,
  bodyTimeoutMs: null,
  prefixChars: 0,
  requestHeaders: [],
  parameterSegments: [],
  recorder: null,
  guard: null,
  journal: null,
  handler: () => {
    throw new AppError('request.not-found', 'there is nothing at this path');
  },
};

/** Registers everything that `app` answers; to be called once for an app. */
export function bindRoutes(app: NativeApp, bindings: Bindings): void {
  const { basePath, dispatcher } = bindings;
  bindBelow(app, '', bindings);
  if (basePath !== '') {
    bindBelow(app, basePath, bindings);
    const toFolder = measured(compileRoute(folderRoute(basePath), ''), ANY_METHOD, bindings);
    app.any(basePath, (response, request) =>
      dispatcher.dispatch(toFolder, bodyMethod(request), response, request),
    );
  }
  const unknown = measured(UNKNOWN, ANY_METHOD, bindings);
  app.any('/*', (response, request) =>
    dispatcher.dispatch(unknown, bodyMethod(request), response, request),
  );
}

/** Links of a page at `/sluice` would be relative to `/`. */
function folderRoute(basePath: string): Route {
  const reply: Reply = {
    status: 308,
    representation: null,
    headers: ['Location', `${basePath}/`, 'Cache-Control', 'no-store'],
  };
  return {
    pattern: basePath,
    name: 'base-path',
    access: 'open',
    traffic: 'exempt',
    cachePolicy: 'no-store',
    timeoutMs: 1000,
    uncapped: true,
    handler: () => reply,
  };
}

function bindBelow(app: NativeApp, prefix: string, bindings: Bindings): void {
  for (const row of bindings.sockets.rows) bindSocket(app, prefix, row, bindings);
  for (const route of bindings.routes) bindRow(app, prefix, route, bindings);
  for (const [pattern, rows] of byPattern(bindings.routes))
    bindOthers(app, prefix, pattern, rows, bindings);
}

function bindRow(app: NativeApp, prefix: string, route: Route, bindings: Bindings): void {
  const { dispatcher } = bindings;
  const pattern = prefix + route.pattern;
  const method = route.method ?? 'GET';
  const unmeasured = compileRoute(route, prefix, bindings.guards);
  const compiled = measured(unmeasured, method, bindings);
  const handler: NativeHandler = (response, request) =>
    dispatcher.dispatch(compiled, method, response, request);
  switch (method) {
    case 'GET': {
      const head = measured(unmeasured, 'HEAD', bindings);
      app.get(pattern, handler);
      app.head(pattern, (response, request) =>
        dispatcher.dispatch(head, 'HEAD', response, request),
      );
      break;
    }
    case 'POST':
      app.post(pattern, handler);
      break;
    case 'PUT':
      app.put(pattern, handler);
      break;
    case 'DELETE':
      app.del(pattern, handler);
      break;
  }
}

function bindSocket(app: NativeApp, prefix: string, row: SocketRow, bindings: Bindings): void {
  const { sockets, dispatcher, guards, socketClosed } = bindings;
  const compiled = compileRoute(upgradeRoute(sockets, row), prefix, guards);
  const route = measured(compiled, 'GET', bindings);
  sockets.bind(
    app,
    prefix + row.route.pattern,
    row,
    (response, request, context) => dispatcher.upgrade(route, response, request, context),
    socketClosed,
  );
}

/** Preflights, and the refusal of methods that no row of the pattern has. */
function bindOthers(
  app: NativeApp,
  prefix: string,
  pattern: string,
  rows: readonly [Route, ...Route[]],
  bindings: Bindings,
): void {
  const { dispatcher, responder } = bindings;
  const allowed = allowedMethods(rows);
  const preflight = preflightOf(allowed);
  const compiled = { ...compileRoute(rows[0], prefix), bodyBytesMax: 0, takesPieces: false };
  const route = measured(compiled, ANY_METHOD, bindings);
  app.options(prefix + pattern, (response, request) =>
    dispatcher.answer(route, 'GET', response, request, (exchange) => {
      responder.sendPlain(exchange, 200, preflight.block, preflight.body);
    }),
  );
  app.any(prefix + pattern, (response, request) =>
    dispatcher.answer(route, 'GET', response, request, (exchange) => {
      const error = new AppError('request.method-not-allowed', `this path answers ${allowed} only`);
      responder.sendError(exchange, error, [`Allow: ${allowed}`]);
    }),
  );
}

function byPattern(routes: readonly Route[]): ReadonlyMap<string, readonly [Route, ...Route[]]> {
  const rows = new Map<string, [Route, ...Route[]]>();
  for (const route of routes) {
    const others = rows.get(route.pattern);
    if (others === undefined) rows.set(route.pattern, [route]);
    else others.push(route);
  }
  return rows;
}

function allowedMethods(rows: readonly Route[]): string {
  return [...rows.flatMap(methodsOf), 'OPTIONS'].join(', ');
}

/** With a body, unlike 204: `tryEnd` bounds what a client that never reads can make us hold. */
function preflightOf(allowed: string): { readonly block: Buffer; readonly body: Buffer } {
  const block = plainBlock([
    `Access-Control-Allow-Methods: ${allowed}`,
    'Access-Control-Allow-Headers: *',
    'Access-Control-Max-Age: 86400',
    `Allow: ${allowed}`,
    'Content-Type: text/plain; charset=utf-8',
  ]);
  return { block, body: Buffer.from(`${allowed}\n`) };
}

function compileRoute(route: Route, prefix: string, guards: Guards = unguarded): CompiledRoute {
  const segments = route.pattern.split('/');
  return {
    name: route.name,
    timeoutMs: route.timeoutMs,
    uncapped: route.uncapped ?? false,
    worth: { name: route.traffic, ...TRAFFIC[route.traffic] },
    bodyBytesMax: route.bodyBytesMax ?? 0,
    takesPieces: route.takesPieces === true,
    bodyTimeoutMs: route.bodyTimeoutMs ?? null,
    prefixChars: prefix.length,
    requestHeaders: route.requestHeaders ?? [],
    parameterSegments: segments.flatMap((segment, position) =>
      segment.startsWith(':') ? [position] : [],
    ),
    recorder: null,
    guard: guards(route),
    journal: null,
    handler: route.handler,
  };
}

/** Of what is answered without the row's handler. */
const unguarded: Guards = () => null;

function measured(
  route: CompiledRoute,
  method: string,
  { metrics, journal }: Bindings,
): CompiledRoute {
  return {
    ...route,
    recorder: metrics?.recorder(method, route.name, route.worth.name) ?? null,
    journal: rowJournal(journal, method, route.name),
  };
}

/** Whether an answer to this method carries a body. */
function bodyMethod(request: NativeRequest): 'GET' | 'HEAD' {
  return request.getCaseSensitiveMethod() === 'HEAD' ? 'HEAD' : 'GET';
}
