/** A TCP port on loopback that was free a moment ago, and that no connection of another program gets meanwhile. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below those that Linux gives to connections and to servers that name none (32768 to 60999). */
const FIRST = 10_240;
const LAST = 32_000;
const ATTEMPTS_MAX = 100;

export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const port = randomInt(FIRST, LAST);
    if (await isFree(port)) return port;
  }
  throw new Error(`no port was free between ${FIRST} and ${LAST}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
