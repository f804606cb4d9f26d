/** What accounts hold, and the files of it: asked of the service, and kept for a minute, sealed. */
import { Buffer } from 'node:buffer';
import { pack, unpack } from 'msgpackr';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import { parseReleaseTitle } from '../../lib/release-title/parse.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { ServiceEntry } from '../../lib/user-config/own-services.ts';
import type { CacheSpec, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { Lifetimes } from '../../platform/cache/timed-value.ts';
import type { DebridServices, Transfer } from '../debrid/contract.ts';

/** A torrent that an account holds and plays. */
export interface Holding {
  /** What the service calls it by. */
  readonly id: string;
  readonly infohash: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** As its name says. */
  readonly type: MediaType;
  readonly title: string;
  /** 0 when unknown. */
  readonly year: number;
}

export interface PathAndSize {
  readonly path: string;
  readonly sizeBytes: number;
}

/** The newest of an account: reading a name takes a tenth of a millisecond. */
const HOLDINGS_MAX = 500;
const NAMES_AT_ONCE = 40;
const LIFETIMES: Lifetimes = {
  freshMs: 60_000,
  staleMs: 0,
  negativeMs: { first: 1000, max: 1000, growth: 1 },
};

export const holdingCache = (ring: KeyRing) =>
  sealedLists<Holding>('watchlist', ring, ({ infohash }) => typeof infohash === 'string');
export const heldFileCache = (ring: KeyRing) =>
  sealedLists<PathAndSize>('watchlist-files', ring, ({ path }) => typeof path === 'string');

export interface HoldingParts {
  readonly services: Pick<DebridServices, 'open'>;
  readonly lists: ReadThroughCache<readonly Holding[]>;
  readonly files: ReadThroughCache<readonly PathAndSize[]>;
}

export class Holdings {
  readonly #parts: HoldingParts;

  constructor(parts: HoldingParts) {
    this.#parts = parts;
  }

  /** Newest first; empty where the service cannot say. */
  async list(entry: ServiceEntry, signal: CancelSignal): Promise<readonly Holding[]> {
    const load = (own: CancelSignal) => this.listNow(entry, own);
    return (await this.#parts.lists.get(entry.accountKey, load, signal)).value ?? [];
  }

  /** Past the cache. */
  async listNow(entry: ServiceEntry, signal: CancelSignal): Promise<readonly Holding[]> {
    const account = this.#parts.services.open(entry);
    const transfers = (await account.list?.({ signal, viewerIp: '' })) ?? [];
    const ready = transfers.filter(
      ({ kind, id, infohash, state }) =>
        kind === 'torrent' && state === 'ready' && id !== '' && infohash !== '',
    );
    return readNames(ready.slice(0, HOLDINGS_MAX), signal);
  }

  async files(
    entry: ServiceEntry,
    holding: Holding,
    signal: CancelSignal,
  ): Promise<readonly PathAndSize[]> {
    const load = async (own: CancelSignal) => {
      const account = this.#parts.services.open(entry);
      const { files } = await account.refresh(transferOf(holding), { signal: own, viewerIp: '' });
      return files.map(({ path, sizeBytes }) => ({ path, sizeBytes }));
    };
    const key = `${entry.accountKey} ${holding.infohash}`;
    return (await this.#parts.files.get(key, load, signal)).value ?? [];
  }

  forget(entry: ServiceEntry): Promise<void> {
    return this.#parts.lists.invalidate(entry.accountKey);
  }
}

async function readNames(
  transfers: readonly Transfer[],
  signal: CancelSignal,
): Promise<readonly Holding[]> {
  const holdings: Holding[] = [];
  for (const [index, { id, infohash, name, sizeBytes }] of transfers.entries()) {
    // Others have their turn in between.
    if (index % NAMES_AT_ONCE === NAMES_AT_ONCE - 1)
      await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    const { title, year = 0, seasons, episodes, date } = parseReleaseTitle(name);
    const isSeries = seasons.length > 0 || episodes.length > 0 || date !== undefined;
    const type = isSeries ? 'series' : 'movie';
    holdings.push({ id, infohash, name, sizeBytes, type, title: title || name, year });
  }
  return holdings;
}

function transferOf({ id, infohash, name, sizeBytes }: Holding): Transfer {
  const nothingElse = { failure: null, progress: 1, addedAtS: 0, files: [] };
  return { kind: 'torrent', id, infohash, name, state: 'ready', sizeBytes, ...nothingElse };
}

/** Sealed: names of what somebody has are nobody else's business. */
function sealedLists<T extends object>(
  name: string,
  ring: KeyRing,
  isItem: (item: Partial<T>) => boolean,
): CacheSpec<readonly T[]> {
  return {
    name,
    schemaVersion: 1,
    codec: {
      encode: (items) => ring.seal(pack(items), name),
      decode(bytes) {
        const content = ring.open(Buffer.from(bytes), name);
        if (content === null) return null;
        const items: unknown = unpack(content);
        return Array.isArray(items) && items.every((item: Partial<T>) => isItem(item))
          ? (items as readonly T[])
          : null;
      },
      sizeBytes: (items) => 64 + 400 * items.length,
    },
    lifetimes: () => LIFETIMES,
  };
}
