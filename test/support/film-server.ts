/** A server of one file, whatever its path, as links of services lead to: ranges, HEAD, and what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FilmRequest {
  readonly method: string;
  /** `1.1` */
  readonly version: string;
  /** Empty when there was none. */
  readonly range: string;
  readonly status: number;
}

export interface FilmServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: FilmRequest[];
  /** So many of the next requests are answered with 503. */
  failures: number;
}

const RANGE = /^bytes=(\d+)-(\d*)$/;

export async function startFilmServer(film: Buffer): Promise<FilmServer> {
  const server = createServer((request, response) => {
    const status = answer(request, response, film, films.failures > 0 ? films.failures-- : 0);
    const { method = '', httpVersion: version, headers } = request;
    films.requests.push({ method, version, range: headers.range ?? '', status });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const films: FilmServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    failures: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return films;
}

/** The status. */
function answer(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  film: Buffer,
  failing: number,
): number {
  const size = film.byteLength;
  const [, first = '', last = ''] = RANGE.exec(headers.range ?? '') ?? [];
  const start = Number(first);
  const end = last === '' ? size : Math.min(size, Number(last) + 1);
  const hasRange = first !== '';
  const status = failing > 0 ? 503 : hasRange ? (start >= size ? 416 : 206) : 200;
  const body = status === 206 ? film.subarray(start, end) : status === 200 ? film : null;
  const range = body === null ? `*/${size}` : `${start}-${end - 1}/${size}`;
  response.writeHead(status, {
    'content-type': 'video/mp4',
    'accept-ranges': 'bytes',
    'content-length': body?.byteLength ?? 0,
    ...(hasRange && { 'content-range': `bytes ${range}` }),
  });
  response.end(method === 'HEAD' || body === null ? undefined : body);
  return status;
}
