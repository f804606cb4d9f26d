/** How fast a viewer is sent what they watch, all of their streams in this process together. */
import { LRUCache } from 'lru-cache';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { sleep } from '../../../lib/async/wait.ts';

/** May be sent at once after a pause. */
const BURST_MS = 500;
const VIEWERS_MAX = 5000;

export class Throttles {
  /** When each viewer may be sent the next bytes, on the clock of `performance.now()`. */
  readonly #free = new LRUCache<number, number>({ max: VIEWERS_MAX });

  /** Resolves when these bytes may go out. @param kbitsMax 0: not limited */
  async pass(
    viewer: { readonly id: number; readonly kbitsMax: number },
    bytes: number,
    signal: CancelSignal,
  ): Promise<void> {
    if (viewer.kbitsMax === 0) return;
    const nowMs = performance.now();
    const freeAtMs = Math.max(this.#free.get(viewer.id) ?? 0, nowMs - BURST_MS);
    this.#free.set(viewer.id, freeAtMs + (bytes * 8) / viewer.kbitsMax);
    const waitMs = freeAtMs - nowMs;
    if (waitMs > 1) await sleep(waitMs, signal);
  }
}
