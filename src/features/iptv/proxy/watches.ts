/**
 * What each viewer watches now. Within a limit the newest streams go on, over all processes; what a program opens several times
 * from one address is one stream. Streams of other processes end within a few seconds.
 */
import { createHash, randomInt } from 'node:crypto';
import { CancelController, NEVER_CANCELLED, type CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import type { Logger } from '../../../platform/log/logger.ts';
import type { ProxyStore, Watch } from './store.ts';

export interface WatchesParts {
  readonly store: Pick<ProxyStore, 'watch' | 'renewWatches' | 'revoked' | 'unwatch'>;
  readonly logger: Logger;
}

interface Watched extends Watch {
  readonly control: CancelController;
  /** Of the viewer; 0: not limited. */
  readonly streamsMax: number;
  /** Whether the database counts it. */
  isCounted: boolean;
  connections: number;
  /** While it is forgotten, a moment after the last connection has ended: players open a channel several times. */
  timer: NodeJS.Timeout | undefined;
  leaving: Promise<void> | null;
}

/** One of a viewer's connections; disposing ends it. */
export interface WatchTicket extends Disposable {
  /** Aborts when a newer stream takes its place. */
  readonly signal: CancelSignal;
}

const LINGER_MS = 3000;
const UNLIMITED = 32_767;
const PROCESS_MAX = 2 ** 31 - 1;

export class Watches {
  readonly #parts: WatchesParts;
  readonly #process = randomInt(1, PROCESS_MAX);
  readonly #open = new Map<string, Watched>();

  constructor(parts: WatchesParts) {
    this.#parts = parts;
  }

  /** @param streamsMax 0: as many as the viewer likes */
  async begin(
    viewer: { readonly id: number; readonly streamsMax: number },
    channelId: string,
    address: string,
    signal: CancelSignal,
  ): Promise<WatchTicket> {
    const watch = { viewerId: viewer.id, key: keyOf(channelId, address) };
    const name = nameOf(watch);
    const leaving = this.#open.get(name)?.leaving ?? null;
    if (leaving !== null) await leaving;
    const known = this.#open.get(name);
    const watched = known ?? newWatched(watch, viewer.streamsMax);
    watched.connections++;
    clearTimeout(watched.timer);
    this.#open.set(name, watched);
    const ticket = this.#ticket(watched);
    try {
      if (known === undefined) await this.#count(watched, signal);
      return ticket;
    } catch (error) {
      ticket[Symbol.dispose]();
      throw error;
    }
  }

  /** To be called every few seconds. */
  async renew(signal: CancelSignal): Promise<void> {
    if (this.#open.size === 0) return;
    await this.#endRevoked(signal);
    const counted = [...this.#open.values()].filter(({ isCounted }) => isCounted);
    for (const watched of this.#open.values())
      if (!watched.isCounted && watched.leaving === null) await this.#count(watched, signal);
    if (counted.length === 0) return;
    const kept = await this.#parts.store.renewWatches(this.#process, signal);
    const names = new Set(kept.map(nameOf));
    for (const watched of counted) {
      if (names.has(nameOf(watched))) continue;
      if (watched.streamsMax > 0) this.#end(watched);
      else watched.isCounted = false;
    }
  }

  async #endRevoked(signal: CancelSignal): Promise<void> {
    const viewerIds = new Set([...this.#open.values()].map(({ viewerId }) => viewerId));
    const revoked = await this.#parts.store.revoked([...viewerIds], signal);
    const why = new AppError('iptv.bad-token', 'this address was revoked');
    for (const watched of this.#open.values())
      if (revoked.has(watched.viewerId)) this.#end(watched, why);
  }

  /** Where the database does not answer, nobody is kept from watching: it is counted once it does. */
  async #count(watched: Watched, signal: CancelSignal): Promise<void> {
    const { store, logger } = this.#parts;
    const streamsMax = watched.streamsMax === 0 ? UNLIMITED : watched.streamsMax;
    try {
      const kept = await store.watch(watched, streamsMax, this.#process, signal);
      watched.isCounted = true;
      for (const other of this.#open.values())
        if (other.isCounted && other.viewerId === watched.viewerId && !kept.has(other.key))
          this.#end(other);
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError)) throw error;
      logger.warn({ error }, 'a stream of a viewer is not counted');
    }
  }

  #ticket(watched: Watched): WatchTicket {
    let isOpen = true;
    return {
      signal: watched.control.signal,
      [Symbol.dispose]: () => {
        if (!isOpen) return;
        isOpen = false;
        watched.connections--;
        if (watched.connections > 0 || watched.control.signal.aborted) return;
        watched.timer = setTimeout(() => this.#forget(watched), LINGER_MS).unref();
      },
    };
  }

  #forget(watched: Watched): void {
    const forget = () => {
      this.#open.delete(nameOf(watched));
    };
    if (!watched.isCounted) return forget();
    // Where it fails, the lease ends by itself.
    const { store } = this.#parts;
    watched.leaving = store.unwatch(watched, this.#process, NEVER_CANCELLED).then(forget, forget);
  }

  #end(watched: Watched, why = replaced()): void {
    this.#open.delete(nameOf(watched));
    clearTimeout(watched.timer);
    watched.control.abort(why);
  }
}

function replaced(): AppError {
  return new AppError('iptv.replaced', 'a newer stream of the viewer took its place');
}

function newWatched(watch: Watch, streamsMax: number): Watched {
  return {
    ...watch,
    streamsMax,
    isCounted: false,
    control: new CancelController(),
    connections: 0,
    timer: undefined,
    leaving: null,
  };
}

/** The address is not kept as it is. */
function keyOf(channelId: string, address: string): string {
  const digest = createHash('sha256').update(address).digest('base64url').slice(0, 8);
  return `${channelId} ${digest}`;
}

function nameOf({ viewerId, key }: Watch): string {
  return `${viewerId} ${key}`;
}
