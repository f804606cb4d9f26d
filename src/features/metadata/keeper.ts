/** Makes titles of what services know, and keeps them current; each for everybody who waits. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { SingleFlight } from '../../lib/async/single-flight.ts';
import { externalIdOf, isAnimeProvider, type TitleId } from '../../lib/stremio/media-id.ts';
import type { AdoptedTitle, ChangedTitle, ImportedId, TitleAdoption } from '../library/contract.ts';
import type { AnimeList } from './anime/anime-list.ts';
import { animeIds, titleIdsOf } from './anime/ids.ts';
import type { LookedUp, TitleLookup } from './lookup.ts';
import { importedTitle } from './merge.ts';
import { DAY_S, nextCheckS } from './next-check.ts';
import type { FoundTitle, TitleIds } from './provider.ts';
import { idsOfPublicId, titleIds } from './public-id.ts';
import type { KeptTitle, MetadataStore } from './store.ts';

export interface KeeperParts {
  readonly lookup: TitleLookup;
  /** Null: ids of anime are unknown. */
  readonly anime: AnimeList | null;
  readonly store: MetadataStore;
  readonly adoption: TitleAdoption;
  /** Tells the other features, in every process. */
  readonly titlesChanged: (titles: readonly ChangedTitle[], signal: CancelSignal) => Promise<void>;
}

/** One refresh with all its calls. */
const REFRESH_TIMEOUT_MS = 20_000;
const REFRESHES_MAX = 64;
const WAITERS_MAX = 10_000;
/** For a title that may be anime: the list will be there by then. */
const UNTIL_LIST_S = 300;

export class TitleKeeper implements AsyncDisposable {
  readonly #parts: KeeperParts;
  readonly #refreshes = new SingleFlight<boolean>({
    flightTimeoutMs: REFRESH_TIMEOUT_MS,
    keysMax: REFRESHES_MAX,
    waitersMax: WAITERS_MAX,
    attemptsMax: 1,
  });

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** Whether a service may know this id. */
  canMake(id: TitleId): boolean {
    const { lookup, anime } = this.#parts;
    if (isAnimeProvider(id.provider)) return anime !== null;
    const ids = idsOf(id);
    return ids !== null && lookup.canFind(ids);
  }

  /** False when nobody knows the id. @throws AppError `metadata.unavailable`, `database.…` */
  async make(id: TitleId, signal: CancelSignal): Promise<boolean> {
    const { lookup, store, anime } = this.#parts;
    if (await store.isKnown(id, signal)) return true;
    const entry = (await anime?.entryOf(id, signal)) ?? null;
    const ids = entry === null ? idsOf(id) : titleIdsOf(entry);
    const found = ids === null || !lookup.canFind(ids) ? null : await lookup.find(ids, signal);
    if (found === null) return false;
    const asked = entry === null ? [askedId(id)] : animeIds([entry], found.title.numbering);
    await this.#adopt([await this.#adopted(found, asked, signal)], signal);
    return true;
  }

  /**
   * Asks again for a title whose time has come; true when it is different now.
   * @throws AppError as `make`; `server.overloaded` where too many are being refreshed
   */
  refresh(kept: KeptTitle, signal: CancelSignal): Promise<boolean> {
    return this.#refreshes.run(
      String(kept.mediaId),
      (flightSignal) => this.#refresh(kept, flightSignal),
      signal,
    );
  }

  /** Titles of a list, as far as the library has not got them. */
  async sketch(found: readonly FoundTitle[], signal: CancelSignal): Promise<void> {
    const titles = found.map((title) => ({
      title: importedTitle(title, []),
      isSketch: true,
      nextCheckS: 0,
    }));
    await this.#adopt(titles, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#refreshes[Symbol.asyncDispose]();
  }

  async #refresh(kept: KeptTitle, signal: CancelSignal): Promise<boolean> {
    const { lookup, store } = this.#parts;
    if (!(await store.claim(kept.mediaId, signal))) return false;
    const found = await lookup.find(kept, signal);
    if (found !== null)
      return this.#adopt([await this.#adopted(found, askedIds(kept), signal)], signal);
    await store.postpone(kept.mediaId, DAY_S, signal);
    return false;
  }

  /** With the ids of anime that lead to it. */
  async #adopted(
    found: LookedUp,
    otherIds: readonly ImportedId[],
    signal: CancelSignal,
  ): Promise<AdoptedTitle> {
    const { title } = found;
    const isAsked = isAnimation(title) && this.#parts.anime !== null;
    const entries = isAsked ? await this.#parts.anime?.entriesOf(title, signal) : [];
    return {
      title: importedTitle(title, [...otherIds, ...animeIds(entries ?? [], title.numbering)]),
      isSketch: false,
      nextCheckS: entries === null ? UNTIL_LIST_S : nextCheckS(found),
    };
  }

  async #adopt(titles: readonly AdoptedTitle[], signal: CancelSignal): Promise<boolean> {
    const { adoption, titlesChanged } = this.#parts;
    const changed = await adoption.adoptTitles(titles, signal);
    if (changed.length > 0) await titlesChanged(changed, signal);
    return changed.length > 0;
  }
}

/** By what services may know it; null for an id of ours that was not made on demand. */
function idsOf(id: TitleId): TitleIds | null {
  switch (id.provider) {
    case 'imdb':
      return titleIds(id.type, { imdbId: id.id });
    case 'tmdb':
      return titleIds(id.type, { tmdbId: externalIdOf(id) });
    case 'tvdb':
      return titleIds(id.type, { tvdbId: externalIdOf(id) });
    case 'sl':
      return idsOfPublicId(id);
    case 'kitsu':
    case 'mal':
    case 'anilist':
      return null;
  }
}

/** Anime that is not drawn, if there is any, is found by its other ids. */
function isAnimation({ genres }: FoundTitle): boolean {
  return genres.some((genre) => genre === 'Animation' || genre === 'Anime');
}

/** Services may know the title by another id by now: the one that was asked for leads to it, too. */
function askedId(id: TitleId): ImportedId {
  return { provider: id.provider, id: externalIdOf(id), season: -1, episodeOffset: 0 };
}

function askedIds({ imdbId, tmdbId, tvdbId }: TitleIds): readonly ImportedId[] {
  const whole = { season: -1, episodeOffset: 0 };
  return (
    [
      { provider: 'imdb', id: imdbId, ...whole },
      { provider: 'tmdb', id: tmdbId, ...whole },
      { provider: 'tvdb', id: tvdbId, ...whole },
    ] as const
  ).filter(({ id }) => id !== '');
}

/** Of an id that clients may send for a title in a list. */
export function clientIdOf(found: FoundTitle): string {
  return found.imdbId === '' ? `tmdb:${found.tmdbId}` : found.imdbId;
}
