/** Keeps n child processes running: starts them, starts a dead one again with backoff, drains them all. */
import { fork, type ChildProcess } from 'node:child_process';
import { CancelController } from '../../lib/async/cancel.ts';
import { settledWithin, sleep } from '../../lib/async/wait.ts';
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
  /** Told of the children that are ready, and of what they say. */
  readonly groups?: readonly ChildGroup[];
  readonly logger: Logger;
}

/** A child that is ready, as a `ChildGroup` sees it. */
export interface ChildPort {
  /** To one that is just ending it does nothing. */
  send(message: object): void;
}

export interface ChildGroup {
  joined(child: ChildPort): void;
  heard(child: ChildPort, message: unknown): void;
  left(child: ChildPort): void;
}

export interface Supervisor extends AsyncDisposable {
  /** SIGHUP to all that are ready; one that starts reads everything anyway. */
  reload(): void;
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
  readonly process: ChildProcess;
  isReady: boolean;
  /** Resolves with the reason when it has ended. */
  readonly ended: Promise<string>;
}

class RunningSupervisor implements Supervisor {
  readonly #options: SupervisorOptions;
  /** Those that have not ended, ready or not. */
  readonly #children = new Set<RunningChild>();
  readonly #life = new CancelController();
  #slots: readonly Promise<void>[] = [];

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const indexes = Array.from({ length: this.#options.count }, (_, index) => index);
    const firsts = await Promise.all(indexes.map(() => this.#spawn()));
    this.#slots = firsts.map((first, index) => this.#keep(index, first));
  }

  reload(): void {
    for (const child of this.#children) if (child.isReady) child.process.kill('SIGHUP');
  }

  async drain(deadlineMs: number): Promise<void> {
    this.#life.abort(new Error('the supervisor stops'));
    this.#signalAll('SIGTERM');
    const ended = this.#untilAllEnded();
    if (!(await settledWithin(ended, deadlineMs))) this.#signalAll('SIGKILL');
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort(new Error('the supervisor stops'));
    this.#signalAll('SIGKILL');
    await this.#untilAllEnded();
  }

  #signalAll(signal: NodeJS.Signals): void {
    for (const child of this.#children) child.process.kill(signal);
  }

  async #untilAllEnded(): Promise<void> {
    await Promise.all([...this.#slots, ...[...this.#children].map(({ ended }) => ended)]);
  }

  /** One place among the n, for as long as we live. */
  async #keep(index: number, first: RunningChild): Promise<void> {
    const { signal } = this.#life;
    let child: Pick<RunningChild, 'ended'> = first;
    for (let pauseMs = RESPAWN_FIRST_MS; ; pauseMs = Math.min(pauseMs * 2, RESPAWN_MAX_MS)) {
      const startedAt = performance.now();
      const reason = await child.ended;
      if (signal.aborted) return;
      if (performance.now() - startedAt > HEALTHY_AFTER_MS) pauseMs = RESPAWN_FIRST_MS;
      this.#options.logger.error(
        { index, reason, respawnInMs: pauseMs },
        'a process ended unexpectedly',
      );
      await sleep(pauseMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      child = await this.#spawn().catch((error: unknown) => ({
        ended: Promise.resolve(String(error)),
      }));
    }
  }

  /** Resolves once the child is ready. */
  async #spawn(): Promise<RunningChild> {
    const { readyTimeoutMs } = this.#options;
    const child = this.#fork();
    const ready = new Promise<null>((resolve) => {
      child.process.on('message', (message) => {
        if (isChildMessage(message)) resolve(null);
      });
    });
    const outcome = Promise.race([ready, child.ended]);
    const isLate = !(await settledWithin(outcome, readyTimeoutMs));
    if (isLate) child.process.kill('SIGKILL');
    const failure = await outcome;
    if (failure === null) {
      child.isReady = true;
      this.#introduce(child);
      return child;
    }
    throw new StartError(
      isLate
        ? `a child process was not ready within ${readyTimeoutMs} ms: see its messages above`
        : `a child process ended before it was ready (${failure}): see its message above`,
    );
  }

  #introduce(child: RunningChild): void {
    const { groups = [] } = this.#options;
    if (groups.length === 0) return;
    const port: ChildPort = {
      send: (message) => {
        if (child.process.connected) child.process.send(message, () => undefined);
      },
    };
    for (const group of groups) group.joined(port);
    child.process.on('message', (message) => {
      for (const group of groups) group.heard(port, message);
    });
    void child.ended.then(() => {
      for (const group of groups) group.left(port);
    });
  }

  #fork(): RunningChild {
    const { module, parameters, environment } = this.#options;
    const forked = fork(module, [...parameters], {
      env: environment,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const ended = new Promise<string>((resolve) => {
      forked.once('exit', (code, signal) => resolve(signal ?? `exit code ${String(code)}`));
      // Also when a signal or a message does not reach a child that is just ending.
      forked.on('error', (error) => {
        if (forked.pid === undefined) resolve(error.message);
      });
    });
    const child = { process: forked, ended, isReady: false };
    this.#children.add(child);
    void ended.then(() => this.#children.delete(child));
    return child;
  }
}
