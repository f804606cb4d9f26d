/** Opens the sockets of a database connection, so that a dead one can be destroyed by its owner. */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

/** Where postgres.js wants to go: its parsed options. */
export interface SocketTarget {
  readonly host: readonly string[];
  readonly port: readonly number[];
  /** Path of a Unix-domain socket; falsy for TCP. */
  readonly path?: string | false;
}

/** postgres.js reads the name for TLS from the socket it was given. */
export type NamedSocket = Socket & { host?: string };

/** Finds dead peers of idle connections; the default of Linux is two hours. */
const KEEP_ALIVE_MS = 30_000;

/**
 * A connected socket to the first host of the URI that accepts. Rejects with the last host's socket
 * error, or with code `CONNECT_TIMEOUT`.
 * @param timeoutMs limit for each host.
 * @param adopt is told of every socket before it connects, and owns it.
 */
export async function openSocket(
  target: SocketTarget, timeoutMs: number, adopt: (socket: Socket) => void,
): Promise<NamedSocket> {
  const hostsMax = target.path ? 1 : target.host.length;
  for (let index = 0; ; index += 1) {
    try {
      return await openOne(target, index, timeoutMs, adopt);
    } catch (error) {
      if (index + 1 >= hostsMax) throw error;
    }
  }
}

async function openOne(
  target: SocketTarget, index: number, timeoutMs: number, adopt: (socket: Socket) => void,
): Promise<NamedSocket> {
  const host = target.host[index] ?? 'localhost';
  const socket: NamedSocket = target.path
    ? connect({ path: target.path })
    : connect({
      host, port: target.port[index] ?? 5432, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
  adopt(socket);
  // Errors after the hand-over are reported through 'close'; without a listener they would end the process.
  socket.on('error', () => undefined);
  const timer = setTimeout(() => socket.destroy(connectTimeout(host)), timeoutMs);
  try {
    await once(socket, 'connect');
  } finally {
    clearTimeout(timer);
  }
  socket.host = host;
  return socket;
}

function connectTimeout(host: string): Error {
  return Object.assign(new Error(`no connection to ${host} in time`), { code: 'CONNECT_TIMEOUT' });
}
