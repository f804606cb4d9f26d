/** The stream that `pg` speaks through: a socket opened as all connections to PostgreSQL are (hosts, TLS modes of libpq). */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { PostgresHost, PostgresTls } from '../../lib/postgres-uri/postgres-uri.ts';
import { openSocket } from '../db/socket.ts';

export interface EngineSocketOptions {
  readonly chooseHost: () => Promise<PostgresHost>;
  readonly tls: PostgresTls | null;
  readonly connectTimeoutMs: number;
}

export class EngineSocket extends Duplex {
  readonly #options: EngineSocketOptions;
  #socket: Socket | null = null;

  constructor(options: EngineSocketOptions) {
    super();
    this.#options = options;
  }

  /** `pg` calls this with the address of its configuration: ours is chosen here. */
  connect(): void {
    this.#open().then(
      () => this.emit('connect'),
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  }

  setNoDelay(): void {
    // `openSocket` has set both.
  }

  setKeepAlive(): void {
    // See above.
  }

  ref(): void {
    this.#socket?.ref();
  }

  unref(): void {
    this.#socket?.unref();
  }

  override _read(): void {
    this.#socket?.resume();
  }

  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    if (this.#socket === null) done(new Error('written before it was connected'));
    else this.#socket.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket?.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket?.destroy();
    done(error);
  }

  async #open(): Promise<void> {
    const { chooseHost, tls, connectTimeoutMs } = this.#options;
    const host = await chooseHost();
    const adopt = () => undefined;
    const socket = await openSocket(host, { tls, timeoutMs: connectTimeoutMs, adopt });
    this.#socket = socket;
    if (this.destroyed) return void socket.destroy();
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.once('end', () => this.push(null));
    socket.once('error', (error) => this.destroy(error));
    socket.once('close', () => this.destroy());
  }
}
