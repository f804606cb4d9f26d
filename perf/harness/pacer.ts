/**
 * Wakes the generator's loop by a thread that sleeps precisely. Node's own timers have a grain of 1 ms; looking
 * at the clock in every turn of the loop took a quarter of a processor, on a machine that the generator shares
 * with what it measures. The thread sleeps on a futex (Linux: 50 µs late) and sends a message.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** What the thread is given: the shared flag (1 while a wake-up is on its way), and how long it sleeps. */
interface PacerData {
  readonly flag: Int32Array<SharedArrayBuffer>;
  readonly tickMs: number;
}

export class Pacer implements AsyncDisposable {
  readonly #flag = new Int32Array(new SharedArrayBuffer(4));
  readonly #thread: Worker;
  #wake: (() => void) | null = null;

  /** @param tickMs time between wake-ups, fractions of a millisecond allowed */
  constructor(tickMs: number) {
    const data: PacerData = { flag: this.#flag, tickMs };
    this.#thread = new Worker(new URL(import.meta.url), { workerData: data });
    this.#thread.on('message', () => {
      Atomics.store(this.#flag, 0, 0);
      const wake = this.#wake;
      this.#wake = null;
      wake?.();
    });
  }

  /** Resolves at the next wake-up. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread.terminate();
  }
}

/** The thread's life: sleep, and wake the loop unless the last wake-up was not heard yet. */
function pace({ flag, tickMs }: PacerData): never {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    Atomics.wait(sleeper, 0, 0, tickMs);
    if (Atomics.compareExchange(flag, 0, 0, 1) === 0) parentPort?.postMessage(0);
  }
}

if (!isMainThread && parentPort !== null) pace(workerData as PacerData);
