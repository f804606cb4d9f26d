/** Work that nobody awaits at the moment, but that must not outlive its owner. */
import { HighChurnMap } from '../high-churn-map.ts';
import { settledWithin } from './wait.ts';

const SETTLE_GRACE_MS = 1000;

export class BackgroundTasks {
  readonly #running = new HighChurnMap<number, Promise<unknown>>();
  #nextId = 0;

  get size(): number {
    return this.#running.size;
  }

  /** Watches the work until it ends; its failure is the business of whoever started it. */
  add(work: Promise<unknown>): void {
    const id = this.#nextId++;
    const forget = (): void => {
      this.#running.delete(id);
    };
    this.#running.set(id, work.then(forget, forget));
  }

  /** Resolves when all of it has ended; after a second at the latest, for work that ignores its signal. */
  async settled(): Promise<void> {
    if (this.#running.size === 0) return;
    await settledWithin(Promise.all(this.#running.values()), SETTLE_GRACE_MS);
  }
}
