/**
 * What processes of an instance tell each other at once: over Redis, or PostgreSQL's notifications without it. A message may
 * be lost: whoever listens must find out what it missed.
 */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/database.ts';
import { NOTIFICATION_BYTES_MAX, NotificationListener } from '../db/notifications.ts';
import { notify } from '../db/notify.ts';
import type { DatabaseTargets } from '../db/targets.ts';
import type { Logger } from '../log/logger.ts';
import type { RedisClient } from '../redis/client.ts';

export interface ChannelHandler {
  /** Also of this process' own messages. May be called with anything. */
  onMessage(message: string): void;
  /** After the first and every later connection: what was sent in between is lost. */
  onConnected(): void;
}

export interface Channel extends AsyncDisposable {
  /** Longest message in bytes. */
  readonly bytesMax: number;
  publish(messages: readonly string[], signal: CancelSignal): Promise<void>;
  /** To be called once, by whoever has use for what comes: it takes a connection. */
  listen(handler: ChannelHandler): void;
}

export interface ChannelParts {
  readonly config: Pick<Config, 'DB_CONNECT_TIMEOUT_MS'>;
  readonly targets: Pick<DatabaseTargets, 'migrateUri'>;
  readonly database: Database;
  readonly redis: RedisClient | null;
  readonly logger: Logger;
}

/** @param name lower-case letters and underscores */
export function openChannel(name: string, parts: ChannelParts): Channel {
  const { redis } = parts;
  return redis === null ? new PostgresChannel(name, parts) : new RedisChannel(name, redis);
}

const REDIS_BYTES_MAX = 1_000_000;

class RedisChannel implements Channel {
  readonly bytesMax = REDIS_BYTES_MAX;
  readonly #name: string;
  readonly #redis: RedisClient;

  constructor(name: string, redis: RedisClient) {
    this.#name = name;
    this.#redis = redis;
  }

  async publish(messages: readonly string[], signal: CancelSignal): Promise<void> {
    await Promise.all(messages.map((message) => this.#redis.publish(this.#name, message, signal)));
  }

  listen({ onMessage, onConnected }: ChannelHandler): void {
    this.#redis.subscribe(this.#name, { onMessage, onSubscribed: onConnected });
  }

  /** The subscription ends with the client. */
  async [Symbol.asyncDispose](): Promise<void> {}
}

class PostgresChannel implements Channel {
  readonly bytesMax = NOTIFICATION_BYTES_MAX;
  readonly #name: string;
  readonly #parts: ChannelParts;
  #listener: NotificationListener | null = null;

  constructor(name: string, parts: ChannelParts) {
    this.#name = `sluice_${name}`;
    this.#parts = parts;
  }

  publish(messages: readonly string[], signal: CancelSignal): Promise<void> {
    return notify(this.#parts.database, this.#name, messages, signal);
  }

  listen({ onMessage, onConnected }: ChannelHandler): void {
    const { config, targets, logger } = this.#parts;
    this.#listener = new NotificationListener(
      {
        uri: targets.migrateUri,
        channel: this.#name,
        connectTimeoutMs: config.DB_CONNECT_TIMEOUT_MS,
        onMessage,
        onListening: onConnected,
      },
      logger,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener?.[Symbol.asyncDispose]();
  }
}
