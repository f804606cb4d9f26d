/** The HTTP front end with routes made for a test, on a free port. */
import { Representation } from '../../src/http/representation.ts';
import type { Handler, Reply, Route } from '../../src/http/route.ts';
import { startHttpServer, type HttpServer, type HttpServerOptions } from '../../src/http/server.ts';
import { HEADER_BYTES_MAX, HEADER_BYTES_VARIABLE } from '../../src/http/uws.ts';
import type { Logger } from '../../src/platform/log/logger.ts';

process.env[HEADER_BYTES_VARIABLE] ??= String(HEADER_BYTES_MAX);

export interface LoggedLine {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** Keeps what is logged, so that a test can say what should and should not be. */
export function recordingLogger(lines: LoggedLine[]): Logger {
  const at = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => {
    lines.push({ level, fields, message });
  };
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return logger;
}

export interface ToyServer extends HttpServer {
  readonly logged: readonly LoggedLine[];
}

export type ToyOptions = Partial<Omit<HttpServerOptions, 'routes'>>;

/**
 * @param handlers by pattern; a row may be given where name, deadline or exemption matter
 * @param more rows of a feature, beside them
 */
export async function startToyServer(
  handlers: Readonly<Record<string, Handler | Partial<Route>>>,
  options: ToyOptions = {},
  more: readonly Route[] = [],
): Promise<ToyServer> {
  const logged: LoggedLine[] = [];
  const routes = [...rows(handlers), ...more];
  const server = await startHttpServer({
    ...DEFAULTS,
    ...options,
    logger: recordingLogger(logged),
    routes,
  });
  return Object.assign(server, { logged });
}

const DEFAULTS = {
  host: '127.0.0.1',
  port: 0,
  exclusivePort: true,
  tls: null,
  hostUrl: null,
  trustedProxies: [],
  inFlightMax: 100,
  environment: process.env,
} as const;

function rows(handlers: Readonly<Record<string, Handler | Partial<Route>>>): Route[] {
  return Object.entries(handlers).map(([pattern, row]) => ({
    pattern,
    name: pattern,
    access: 'open' as const,
    traffic: 'catalog' as const,
    cachePolicy: '',
    timeoutMs: 10_000,
    handler: () => text('unused'),
    ...(typeof row === 'function' ? { handler: row } : row),
  }));
}

/** A 200 that may be kept and compressed. */
export function text(
  body: string | Uint8Array,
  options: { compressible?: boolean; status?: number } = {},
): Reply {
  return {
    status: options.status ?? 200,
    representation: new Representation(Buffer.from(body), {
      contentType: 'text/plain; charset=utf-8',
      cacheControl: 'public, max-age=60',
      compressible: options.compressible ?? true,
    }),
  };
}

/** JSON-like text that compresses well. */
export function compressibleText(bytes: number): string {
  const line = '{"name":"a stream","infoHash":"dd8255ecdc7ca55fb0bbf81323d87062db1f6d1c"}\n';
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes);
}
