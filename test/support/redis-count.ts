/** Counts the commands that a Redis server really ran, from its own statistics. */
import { createConnection } from 'node:net';

const HOUSEKEEPING = /^(info|quit|ping|hello|client|auth|select|subscribe|command|config)/;

/** Sends one inline command and returns the raw answer. */
export function redisInline(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(answer));
    socket.write(`${command}\r\nQUIT\r\n`);
  });
}

/** Calls of data commands so far by name (connection housekeeping and this look-up left out). */
export async function dataCommands(port: number): Promise<ReadonlyMap<string, number>> {
  const report = await redisInline(port, 'INFO commandstats');
  const calls = [...report.matchAll(/cmdstat_([\w|]+):calls=(\d+)/g)];
  return new Map(
    calls
      .map(([, name = '', count = '0']) => [name, Number(count)] as const)
      .filter(([name]) => !HOUSEKEEPING.test(name)),
  );
}

/** Their sum. */
export async function dataCommandCount(port: number): Promise<number> {
  return [...(await dataCommands(port)).values()].reduce((sum, calls) => sum + calls, 0);
}

/** What ran between two looks, by name; empty where nothing did. */
export function commandsBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...after]
      .map(([name, calls]) => [name, calls - (before.get(name) ?? 0)] as const)
      .filter(([, calls]) => calls !== 0),
  );
}
