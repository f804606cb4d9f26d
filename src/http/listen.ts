/** Opens the listening socket; everything that can go wrong is one clear line. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createSecureContext } from 'node:tls';
import { StartError } from '../lib/start-error.ts';
import type { ListenSocket, NativeApp, Uws } from './uws.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** False when several processes share the port (SO_REUSEPORT). */
  readonly exclusivePort: boolean;
}

export interface TlsFiles {
  /** PEM, the whole chain. */
  readonly certFile: string;
  /** PEM, without a passphrase. */
  readonly keyFile: string;
}

/** @throws StartError when a TLS file cannot be read or the pair does not fit */
export async function createApp(uws: Uws, tls: TlsFiles | null): Promise<NativeApp> {
  if (tls === null) return uws.App();
  const cert = await readPem('TLS_CERT', tls.certFile);
  const key = await readPem('TLS_KEY', tls.keyFile);
  try {
    // The native module says nothing about why it refuses a pair.
    createSecureContext({ cert, key });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`TLS_CERT=${tls.certFile} and TLS_KEY=${tls.keyFile} cannot be used: ${reason}`);
  }
  return uws.SSLApp({ cert_file_name: tls.certFile, key_file_name: tls.keyFile });
}

async function readPem(variable: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new StartError(`${variable}=${path} cannot be read: ${codeOf(error)}`);
  }
}

/** @throws StartError when the port is taken, forbidden, or the host is not ours */
export async function listen(uws: Uws, app: NativeApp, options: ListenOptions): Promise<ListenSocket> {
  const { host, port, exclusivePort } = options;
  const flags = exclusivePort ? uws.LIBUS_LISTEN_EXCLUSIVE_PORT : 0;
  let socket: ListenSocket | false = false;
  app.listen(host, port, flags, (opened) => {
    socket = opened;
  });
  if (socket === false) throw new StartError(await explainFailure(host, port));
  return socket;
}

/** The native module reports no reason: Node.js meets the same one. */
async function explainFailure(host: string, port: number): Promise<string> {
  const code = await new Promise<string>((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(codeOf(error)));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve('')));
  });
  if (code === 'EADDRINUSE') return `PORT=${port} is in use on HOST=${host}: stop the other program or choose another`;
  if (code === 'EACCES') return `PORT=${port} may not be opened by this user: ports below 1024 need a privilege`;
  if (code === 'EADDRNOTAVAIL') return `HOST=${host} is not an address of this machine`;
  if (code === 'ENOTFOUND') return `HOST=${host} cannot be resolved`;
  return `cannot listen on HOST=${host} PORT=${port}${code === '' ? '' : `: ${code}`}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
