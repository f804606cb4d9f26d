/** Opens the listening socket; everything that can go wrong is one clear line. */
import { createServer } from 'node:net';
import { StartError } from '../lib/start-error.ts';
import { codeOf } from './error-code.ts';
import type { ListenSocket, NativeApp, Uws } from './uws.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Name of the variable that says it, for messages; `PORT` when absent. */
  readonly portVariable?: string;
  /** False when several processes share the port (SO_REUSEPORT). */
  readonly exclusivePort: boolean;
}

/** @throws StartError when the port is taken, forbidden, or the host is not ours */
export async function listen(
  uws: Uws,
  app: NativeApp,
  options: ListenOptions,
): Promise<ListenSocket> {
  const { host, port, exclusivePort } = options;
  const flags = exclusivePort ? uws.LIBUS_LISTEN_EXCLUSIVE_PORT : 0;
  let socket: ListenSocket | false = false;
  app.listen(host, port, flags, (opened) => {
    socket = opened;
  });
  if (socket === false) throw new StartError(await explainFailure(options));
  return socket;
}

/** The native module reports no reason: Node.js meets the same one. */
async function explainFailure({
  host,
  port,
  portVariable = 'PORT',
}: ListenOptions): Promise<string> {
  const code = await new Promise<string>((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(codeOf(error)));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve('')));
  });
  if (code === 'EADDRINUSE')
    return `${portVariable}=${port} is in use on HOST=${host}: stop the other program or choose another`;
  if (code === 'EACCES')
    return `${portVariable}=${port} may not be opened by this user: ports below 1024 need a privilege`;
  if (code === 'EADDRNOTAVAIL') return `HOST=${host} is not an address of this machine`;
  if (code === 'ENOTFOUND') return `HOST=${host} cannot be resolved`;
  return `cannot listen on HOST=${host} ${portVariable}=${port}${code === '' ? '' : `: ${code}`}`;
}
