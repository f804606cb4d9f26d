/** Finished lists of viewers: each is made once for all who ask at a time, and anew once a minute at most. */
import { LRUCache } from 'lru-cache';
import { Representation } from '../../../http/representation.ts';
import type { Reply, Request } from '../../../http/route.ts';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { SingleFlight } from '../../../lib/async/single-flight.ts';

export const LIST_CACHE_CONTROL = 'private, max-age=60';
export const JSON_TYPE = 'application/json; charset=utf-8';
const KEPT_BYTES_MAX = 64 * 2 ** 20;
const KEPT_MAX = 20_000;
const KEPT_MS = 60_000;
const MAKING_MS = 30_000;

export interface MadeList {
  readonly text: string;
  readonly changedAt?: Date;
}

export interface KeptList {
  readonly representation: Representation;
  readonly changedAt: Date | undefined;
}

export class KeptLists implements AsyncDisposable {
  readonly #lists = new LRUCache<string, KeptList>({
    max: KEPT_MAX,
    maxSize: KEPT_BYTES_MAX,
    sizeCalculation: ({ representation }) => representation.sizeBytes,
    ttl: KEPT_MS,
  });
  readonly #making = new SingleFlight<KeptList>({
    flightTimeoutMs: MAKING_MS,
    keysMax: 200,
    waitersMax: 2000,
    attemptsMax: 1,
  });

  /**
   * @param name what the list is known by: it holds the viewer's token, who was checked before
   * @throws AppError of `make`, `server.overloaded`, `cache.wait-timeout`
   */
  async get(
    name: string,
    contentType: string,
    make: (signal: CancelSignal) => Promise<MadeList>,
    signal: CancelSignal,
  ): Promise<KeptList> {
    const kept = this.#lists.get(name);
    if (kept !== undefined) return kept;
    return this.#making.run(
      name,
      async (flight) => {
        const { text, changedAt } = await make(flight);
        const representation = new Representation(Buffer.from(text), {
          contentType,
          cacheControl: LIST_CACHE_CONTROL,
          compressible: true,
          isForFew: true,
        });
        const list = { representation, changedAt };
        this.#lists.set(name, list);
        return list;
      },
      signal,
    );
  }

  /** What an address without a query answers. @param request of a viewer who was checked before */
  async answer(
    { baseUrl, path, signal }: Request,
    make: (signal: CancelSignal) => Promise<object>,
  ): Promise<Reply> {
    const text = async (flight: CancelSignal) => ({ text: JSON.stringify(await make(flight)) });
    const { representation } = await this.get(baseUrl + path, JSON_TYPE, text, signal);
    return { status: 200, representation };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#making[Symbol.asyncDispose]();
  }
}
