/** TLS of a database connection, with the modes of libpq: postgres.js knows neither their files nor `verify-ca`. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { isIP, type Socket } from 'node:net';
import { connect, createSecureContext, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { PostgresTls } from '../../lib/postgres-uri/postgres-uri.ts';

/** Length, and the number that stands for SSLRequest (protocol, section 55.7). */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const YES = 'S'.charCodeAt(0);
const NO = 'N'.charCodeAt(0);
const SYSTEM = 'system';

/**
 * The encrypted socket; the given one when the server has no TLS and the mode does not insist on it.
 * Rejects with code `CONNECT_TLS` when it does, and with the error of the handshake.
 */
export async function startTls(socket: Socket, host: string, tls: PostgresTls): Promise<Socket> {
  const mayBePlain = tls.mode === 'allow' || tls.mode === 'prefer';
  if (!tls.isDirect && !(await offersTls(socket))) {
    if (mayBePlain) return socket;
    throw failure(`the server at ${host} does not offer TLS, which sslmode=${tls.mode} asks for`);
  }
  const secured = connect({ ...(await handshakeOptions(host, tls)), socket });
  secured.on('error', () => undefined);
  try {
    await once(secured, 'secureConnect');
  } catch (error) {
    socket.destroy();
    throw failure(
      `the TLS handshake with ${host} failed: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
  return secured satisfies TLSSocket;
}

/** The options of a context that was made of the files. Rejects with the error of a file that cannot be used. */
export async function readTlsFiles(tls: PostgresTls): Promise<ConnectionOptions> {
  const read = async (path: string | null) => (path === null ? undefined : await readFile(path));
  const [ca, cert, key, crl] = await Promise.all(
    [tls.rootCert === SYSTEM ? null : tls.rootCert, tls.cert, tls.key, tls.revoked].map(read),
  );
  const files = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(crl === undefined ? {} : { crl }),
    ...(tls.keyPassword === null ? {} : { passphrase: tls.keyPassword }),
  };
  return { secureContext: createSecureContext(files) };
}

async function handshakeOptions(host: string, tls: PostgresTls): Promise<ConnectionOptions> {
  const isVerified = tls.mode === 'verify-ca' || tls.mode === 'verify-full';
  return {
    // Read for each connection: renewed certificates need no restart.
    ...(await readTlsFiles(tls)),
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: isVerified,
    ...(tls.mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
    ...(tls.isDirect ? { ALPNProtocols: ['postgresql'] } : {}),
  };
}

/** Asks in plain text. More than one byte of answer was written by somebody between us and the server. */
async function offersTls(socket: Socket): Promise<boolean> {
  const answered = once(socket, 'readable');
  socket.write(SSL_REQUEST);
  await answered;
  const answer: Buffer | null = socket.read() as Buffer | null;
  if (answer === null)
    throw failure('the connection was closed instead of an answer to the request for TLS');
  if (answer.length !== 1 || (answer[0] !== YES && answer[0] !== NO)) {
    throw failure('what answers is no PostgreSQL, or there is something between it and us');
  }
  return answer[0] === YES;
}

function failure(message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, cause === undefined ? undefined : { cause }), {
    code: 'CONNECT_TLS',
  });
}
