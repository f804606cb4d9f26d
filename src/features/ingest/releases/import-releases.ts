/**
 * Imports what somebody lists by name: each distinct title is looked up once, a few at a time, and all that was found of one
 * goes in together. Doing it again changes nothing.
 */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { forEachOf } from '../../../lib/async/for-each-of.ts';
import type { FilePlacement } from '../../../lib/import-line/placements.ts';
import { releaseRow } from '../../../lib/stream/release-row.ts';
import { EVERY_SEASON, LAST_EPISODE } from '../../../lib/title-match/title-facts.ts';
import type {
  ChangedEpisode,
  EpisodeKey,
  FoundStream,
  StreamImport,
  TitleListeners,
} from '../../library/contract.ts';
import type { SearchSubject } from '../../sources/contract.ts';
import type {
  ListedRelease,
  ReleaseImport,
  ReleaseImportOptions,
  ReleaseOutcome,
} from '../contract.ts';
import { coversEpisode, episodesOfLink } from '../linked-episodes.ts';
import { groupReleases, type ReleaseGroup } from './group.ts';
import { matchGroup, type GroupMatchParts } from './match-group.ts';

export interface ReleaseImportParts extends GroupMatchParts {
  readonly streams: StreamImport;
  readonly audience: TitleListeners;
}

/** Titles at a time: as many connections to the database, and questions to metadata services. */
const TITLES_AT_A_TIME = 6;
/** Of one transaction. */
const STREAMS_MAX = 500;

/** What was found of one title. */
interface Gathered {
  readonly subject: SearchSubject;
  readonly found: FoundStream[];
}

export function createReleaseImport(parts: ReleaseImportParts): ReleaseImport {
  return {
    importReleases: (releases, options, signal) =>
      new ReleaseRun(parts, releases, options, signal).all(),
  };
}

class ReleaseRun {
  readonly #parts: ReleaseImportParts;
  readonly #releases: readonly ListedRelease[];
  readonly #options: ReleaseImportOptions;
  readonly #signal: CancelSignal;
  readonly #outcomes: ReleaseOutcome[];
  readonly #changed: ChangedEpisode[] = [];
  #done = 0;

  constructor(
    parts: ReleaseImportParts,
    releases: readonly ListedRelease[],
    options: ReleaseImportOptions,
    signal: CancelSignal,
  ) {
    this.#parts = parts;
    this.#releases = releases;
    this.#options = options;
    this.#signal = signal;
    this.#outcomes = releases.map(() => ({ state: 'refused', reason: 'it was not looked at' }));
  }

  async all(): Promise<readonly ReleaseOutcome[]> {
    const groups = groupReleases(this.#releases, this.#options.type);
    try {
      await forEachOf(groups, TITLES_AT_A_TIME, (group) => this.#import(group));
    } finally {
      // What is in is in, also where the rest failed.
      if (this.#changed.length > 0 && !this.#signal.aborted)
        await this.#parts.audience.announce({ episodes: this.#changed }, this.#signal);
    }
    return this.#outcomes;
  }

  async #import(group: ReleaseGroup): Promise<void> {
    this.#signal.throwIfAborted();
    const { asksMetadata } = this.#options;
    const matches = await matchGroup(this.#parts, group, asksMetadata, this.#signal);
    const titles = new Map<number, Gathered>();
    for (const [at, { position, release }] of group.members.entries()) {
      const match = matches[at];
      if (match === undefined || 'reason' in match) {
        if (match !== undefined) this.#outcomes[position] = { state: 'refused', ...match };
        continue;
      }
      const { subject, acceptance } = match;
      const placements = acceptance.placements.map((part): FilePlacement => ({
        ...part,
        ...fileOf(release),
      }));
      const title = titles.get(subject.mediaId) ?? { subject, found: [] };
      titles.set(subject.mediaId, title);
      title.found.push({ row: releaseRow(release, acceptance.parsed), placements });
      this.#outcomes[position] = { state: 'linked', mediaId: subject.mediaId, placements };
    }
    for (const title of titles.values()) await this.#write(title);
    this.#done += group.members.length;
    this.#options.onProgress?.(this.#done);
  }

  async #write({ subject, found }: Gathered): Promise<void> {
    const { streams } = this.#parts;
    const { mediaId, type, episodes } = subject;
    const links = found.flatMap(({ placements }) => placements);
    for (let at = 0; at < found.length; at += STREAMS_MAX)
      await streams.addStreams(mediaId, found.slice(at, at + STREAMS_MAX), this.#signal);
    const named = distinct(links.flatMap(episodesOfLink));
    if (type === 'series') await streams.addEpisodes(mediaId, named, this.#signal);
    const packs = links.filter(
      ({ season, episodeTo }) => season === EVERY_SEASON || episodeTo === LAST_EPISODE,
    );
    const covered = episodes.filter((one) => packs.some((link) => coversEpisode(link, one)));
    for (const { season, episode } of distinct([...named, ...covered]))
      this.#changed.push({ mediaId, season, episode });
  }
}

function fileOf({ fileIndex, filename, fileSizeBytes }: ListedRelease) {
  return { fileIndex, filename, fileSizeBytes };
}

function distinct(episodes: readonly EpisodeKey[]): readonly EpisodeKey[] {
  return [...new Map(episodes.map((one) => [`${one.season}:${one.episode}`, one])).values()];
}
