/**
 * The app that listens, and the apps that answer. With TLS these are different: the listening one hands each accepted
 * connection to the newest answering one, so that a renewed certificate needs no new listening socket, and connections that
 * are open go on with the app that they began with.
 */
import type { TlsFiles } from './tls-files.ts';
import type { NativeApp, Uws } from './uws.ts';

interface Generation {
  readonly app: NativeApp;
  connections: number;
}

export class Listener {
  /** What opens the listening socket. */
  readonly app: NativeApp;
  readonly #uws: Uws;
  readonly #tls: TlsFiles | null;
  #bind: (app: NativeApp, socketClosed: () => void) => void = () => undefined;
  /** Newest last; former ones until their last connection has closed. */
  #generations: readonly Generation[] = [];

  /** @throws Error when the native module cannot use the TLS files */
  constructor(uws: Uws, tls: TlsFiles | null) {
    this.#uws = uws;
    this.#tls = tls;
    this.app = this.#createApp();
  }

  /** @param bind registers everything that an app answers, and tells when a connection that became a WebSocket has closed */
  serve(bind: (app: NativeApp, socketClosed: () => void) => void): void {
    this.#bind = bind;
    if (this.#tls === null) this.#add(this.app);
    else this.renew();
  }

  get connections(): number {
    return this.#generations.reduce((sum, { connections }) => sum + connections, 0);
  }

  /** Connections that open from now on get the TLS files as they are now. @throws Error when they cannot be used */
  renew(): void {
    if (this.#tls === null) return;
    const app = this.#createApp();
    const former = this.#generations.at(-1);
    this.#add(app);
    this.app.addChildAppDescriptor(app.getDescriptor());
    if (former !== undefined) this.app.removeChildAppDescriptor(former.app.getDescriptor());
    this.#dropIdle();
  }

  /** To every WebSocket that subscribed. @param message UTF-8 */
  publish(topic: string, message: Uint8Array): void {
    for (const { app } of this.#generations) app.publish(topic, message, false);
  }

  close(): void {
    for (const { app } of this.#generations) app.close();
    this.app.close();
  }

  #createApp(): NativeApp {
    if (this.#tls === null) return this.#uws.App();
    return this.#uws.SSLApp({
      cert_file_name: this.#tls.certFile,
      key_file_name: this.#tls.keyFile,
    });
  }

  #add(app: NativeApp): void {
    const generation = { app, connections: 0 };
    app.filter((_response, change) => {
      generation.connections += change;
    });
    this.#bind(app, () => {
      generation.connections--;
    });
    this.#generations = [...this.#generations, generation];
  }

  /** The last but one may have been handed a connection that it has not opened yet. */
  #dropIdle(): void {
    const kept = this.#generations.length - 2;
    this.#generations = this.#generations.filter(
      ({ connections }, index) => index >= kept || connections > 0,
    );
  }
}
