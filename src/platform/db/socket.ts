/** Opens the sockets of a database connection, so that a dead one can be destroyed by its owner. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { PostgresHost, PostgresTls } from '../../lib/postgres-uri/postgres-uri.ts';
import { startTls } from './tls.ts';

export interface SocketOptions {
  /** Null: no TLS. */
  readonly tls: PostgresTls | null;
  /** Limit of connecting and of the TLS handshake together, in milliseconds. */
  readonly timeoutMs: number;
  /** Told of every socket before it connects; owns it. */
  readonly adopt: (socket: Socket) => void;
}

/** Finds dead peers of idle connections; the default of Linux is two hours. */
const KEEP_ALIVE_MS = 30_000;

/** A socket that is ready for the first message. Rejects with the socket's error, or with code `CONNECT_TIMEOUT`. */
export async function openSocket(host: PostgresHost, options: SocketOptions): Promise<Socket> {
  const isLocal = host.address.startsWith('/');
  const socket = isLocal
    ? connect({ path: join(host.address, `.s.PGSQL.${host.port}`) })
    : connect({
        host: host.address,
        port: host.port,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
      });
  options.adopt(socket);
  // Errors after the hand-over are reported through 'close'; without a listener they would end the process.
  socket.on('error', () => undefined);
  const timer = setTimeout(() => socket.destroy(connectTimeout(host)), options.timeoutMs);
  try {
    await once(socket, 'connect');
    // As in libpq: a socket of this machine is not encrypted, whatever the mode says.
    return options.tls === null || isLocal
      ? socket
      : await startTls(socket, host.name, options.tls);
  } finally {
    clearTimeout(timer);
  }
}

function connectTimeout(host: PostgresHost): Error {
  return Object.assign(new Error(`no connection to ${host.name} in time`), {
    code: 'CONNECT_TIMEOUT',
  });
}
