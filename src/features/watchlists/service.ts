/** What an account holds, as titles, files and streams. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { isPlayable } from '../../lib/file-choice/playable-files.ts';
import { baseName } from '../../lib/file-choice/listed-file.ts';
import { parseReleaseTitle } from '../../lib/release-title/parse.ts';
import { bytesText } from '../../lib/stream-template/modifiers.ts';
import { heldId, type HeldId } from '../../lib/stremio/held-id.ts';
import { storedTitleId } from '../../lib/stremio/media-id.ts';
import type { MediaType, Stream } from '../../lib/stremio/types.ts';
import type { OwnServices, PlayingService } from '../../lib/user-config/playing-services.ts';
import type { CatalogTitle, TitleSource } from '../addon/contract.ts';
import type { DebridServices } from '../debrid/contract.ts';
import type {
  HeldDetails,
  HeldFile,
  HeldPage,
  HeldPageQuery,
  HeldStreamQuery,
  HeldTitle,
  Watchlists,
} from './contract.ts';
import type { Holding, Holdings, PathAndSize } from './holdings.ts';
import type { MeantTitle, WatchlistStore } from './store.ts';

export interface WatchlistParts {
  readonly holdings: Holdings;
  readonly store: WatchlistStore;
  readonly titles: Pick<TitleSource, 'titlesByIds'>;
  readonly services: Pick<DebridServices, 'open'>;
  readonly addonName: string;
}

const PAGE_ITEMS = 25;
const NO_EPISODE = -1;
const FILES_SHOWN_MAX = 1000;

export class WatchlistService implements Watchlists {
  readonly #parts: WatchlistParts;

  constructor(parts: WatchlistParts) {
    this.#parts = parts;
  }

  async page(query: HeldPageQuery, signal: CancelSignal): Promise<HeldPage> {
    const { service, type, skip, hiddenLevels } = query;
    const { entry } = playing(query.services, service);
    const all = await this.#parts.holdings.list(entry, signal);
    const shown = all.filter((holding) => holding.type === type).slice(skip, skip + PAGE_ITEMS);
    const titles = await this.#titled(service, shown, hiddenLevels, signal);
    const canDelete = all.length > 0 && this.#parts.services.open(entry).remove !== null;
    return {
      titles: titles.filter(isFirst),
      offersDeletion: canDelete && type === 'movie' && skip === 0,
      serviceName: entry.service.name,
    };
  }

  async details(services: OwnServices, id: HeldId, signal: CancelSignal): Promise<HeldDetails> {
    const { entry } = playing(services, id.service);
    const holding = await this.#find(services, id, signal);
    const files = await this.#parts.holdings.files(entry, holding, signal);
    const [held = bare(id.service, holding)] = await this.#titled(id.service, [holding], 0, signal);
    return { held, files: playableFiles(files, holding) };
  }

  async streams(query: HeldStreamQuery, signal: CancelSignal): Promise<readonly Stream[]> {
    const { services, id, baseUrl, segment } = query;
    const { entry, token } = playing(services, id.service);
    if (id.infohash === null) return [deletion(entry.service.name, id.service, baseUrl, segment)];
    const holding = await this.#find(services, id, signal);
    const files = playableFiles(await this.#parts.holdings.files(entry, holding, signal), holding);
    const label = entry.service.label || entry.service.name;
    return files
      .filter(({ index }) => id.fileIndex === null || index === id.fileIndex)
      .toSorted((a, b) => b.sizeBytes - a.sizeBytes)
      .map(({ name, sizeBytes }) => ({
        name: `${this.#parts.addonName} ${label} ⚡`,
        description: [name, sizeBytes > 0 ? `📦 ${bytesText(sizeBytes)}` : '']
          .filter((line) => line !== '')
          .join('\n'),
        url: `${baseUrl}/playback/${token}/${holding.infohash}/${encodeURIComponent(name)}`,
        behaviorHints: {
          notWebReady: true,
          bingeGroup: `${label}|${holding.infohash}`,
          filename: name,
          ...(sizeBytes > 0 && { videoSize: sizeBytes }),
        },
      }));
  }

  async #find(services: OwnServices, id: HeldId, signal: CancelSignal): Promise<Holding> {
    const { entry } = playing(services, id.service);
    const all = await this.#parts.holdings.list(entry, signal);
    const found = all.find(({ infohash }) => infohash === id.infohash);
    if (found !== undefined) return found;
    throw new AppError('media.not-found', 'the account does not hold this', { field: 'id' });
  }

  /** What the user hides is left out. */
  async #titled(
    service: string,
    holdings: readonly Holding[],
    hiddenLevels: number,
    signal: CancelSignal,
  ): Promise<readonly HeldTitle[]> {
    const meant = await this.#parts.store.meantTitles(holdings, signal);
    const [first] = holdings;
    const known =
      first === undefined ? [] : await this.#known(first.type, meant, hiddenLevels, signal);
    const byPlace = new Map(meant.map((one) => [one.ordinal, one]));
    const byId = new Map(known.map((title) => [title.publicId, title]));
    return holdings.flatMap((holding, place) => {
      const one = byPlace.get(place);
      if (one === undefined) return [bare(service, holding)];
      const title = byId.get(one.publicId);
      if (title === undefined) return [];
      return [{ ...bare(service, holding), title, isListed: one.isListed }];
    });
  }

  #known(
    type: MediaType,
    meant: readonly MeantTitle[],
    hiddenLevels: number,
    signal: CancelSignal,
  ): Promise<readonly CatalogTitle[]> {
    const ids = [...new Set(meant.map(({ publicId }) => publicId))];
    return this.#parts.titles.titlesByIds(
      ids.map((id) => storedTitleId(type, 'sl', id)),
      hiddenLevels,
      signal,
    );
  }
}

/** @throws AppError `media.not-found` for a service that the user does not have */
export function playing({ all }: OwnServices, service: string): PlayingService {
  const found = all.find(({ entry }) => entry.service.service === service);
  if (found !== undefined) return found;
  throw new AppError('media.not-found', 'this configuration has no such service', { field: 'id' });
}

function bare(
  service: string,
  { infohash, type, title, year, name, sizeBytes }: Holding,
): HeldTitle {
  const id = heldId(service, infohash);
  return { title: null, isListed: false, type, id, name: title, year, release: name, sizeBytes };
}

/** A title that several torrents play is shown once. */
function isFirst(held: HeldTitle, place: number, all: readonly HeldTitle[]): boolean {
  if (!held.isListed) return true;
  const publicId = held.title?.publicId;
  return all.findIndex((one) => one.isListed && one.title?.publicId === publicId) === place;
}

function playableFiles(files: readonly PathAndSize[], holding: Holding): readonly HeldFile[] {
  const [packSeason = NO_EPISODE] = parseReleaseTitle(holding.name).seasons;
  return files
    .map(({ path, sizeBytes }, index) => ({ path, index, sizeBytes }))
    .filter(isPlayable)
    .slice(0, FILES_SHOWN_MAX)
    .map(({ path, index, sizeBytes }) => {
      const name = baseName(path);
      const { seasons, episodes } = parseReleaseTitle(name, { isEpisodeFile: true });
      const [episode = NO_EPISODE] = episodes;
      const [season = packSeason] = seasons;
      return { index, name, sizeBytes, season, episode };
    });
}

/** Nothing is deleted by opening it. */
function deletion(name: string, service: string, baseUrl: string, segment: string): Stream {
  return {
    name: '🗑️ Delete',
    description: `Choose what is deleted from your ${name} account. You are asked before anything is.`,
    externalUrl: `${baseUrl}/${segment}/watchlist/${service}/delete`,
  };
}
