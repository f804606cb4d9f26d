/**
 * Redis as the rest of the program sees it: a few commands on bytes that answer or fail within
 * milliseconds, never hang, and cost nothing while Redis is ill. The only home of ioredis.
 */
import type { Redis } from 'ioredis';
import { CancelController, type CancelSignal } from '../../lib/async/cancel.ts';
import { cancellable, poll } from '../../lib/async/wait.ts';
import { AppError } from '../../lib/errors.ts';
import { HistogramSet } from '../../lib/metrics/histogram.ts';
import type { Sample } from '../../lib/metrics/metric-family.ts';
import { parseRedisUrl } from '../../lib/redis-url.ts';
import { failureOf } from '../../lib/trace/request-trace.ts';
import type { Logger } from '../log/logger.ts';
import { Breaker, REDIS_BREAKER } from './breaker.ts';
import { CommandTimeout, withCommandDeadline } from './command-deadline.ts';
import {
  closeConnection,
  openConnection,
  reconnect,
  type ConnectionOptions,
} from './connection.ts';
import { redisRefused, redisUnavailable } from './redis-error.ts';
import { Refusals, type CommandName } from './refusals.ts';
import { Subscriber, type ChannelHandler } from './subscriber.ts';

export interface RedisClientOptions {
  /** As `parseRedisUrl` reads it, with credentials. */
  readonly url: string;
  /** Put before every key and channel. */
  readonly keyPrefix: string;
  /** A command without a reply after this time has failed. */
  readonly commandTimeoutMs: number;
  /** Limit of connecting, and of the handshake after it. */
  readonly connectTimeoutMs: number;
  /** Interval of the subscriber's PINGs; 5,000 when absent. */
  readonly heartbeatMs?: number;
  /** PEM certificates that sign the server's own; Node's list when absent. */
  readonly tlsCa?: string;
}

export interface RedisStats {
  /** Commands sent since start, subscriptions and heartbeats excluded. */
  readonly commands: number;
  readonly failures: number;
  /** How often the breaker opened. */
  readonly breakerOpened: number;
  /** Whether a command would be sent now. */
  readonly usable: boolean;
  /** Seconds to the reply, or to the failure, by command (`redis-metrics.ts`). */
  readonly durations: readonly Sample[];
}

/**
 * Every method rejects with AppError `redis.unavailable` when Redis is away, ill or refuses, and with
 * the signal's reason when that aborts. Keys and channels are given without the prefix.
 */
export interface RedisClient extends AsyncDisposable {
  /** The bytes may be a view on the driver's shared buffer: copy what is kept. */
  getBuffer(key: string, signal: CancelSignal): Promise<Buffer | null>;
  setBuffer(key: string, value: Uint8Array, ttlMs: number, signal: CancelSignal): Promise<void>;
  /** SET NX PX; true when the key was absent. */
  setIfAbsent(key: string, value: string, ttlMs: number, signal: CancelSignal): Promise<boolean>;
  /** Runs a Lua script; the reply in the driver's legacy mapping. */
  evaluate(
    script: string,
    keys: readonly string[],
    parameters: readonly (string | number | Uint8Array)[],
    signal: CancelSignal,
  ): Promise<unknown>;
  publish(channel: string, message: string, signal: CancelSignal): Promise<void>;
  /** One handler a channel, until the client is disposed. Returns at once, also when Redis is down. */
  subscribe(channel: string, handler: ChannelHandler): void;
  /** The text of INFO, all sections of it that are shown by default. */
  info(signal: CancelSignal): Promise<string>;
  /** Resolves when Redis answers PING. */
  ping(signal: CancelSignal): Promise<void>;
  /** Resolves when Redis takes a write and refuses nothing else. @throws AppError `redis.refused` with the kinds */
  ready(signal: CancelSignal): Promise<void>;
  /** Resolves with the next (or present) ready connection. */
  connected(signal: CancelSignal): Promise<void>;
  stats(): RedisStats;
}

/** Seconds. */
export const COMMAND_BOUNDS = [
  0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1,
];
/** Those that are timed: whatever `#run` sends. */
const COMMANDS = ['EVAL', 'GET', 'INFO', 'PING', 'PUBLISH', 'SET'] as const satisfies CommandName[];

/** A key that is written to see whether writes are taken. */
const READY_KEY = 'ready';
const READY_VALUE = new Uint8Array(0);
const READY_TTL_MS = 10_000;
const HEARTBEAT_MS = 5000;
const HEARTBEAT_TIMEOUT_MS = 2000;

/** Connects in the background; commands fail fast until that has happened. @throws StartError for a bad URL. */
export function createRedis(options: RedisClientOptions, logger: Logger): RedisClient {
  const connection = {
    endpoint: parseRedisUrl(options.url),
    connectTimeoutMs: options.connectTimeoutMs,
    tlsCa: options.tlsCa,
  };
  return new IoRedisClient(options, connection, logger);
}

const LOOK_AGAIN_MS = 5;

class IoRedisClient implements RedisClient {
  readonly #redis: Redis;
  readonly #subscriber: Subscriber;
  readonly #breaker = new Breaker(REDIS_BREAKER);
  readonly #refusals: Refusals;
  readonly #options: RedisClientOptions;
  readonly #logger: Logger;
  readonly #disposal = new CancelController();
  readonly #durations = new HistogramSet(
    COMMAND_BOUNDS,
    COMMANDS.map((command) => [command]),
  );
  #commands = 0;
  #failures = 0;
  #inFlight = 0;
  /** The socket whose commands are gathered in this turn of the loop. */
  #gathering: Redis['stream'] | null = null;

  constructor(
    options: RedisClientOptions,
    connection: Omit<ConnectionOptions, 'name'>,
    logger: Logger,
  ) {
    this.#options = options;
    this.#logger = logger;
    this.#redis = openConnection({ ...connection, name: 'sluice-commands' }, logger);
    this.#redis.on('ready', () => this.#breaker.succeeded());
    this.#refusals = new Refusals(logger, {
      reconnect: () => reconnect(this.#redis),
      moved: () => this.#subscriber.reconnect(),
    });
    this.#subscriber = new Subscriber(
      {
        connection: { ...connection, name: 'sluice-subscriptions' },
        heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
        heartbeatTimeoutMs: Math.max(HEARTBEAT_TIMEOUT_MS, options.commandTimeoutMs),
      },
      this.#refusals,
      logger,
    );
  }

  getBuffer(key: string, signal: CancelSignal): Promise<Buffer | null> {
    return this.#run('GET', () => this.#redis.getBuffer(this.#key(key)), signal);
  }

  async setBuffer(
    key: string,
    value: Uint8Array,
    ttlMs: number,
    signal: CancelSignal,
  ): Promise<void> {
    await this.#run(
      'SET',
      () => this.#redis.set(this.#key(key), asBuffer(value), 'PX', ttlMs),
      signal,
    );
  }

  async setIfAbsent(
    key: string,
    value: string,
    ttlMs: number,
    signal: CancelSignal,
  ): Promise<boolean> {
    return (
      (await this.#run(
        'SET',
        () => this.#redis.set(this.#key(key), value, 'PX', ttlMs, 'NX'),
        signal,
      )) === 'OK'
    );
  }

  evaluate(
    script: string,
    keys: readonly string[],
    parameters: readonly (string | number | Uint8Array)[],
    signal: CancelSignal,
  ): Promise<unknown> {
    const prefixed = keys.map((key) => this.#key(key));
    const values = parameters.map((value) =>
      value instanceof Uint8Array ? asBuffer(value) : value,
    );
    return this.#run(
      'EVAL',
      () => this.#redis.eval(script, prefixed.length, ...prefixed, ...values),
      signal,
    );
  }

  async publish(channel: string, message: string, signal: CancelSignal): Promise<void> {
    await this.#run('PUBLISH', () => this.#redis.publish(this.#key(channel), message), signal);
  }

  subscribe(channel: string, handler: ChannelHandler): void {
    this.#disposal.signal.throwIfAborted();
    this.#subscriber.subscribe(this.#key(channel), handler);
  }

  info(signal: CancelSignal): Promise<string> {
    return this.#run('INFO', () => this.#redis.info(), signal);
  }

  async ping(signal: CancelSignal): Promise<void> {
    await this.#run('PING', () => this.#redis.ping(), signal);
  }

  async ready(signal: CancelSignal): Promise<void> {
    try {
      await this.setBuffer(READY_KEY, READY_VALUE, READY_TTL_MS, signal);
    } catch (error) {
      if (!this.#refusals.any) throw error;
    }
    if (this.#refusals.any) throw redisRefused(this.#refusals.kinds);
  }

  connected(signal: CancelSignal): Promise<void> {
    if (this.#redis.status === 'ready') return Promise.resolve();
    return cancellable(signal, (resolve) => {
      this.#redis.once('ready', resolve);
      return () => this.#redis.off('ready', resolve);
    });
  }

  stats(): RedisStats {
    return {
      commands: this.#commands,
      failures: this.#failures,
      breakerOpened: this.#breaker.timesOpened,
      usable: this.#redis.status === 'ready' && !this.#breaker.isOpen,
      durations: this.#durations.samples(),
    };
  }

  /** Waits for commands in flight (one command timeout at most), then closes both connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal.abort(redisUnavailable(new Error('the client is closed')));
    await poll(() => this.#inFlight === 0, {
      everyMs: LOOK_AGAIN_MS,
      timeoutMs: this.#options.commandTimeoutMs,
    });
    await Promise.all([this.#subscriber[Symbol.asyncDispose](), closeConnection(this.#redis)]);
    const { commands, failures, breakerOpened } = this.stats();
    this.#logger.debug({ commands, failures, breakerOpened }, 'Redis is closed');
  }

  #key(name: string): string {
    return this.#options.keyPrefix + name;
  }

  /** Commands of one turn of the loop leave in one write: a write costs 12 µs, a command 2 (docs/caching.md). */
  #gatherWrites(): void {
    const { stream } = this.#redis;
    if (this.#gathering === stream) return;
    this.#gathering = stream;
    stream.cork();
    setImmediate(() => {
      stream.uncork();
      if (this.#gathering === stream) this.#gathering = null;
    });
  }

  async #run<R>(command: CommandName, send: () => Promise<R>, signal: CancelSignal): Promise<R> {
    signal.throwIfAborted();
    this.#disposal.signal.throwIfAborted();
    if (this.#redis.status !== 'ready')
      throw new AppError('redis.unavailable', 'Redis is not connected');
    if (!this.#breaker.allows())
      throw new AppError('redis.unavailable', 'Redis was failing a moment ago');
    this.#commands++;
    this.#inFlight++;
    this.#gatherWrites();
    const startedAtMs = performance.now();
    try {
      const reply = await withCommandDeadline(send(), this.#options.commandTimeoutMs, signal);
      signal.trace?.add('redis', command, startedAtMs, 'ok');
      this.#breaker.succeeded();
      if (this.#refusals.any) this.#refusals.taken(command);
      return reply;
    } catch (error) {
      signal.trace?.add('redis', command, startedAtMs, failureOf(error));
      if (signal.aborted) throw error;
      throw this.#failed(command, error);
    } finally {
      this.#inFlight--;
      this.#durations.of(command).observe((performance.now() - startedAtMs) / 1000);
    }
  }

  /** Error replies prove that Redis answers; only silence opens the breaker. */
  #failed(command: CommandName, error: unknown): AppError {
    this.#failures++;
    if (error instanceof Error && error.name === 'ReplyError') {
      this.#breaker.succeeded();
      this.#refusals.refused(command, error);
    } else if (this.#breaker.failed()) {
      this.#logger.warn(
        { failures: this.#failures },
        'Redis fails repeatedly; going on without it for a moment',
      );
      // After silence the connection is worthless: its replies would come in the order of the commands.
      if (error instanceof CommandTimeout) reconnect(this.#redis);
    }
    return redisUnavailable(error);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
