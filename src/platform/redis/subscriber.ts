/** The connection for pub/sub: subscribes again after every reconnect and notices a dead peer. */
import type { Redis } from 'ioredis';
import type { Logger } from '../log/logger.ts';
import { NEVER_ABORTS, withCommandDeadline } from './command-deadline.ts';
import { closeConnection, openConnection, type ConnectionOptions } from './connection.ts';

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

/** Opens its connection with the first subscription. */
export class Subscriber implements AsyncDisposable {
  readonly #options: SubscriberOptions;
  readonly #logger: Logger;
  readonly #handlers = new Map<string, ChannelHandler>();
  #redis: Redis | null = null;
  #heartbeat: NodeJS.Timeout | null = null;

  constructor(options: SubscriberOptions, logger: Logger) {
    this.#options = options;
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

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    this.#handlers.clear();
    if (this.#redis !== null) await closeConnection(this.#redis);
  }

  #open(): Redis {
    const redis = openConnection(this.#options.connection, this.#logger);
    redis.on('ready', () => {
      for (const [channel, handler] of this.#handlers) this.#ask(redis, channel, handler);
    });
    redis.on('message', (channel: string, message: string) => this.#handlers.get(channel)?.onMessage(message));
    this.#heartbeat = setInterval(() => this.#beat(redis), this.#options.heartbeatMs).unref();
    return redis;
  }

  #ask(redis: Redis, channel: string, handler: ChannelHandler): void {
    redis.subscribe(channel).then(
      () => {
        if (this.#handlers.get(channel) === handler) handler.onSubscribed();
      },
      () => this.#reconnect(redis),
    );
  }

  #beat(redis: Redis): void {
    if (redis.status !== 'ready') return;
    const { heartbeatTimeoutMs } = this.#options;
    withCommandDeadline(redis.ping(), heartbeatTimeoutMs, NEVER_ABORTS).catch(() => this.#reconnect(redis));
  }

  #reconnect(redis: Redis): void {
    if (redis.status === 'ready') redis.disconnect(true);
  }
}
