/**
 * LISTEN on a connection of its own: what other processes tell each other where there is no Redis. What is sent while the
 * connection is away is lost, so nothing may depend on it but how soon something is seen.
 */
import { BackgroundTasks } from '../../lib/async/background-tasks.ts';
import { CancelController } from '../../lib/async/cancel.ts';
import { sleep } from '../../lib/async/wait.ts';
import { parsePostgresUri } from '../../lib/postgres-uri/postgres-uri.ts';
import type { Logger } from '../log/logger.ts';
import { createHostChoice, writableHost } from './host-probe.ts';
import { Session } from './session.ts';

export interface ListenerOptions {
  /** A direct connection: a transaction pooler forgets who listens. */
  readonly uri: string;
  /** A plain name. */
  readonly channel: string;
  readonly connectTimeoutMs: number;
  readonly onMessage: (payload: string) => void;
  /** After the first and every later LISTEN. */
  readonly onListening?: () => void;
}

/** What PostgreSQL takes as the payload of one notification, with room to spare. */
export const NOTIFICATION_BYTES_MAX = 7500;
const RETRY_PAUSE_MS = { first: 500, max: 30_000 };

export class NotificationListener implements AsyncDisposable {
  readonly #options: ListenerOptions;
  readonly #logger: Logger;
  readonly #life = new CancelController();
  readonly #tasks = new BackgroundTasks();
  #session: Session | null = null;

  constructor(options: ListenerOptions, logger: Logger) {
    this.#options = options;
    this.#logger = logger;
    this.#tasks.add(this.#listen());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort(new Error('the listener is closed'));
    await this.#session?.destroy();
    await this.#tasks.settled();
  }

  async #listen(): Promise<void> {
    let pauseMs = RETRY_PAUSE_MS.first;
    while (!this.#life.signal.aborted) {
      const wasListening = await this.#listenOnce();
      pauseMs = wasListening ? RETRY_PAUSE_MS.first : Math.min(pauseMs * 2, RETRY_PAUSE_MS.max);
      await sleep(pauseMs, this.#life.signal).catch(() => undefined);
    }
  }

  /** Resolves when the connection is gone; false when there was none. */
  async #listenOnce(): Promise<boolean> {
    const { uri, channel, connectTimeoutMs, onMessage } = this.#options;
    const target = parsePostgresUri(uri);
    const hosts = createHostChoice(target, writableHost(target), connectTimeoutMs, this.#logger);
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const session = new Session(
      {
        target,
        chooseHost: () => hosts.choose(),
        applicationName: `sluice-listen-${process.pid}`,
        prepare: false,
        connectTimeoutMs,
        maxLifetimeMs: Infinity,
        statementTimeoutMs: undefined,
      },
      { opened: () => undefined, ended: () => end(), notified: onMessage },
      this.#logger,
    );
    this.#session = session;
    try {
      await session.sql.unsafe(`LISTEN ${channel}`);
      this.#options.onListening?.();
      await ended;
      return true;
    } catch (error) {
      this.#logger.debug({ err: error, channel }, 'no connection for notifications');
      return false;
    } finally {
      await session.destroy();
    }
  }
}
