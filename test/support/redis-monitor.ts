/** Everything that a Redis server is told, from now on: keys, values, messages, also those that are gone a moment later. */
import { createConnection } from 'node:net';

export interface RedisMonitor {
  /** Bytes that are no characters stand as `\x00`. */
  said(): string;
  close(): void;
}

export async function monitorRedis(port: number): Promise<RedisMonitor> {
  const pieces: string[] = [];
  const socket = createConnection({ port, host: '127.0.0.1' });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('data', () => resolve());
    socket.write('MONITOR\r\n');
  });
  socket.on('data', (piece: Buffer) => pieces.push(piece.toString('latin1')));
  return { said: () => pieces.join(''), close: () => socket.destroy() };
}
