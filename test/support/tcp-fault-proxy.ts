/** A TCP proxy on loopback that misbehaves on demand: what networks do, without a network. */
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * `pass` forwards; `refuse` answers new connections as a closed port does; `black-hole` accepts and
 * forwards nothing, in old connections too; `delay` forwards late.
 */
export type FaultMode = 'pass' | 'refuse' | 'black-hole' | 'delay';

export interface FaultProxy extends AsyncDisposable {
  readonly host: string;
  /** Stays the same for the life of the proxy. */
  readonly port: number;
  /** Client connections that are open now. */
  readonly connections: number;
  /** Client connections since the start. */
  readonly accepted: number;
  /** Each way, in mode `delay`. */
  delayMs: number;
  setMode(mode: FaultMode): Promise<void>;
  /** New connections lead there, old ones stay where they are: what a name does that was given to another server. */
  pointTo(port: number): void;
  /** Resets (RST) every open connection. */
  resetConnections(): void;
}

export interface FaultProxyOptions {
  /** Where `pass` leads to. */
  readonly host: string;
  readonly port: number;
  /** Each way, in milliseconds, in mode `delay`. */
  readonly delayMs?: number;
}

const HOST = '127.0.0.1';

class TcpFaultProxy implements FaultProxy {
  readonly host = HOST;
  port = 0;
  accepted = 0;
  delayMs: number;
  readonly #options: FaultProxyOptions;
  readonly #clients = new Set<Socket>();
  readonly #upstreams = new Set<Socket>();
  #mode: FaultMode = 'pass';
  #server: Server | undefined;
  #upstreamPort: number;

  constructor(options: FaultProxyOptions) {
    this.#options = options;
    this.delayMs = options.delayMs ?? 0;
    this.#upstreamPort = options.port;
  }

  get connections(): number {
    return this.#clients.size;
  }

  async listen(): Promise<void> {
    const server = createServer((client) => this.#accept(client));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, HOST, resolve);
    });
    const address = server.address();
    if (address !== null && typeof address !== 'string') this.port = address.port;
  }

  async setMode(mode: FaultMode): Promise<void> {
    this.#mode = mode;
    if (mode === 'refuse') this.#stopListening();
    else if (this.#server === undefined) await this.listen();
    for (const socket of [...this.#clients, ...this.#upstreams]) this.#setFlow(socket);
  }

  pointTo(port: number): void {
    this.#upstreamPort = port;
  }

  resetConnections(): void {
    for (const socket of this.#clients) socket.resetAndDestroy();
    for (const socket of this.#upstreams) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.resetConnections();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** The port is free at once; open connections go on. */
  #stopListening(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  #accept(client: Socket): void {
    this.accepted += 1;
    const upstream = connect({ host: this.#options.host, port: this.#upstreamPort, noDelay: true });
    client.setNoDelay(true);
    this.#join(client, upstream, this.#clients);
    this.#join(upstream, client, this.#upstreams);
  }

  #join(from: Socket, to: Socket, members: Set<Socket>): void {
    members.add(from);
    from.on('data', (bytes) => {
      if (this.#mode !== 'delay') to.write(bytes);
      else
        setTimeout(() => {
          if (!to.destroyed) to.write(bytes);
        }, this.delayMs);
    });
    from.on('error', () => undefined);
    from.once('close', () => {
      members.delete(from);
      to.destroy();
    });
    this.#setFlow(from);
  }

  #setFlow(socket: Socket): void {
    if (this.#mode === 'black-hole') socket.pause();
    else socket.resume();
  }
}

/** Listens on a random port. */
export async function createTcpFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new TcpFaultProxy(options);
  await proxy.listen();
  return proxy;
}
