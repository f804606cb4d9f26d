/** What users' accounts hold, as catalogues and stream lists show it. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { CatalogTitle } from '../../lib/stremio/catalog-title.ts';
import type { HeldId } from '../../lib/stremio/held-id.ts';
import type { MediaType, Stream } from '../../lib/stremio/types.ts';
import type { OwnServices } from '../../lib/user-config/playing-services.ts';

/** A torrent of an account, in a catalogue. */
export interface HeldTitle {
  /** The library's title that its name or its infohash says; null when there is none. */
  readonly title: CatalogTitle | null;
  /** The library has this very torrent, so that its title's own list of streams has it. */
  readonly isListed: boolean;
  readonly type: MediaType;
  /** `acct:…` */
  readonly id: string;
  /** As the release says it. */
  readonly name: string;
  /** 0 when unknown. */
  readonly year: number;
  readonly release: string;
  readonly sizeBytes: number;
}

export interface HeldFile {
  /** Place among the files of the torrent. */
  readonly index: number;
  readonly name: string;
  readonly sizeBytes: number;
  /** -1 when its name does not say. */
  readonly season: number;
  readonly episode: number;
}

export interface HeldDetails {
  readonly held: HeldTitle;
  /** Those that play, in their order. */
  readonly files: readonly HeldFile[];
}

export interface HeldPageQuery {
  readonly services: OwnServices;
  readonly service: string;
  readonly type: MediaType;
  readonly skip: number;
  /** Bits as in `lib/user-config/hidden-levels.ts`. */
  readonly hiddenLevels: number;
}

export interface HeldPage {
  readonly titles: readonly HeldTitle[];
  /** Deletion can be offered: the service deletes, and this is the first page of films. */
  readonly offersDeletion: boolean;
  /** Of the service, as users read it. */
  readonly serviceName: string;
}

export interface HeldStreamQuery {
  readonly services: OwnServices;
  readonly id: HeldId;
  readonly baseUrl: string;
  /** The configuration in the path. */
  readonly segment: string;
}

/** All reject with AppError `debrid.*` and others when the service does, `media.not-found` for what is not held. */
export interface Watchlists {
  page(query: HeldPageQuery, signal: CancelSignal): Promise<HeldPage>;
  details(services: OwnServices, id: HeldId, signal: CancelSignal): Promise<HeldDetails>;
  streams(query: HeldStreamQuery, signal: CancelSignal): Promise<readonly Stream[]>;
}

/** Of an instance whose users have no services. */
export const NO_WATCHLISTS: Watchlists = {
  page: () => Promise.resolve({ titles: [], offersDeletion: false, serviceName: '' }),
  details: () => Promise.reject(new AppError('media.not-found', 'nothing is held')),
  streams: () => Promise.resolve([]),
};
