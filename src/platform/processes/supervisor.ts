/** Keeps n child processes running: starts them, starts a dead one again with backoff, drains them all. */
import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../../lib/start-error.ts';
import type { Logger } from '../log/logger.ts';
import { isChildMessage } from './child-channel.ts';

export interface SupervisorOptions {
  readonly count: number;
  readonly module: string;
  readonly parameters: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A child that is not ready by then counts as failed. */
  readonly readyTimeoutMs: number;
  readonly logger: Logger;
}

export interface Supervisor extends AsyncDisposable {
  /** SIGTERM to all; those that have not ended by the deadline are killed. */
  drain(deadlineMs: number): Promise<void>;
}

const RESPAWN_FIRST_MS = 100;
const RESPAWN_MAX_MS = 10_000;
/** A child that lived so long was healthy: its death starts the backoff anew. */
const HEALTHY_AFTER_MS = 10_000;

/** Resolves when all children are ready. @throws StartError when one of them fails before it was */
export async function superviseChildren(options: SupervisorOptions): Promise<Supervisor> {
  const supervisor = new RunningSupervisor(options);
  try {
    await supervisor.start();
  } catch (error) {
    await supervisor[Symbol.asyncDispose]();
    throw error;
  }
  return supervisor;
}

interface RunningChild {
  /** Resolves with the reason when it has ended. */
  readonly ended: Promise<string>;
}

class RunningSupervisor implements Supervisor {
  readonly #options: SupervisorOptions;
  readonly #children = new Map<number, ChildProcess>();
  readonly #life = new AbortController();
  readonly #slots: Promise<void>[] = [];

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const indexes = Array.from({ length: this.#options.count }, (_, index) => index);
    const firsts = await Promise.all(indexes.map((index) => this.#spawn(index)));
    for (const [index, first] of firsts.entries()) this.#slots.push(this.#keep(index, first));
  }

  async drain(deadlineMs: number): Promise<void> {
    this.#life.abort();
    for (const child of this.#children.values()) child.kill('SIGTERM');
    const timer = setTimeout(() => {
      for (const child of this.#children.values()) child.kill('SIGKILL');
    }, deadlineMs);
    await Promise.all(this.#slots);
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort();
    for (const child of this.#children.values()) child.kill('SIGKILL');
    await Promise.all(this.#slots);
  }

  /** One place among the n, for as long as we live. */
  async #keep(index: number, first: RunningChild): Promise<void> {
    let child = first;
    let pauseMs = RESPAWN_FIRST_MS;
    for (;;) {
      const startedAt = performance.now();
      const reason = await child.ended;
      if (this.#life.signal.aborted) return;
      if (performance.now() - startedAt > HEALTHY_AFTER_MS) pauseMs = RESPAWN_FIRST_MS;
      this.#options.logger.error({ index, reason, respawnInMs: pauseMs }, 'a process ended unexpectedly');
      await sleep(pauseMs, undefined, { signal: this.#life.signal }).catch(() => undefined);
      if (this.#life.signal.aborted) return;
      pauseMs = Math.min(pauseMs * 2, RESPAWN_MAX_MS);
      child = await this.#spawn(index).catch((error: unknown) => ({ ended: Promise.resolve(String(error)) }));
    }
  }

  /** Resolves once the child is ready. */
  async #spawn(index: number): Promise<RunningChild> {
    const { module, parameters, environment, readyTimeoutMs } = this.#options;
    const child = fork(module, [...parameters], { env: environment, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#children.set(index, child);
    const ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => {
        if (this.#children.get(index) === child) this.#children.delete(index);
        resolve(signal ?? `exit code ${String(code)}`);
      });
    });
    const ready = new Promise<void>((resolve) => {
      child.on('message', (message) => {
        if (isChildMessage(message)) resolve();
      });
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), readyTimeoutMs);
    const failure = await Promise.race([ready.then(() => null), ended]);
    clearTimeout(timer);
    if (failure !== null) {
      throw new StartError(`an api process ended before it was ready (${failure}): see its message above`);
    }
    return { ended };
  }
}
