/** A transport stream of a given rate over HTTP, without end: whole packets of nothing. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestStream extends AsyncDisposable {
  readonly url: string;
  /** That were opened. */
  readonly connections: number;
}

const PACKET_BYTES = 188;
const TICK_MS = 50;

export async function startTestStream(bitsPerS: number): Promise<TestStream> {
  let connections = 0;
  const packets = Math.round(bitsPerS / 8 / PACKET_BYTES / (1000 / TICK_MS));
  const piece = Buffer.alloc(packets * PACKET_BYTES, 0xff);
  for (let at = 0; at < piece.length; at += PACKET_BYTES) piece.set([0x47, 0x1f, 0xff, 0x10], at);
  const server = createServer((_request, response) => {
    connections++;
    response.writeHead(200, { 'content-type': 'video/mp2t' });
    // By the clock: a tick that comes late sends what it missed.
    const startedAtMs = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      for (; sent < (performance.now() - startedAtMs) / TICK_MS; sent++) response.write(piece);
    }, TICK_MS);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/channel.ts`,
    get connections() {
      return connections;
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
