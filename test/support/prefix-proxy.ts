/** A reverse proxy that takes a path away and hands on everything else as it is, redirects included. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PrefixProxy extends AsyncDisposable {
  readonly origin: string;
  /** Paths that were asked for outside of the prefix; answered 404. */
  readonly outside: readonly string[];
  /** `GET /path`, as they came. */
  readonly requests: readonly string[];
}

/** @param prefix such as `/sluice`; empty: all is handed on @param upstream origin that is asked instead */
export async function startPrefixProxy(prefix: string, upstream: string): Promise<PrefixProxy> {
  const outside: string[] = [];
  const requests: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { url = '/', method = 'GET', headers } = incoming;
    requests.push(`${method} ${url}`);
    if (!url.startsWith(`${prefix}/`)) {
      outside.push(url);
      outgoing.writeHead(404).end();
      return;
    }
    const asked = request(
      `${upstream}${url.slice(prefix.length)}`,
      { method, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    asked.on('error', () => outgoing.destroy());
    outgoing.on('close', () => asked.destroy());
    incoming.pipe(asked);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    outside,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
