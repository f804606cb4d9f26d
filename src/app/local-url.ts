/** Where this machine reaches the server that a configuration describes. */
import type { Config } from '../platform/config/config.ts';

/** Without a trailing slash; loopback where the server listens on every address. */
export function localUrl({ HOST, TLS_CERT }: Config, port: number): string {
  const host = HOST === '0.0.0.0' || HOST === '::' ? '127.0.0.1' : HOST;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${TLS_CERT === null ? 'http' : 'https'}://${name}:${port}`;
}
