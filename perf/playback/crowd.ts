/** Many who ask for the same thing at one moment, each on a connection of their own that is open already. */
import { connect, type Socket } from 'node:net';

export interface CrowdAnswer {
  readonly status: number;
  /** Where it leads; empty for an answer that is no redirect. */
  readonly location: string;
  /** `performance.now()` when the head had come. */
  readonly atMs: number;
}

const HEAD_END = '\r\n\r\n';
const TIMEOUT_MS = 30_000;

/** @throws Error when a connection breaks or an answer takes half a minute */
export async function askAsCrowd(
  port: number,
  path: string,
  count: number,
): Promise<readonly CrowdAnswer[]> {
  const sockets = await Promise.all(Array.from({ length: count }, () => opened(port)));
  try {
    const head = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}${HEAD_END}`;
    return await Promise.all(sockets.map((socket) => answerTo(socket, head)));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => resolve(socket));
  });
}

function answerTo(socket: Socket, head: string): Promise<CrowdAnswer> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setTimeout(TIMEOUT_MS, () => reject(new Error('an answer took half a minute')));
    socket.once('close', () => reject(new Error('a connection broke')));
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (!text.includes(HEAD_END)) return;
      const [, location = ''] = /\r\nlocation: *(\S+)/i.exec(text) ?? [];
      resolve({ status: Number(text.slice(9, 12)), location, atMs: performance.now() });
    });
    socket.write(head);
  });
}
