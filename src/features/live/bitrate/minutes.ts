/** What this process took of each rendition in each minute, until it is written. */
import type { StoredMinute } from './store.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface OpenMinute extends Mutable<StoredMinute> {
  isChanged: boolean;
}

const NOTHING = { bytes: 0, segments: 0, drops: 0, peakBps: 0, isChanged: true };
const MINUTE_MS = 60_000;
/** A minute that is over is written once more, for what came at its very end. */
const KEPT_MS = 2 * MINUTE_MS;

export class Minutes {
  readonly #max: number;
  /** The present minute of each stream's renditions: the first look-ups of each segment. */
  readonly #present = new Map<string, Map<string, OpenMinute>>();
  /** All that are to be written, and the present ones. */
  readonly #open = new Set<OpenMinute>();

  /** @param max beyond it minutes of others are not kept */
  constructor(max: number) {
    this.#max = max;
  }

  add(
    streamId: string,
    rendition: string,
    taken: { readonly bytes: number; readonly drops: number; readonly rateBps: number },
    nowMs: number,
  ): void {
    const minuteMs = nowMs - (nowMs % MINUTE_MS);
    let minute = this.#present.get(streamId)?.get(rendition);
    if (minute?.minuteMs !== minuteMs) {
      if (this.#open.size >= this.#max) return;
      minute = this.#begin({ streamId, rendition, minuteMs, ...NOTHING });
    }
    minute.bytes += taken.bytes;
    minute.segments += taken.bytes > 0 ? 1 : 0;
    minute.drops += taken.drops;
    minute.peakBps = Math.max(minute.peakBps, Math.round(taken.rateBps));
    minute.isChanged = true;
  }

  /** Up to `limit` of those that changed since they were taken last; those that are over are forgotten. */
  take(limit: number, nowMs: number): readonly StoredMinute[] {
    const taken: OpenMinute[] = [];
    for (const minute of this.#open) {
      if (minute.isChanged && taken.length < limit) {
        minute.isChanged = false;
        taken.push(minute);
      }
      if (!minute.isChanged && nowMs - minute.minuteMs >= KEPT_MS) this.#forget(minute);
    }
    return taken;
  }

  /** What `take` gave could not be written: it is to be written again. */
  putBack(minutes: readonly StoredMinute[]): void {
    for (const minute of minutes as readonly OpenMinute[]) {
      minute.isChanged = true;
      if (this.#open.size < this.#max) this.#open.add(minute);
    }
  }

  #begin(minute: OpenMinute): OpenMinute {
    const { streamId, rendition } = minute;
    const renditions = this.#present.get(streamId) ?? new Map<string, OpenMinute>();
    renditions.set(rendition, minute);
    this.#present.set(streamId, renditions);
    this.#open.add(minute);
    return minute;
  }

  #forget(minute: OpenMinute): void {
    const { streamId, rendition } = minute;
    this.#open.delete(minute);
    const renditions = this.#present.get(streamId);
    if (renditions?.get(rendition) !== minute) return;
    renditions.delete(rendition);
    if (renditions.size === 0) this.#present.delete(streamId);
  }
}
