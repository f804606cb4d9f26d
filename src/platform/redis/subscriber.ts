/** The connection for pub/sub: subscribes again after every reconnect and notices a dead peer. */
import type { Redis } from 'ioredis';
import type { Logger } from '../log/logger.ts';
import { NEVER_CANCELLED } from '../../lib/async/cancel.ts';
import { withCommandDeadline } from './command-deadline.ts';
import {
  closeConnection,
  openConnection,
  reconnect,
  type ConnectionOptions,
} from './connection.ts';
import type { Refusals } from './refusals.ts';

export interface ChannelHandler {
  /** May be called with anything: whoever reaches Redis can publish. */
  onMessage(message: string): void;
  /** After the first and every later subscription; messages in between are lost. */
  onSubscribed(): void;
}

export interface SubscriberOptions {
  readonly connection: ConnectionOptions;
  /** Interval of PINGs on an idle connection; without them a half-open one looks healthy for ever. */
  readonly heartbeatMs: number;
  readonly heartbeatTimeoutMs: number;
}

const CHANNELS_MAX = 16;
/** A subscription that was refused is asked for again after this time, on a new connection. */
const REFUSED_PAUSE_MS = 2000;

/** Opens its connection with the first subscription. */
export class Subscriber implements AsyncDisposable {
  readonly #options: SubscriberOptions;
  readonly #refusals: Refusals;
  readonly #logger: Logger;
  readonly #handlers = new Map<string, ChannelHandler>();
  /** Channels of the present connection. */
  readonly #subscribed = new Set<string>();
  #redis: Redis | null = null;
  #heartbeat: NodeJS.Timeout | null = null;
  #retry: NodeJS.Timeout | null = null;

  constructor(options: SubscriberOptions, refusals: Refusals, logger: Logger) {
    this.#options = options;
    this.#refusals = refusals;
    this.#logger = logger;
  }

  /** Channel names are used as given. One handler a channel. Returns at once, also when Redis is down. */
  subscribe(channel: string, handler: ChannelHandler): void {
    if (this.#handlers.has(channel) || this.#handlers.size >= CHANNELS_MAX) {
      throw new Error(`channel ${channel} has a handler, or there are ${CHANNELS_MAX} channels`);
    }
    this.#handlers.set(channel, handler);
    this.#redis ??= this.#open();
    if (this.#redis.status === 'ready') this.#ask(this.#redis, channel, handler);
  }

  /** Opens its connection anew, so that the name is looked up again. */
  reconnect(): void {
    if (this.#redis !== null) reconnect(this.#redis);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#retry !== null) clearTimeout(this.#retry);
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    this.#handlers.clear();
    if (this.#redis !== null) await closeConnection(this.#redis);
  }

  #open(): Redis {
    const redis = openConnection(this.#options.connection, this.#logger);
    redis.on('ready', () => {
      this.#subscribed.clear();
      for (const [channel, handler] of this.#handlers) this.#ask(redis, channel, handler);
    });
    redis.on('message', (channel: string, message: string) =>
      this.#handlers.get(channel)?.onMessage(message),
    );
    this.#heartbeat = setInterval(() => this.#beat(redis), this.#options.heartbeatMs).unref();
    return redis;
  }

  #ask(redis: Redis, channel: string, handler: ChannelHandler): void {
    redis.subscribe(channel).then(
      () => {
        this.#subscribed.add(channel);
        if (this.#subscribed.size === this.#handlers.size) this.#refusals.taken('SUBSCRIBE');
        if (this.#handlers.get(channel) === handler) handler.onSubscribed();
      },
      (error: unknown) => {
        if (this.#refusals.refused('SUBSCRIBE', error)) this.#reconnectLater();
        else this.reconnect();
      },
    );
  }

  #beat(redis: Redis): void {
    if (redis.status !== 'ready') return;
    const { heartbeatTimeoutMs } = this.#options;
    withCommandDeadline(redis.ping(), heartbeatTimeoutMs, NEVER_CANCELLED).catch(() =>
      this.reconnect(),
    );
  }

  #reconnectLater(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = null;
      this.reconnect();
    }, REFUSED_PAUSE_MS).unref();
  }
}
