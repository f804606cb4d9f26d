/** Counts the commands that a Redis server really ran, from its own statistics. */
import { createConnection } from 'node:net';

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

/** Calls of data commands so far (connection housekeeping and this look-up left out). */
export async function dataCommandCount(port: number): Promise<number> {
  const report = await redisInline(port, 'INFO commandstats');
  let count = 0;
  for (const [, name = '', calls = '0'] of report.matchAll(/cmdstat_([\w|]+):calls=(\d+)/g)) {
    if (!/^(info|quit|ping|hello|client|auth|select|subscribe|command|config)/.test(name))
      count += Number(calls);
  }
  return count;
}
