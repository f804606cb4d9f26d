/** V8's CPU profiler and heap snapshots: one at a time, for a bounded time. */
import { chmod, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { settledWithin } from '../../lib/async/wait.ts';
import { AppError } from '../../lib/errors.ts';
import type { CpuProfile } from '../../lib/flame-graph/cpu-profile.ts';
import { inspectThread, listThreads, type ThreadInfo } from './inspector-thread.ts';

export interface HeapSnapshot {
  readonly file: string;
  readonly bytes: number;
  readonly tookMs: number;
}

const INTERVAL_US = 100;
/** A thread inside native code does not answer. */
const ANSWER_TIMEOUT_MS = 5000;
const SNAPSHOTS_MAX = 3;
const SNAPSHOT = /^heap-[\w-]+\.heapsnapshot$/;

export class Profiler {
  readonly #folder: string;
  #isBusy = false;

  /** @param dataDir snapshots go to its folder `profiles` */
  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'profiles');
  }

  threads(): Promise<readonly ThreadInfo[]> {
    return listThreads();
  }

  /**
   * What the thread did while `work` went on.
   * @throws AppError `profiler.busy`, `profiler.no-thread`; what `work` throws
   */
  cpu(thread: string, work: () => Promise<void>, signal: CancelSignal): Promise<CpuProfile> {
    return this.#alone(async () => {
      await using inspected = await inspectThread(thread);
      if (inspected === null)
        throw new AppError('profiler.no-thread', 'no thread of this process has this number');
      const started = (async () => {
        await inspected.post('Profiler.enable');
        await inspected.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
        await inspected.post('Profiler.start');
      })();
      await answered(started);
      signal.throwIfAborted();
      let result: unknown;
      try {
        await work();
      } finally {
        const stopped = inspected.post('Profiler.stop');
        await answered(stopped);
        result = await stopped;
        await answered(inspected.post('Profiler.disable'));
      }
      return (result as { readonly profile: CpuProfile }).profile;
    });
  }

  /** Stands still until it is written; it holds what the process holds, secrets too. @throws AppError `profiler.busy` */
  heapSnapshot(): Promise<HeapSnapshot> {
    return this.#alone(async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await this.#makeRoom();
      const moment = new Date().toISOString().replaceAll(/[:.]/g, '-');
      const file = join(this.#folder, `heap-${moment}-${process.pid}.heapsnapshot`);
      const startedAtMs = performance.now();
      writeHeapSnapshot(file);
      await chmod(file, 0o600);
      const { size } = await stat(file);
      return { file, bytes: size, tookMs: performance.now() - startedAtMs };
    });
  }

  /** The oldest go, so that the disk does not fill. */
  async #makeRoom(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => SNAPSHOT.test(name)).toSorted();
    const surplus = names.slice(0, Math.max(0, names.length - SNAPSHOTS_MAX + 1));
    await Promise.all(surplus.map((name) => rm(join(this.#folder, name), { force: true })));
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isBusy)
      throw new AppError('profiler.busy', 'a profile or snapshot is being made: one at a time');
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
    }
  }
}

async function answered(answer: Promise<unknown>): Promise<void> {
  if (!(await settledWithin(answer, ANSWER_TIMEOUT_MS)))
    throw new AppError('profiler.no-thread', 'the thread does not answer the profiler');
  await answer;
}
