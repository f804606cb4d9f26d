/**
 * What the sources have found for one title so far: each release compared with it, each stream once. Comparing takes 0.1 ms
 * a release, so long lists are worked off in slices, between which the loop answers others.
 */
import type { StreamRow } from '../../lib/stream/fields.ts';
import { releaseRow } from '../../lib/stream/release-row.ts';
import type { Placement } from '../../lib/title-match/title-facts.ts';
import type { FoundStream } from '../library/contract.ts';
import type { EpisodeNumber } from '../streams/contract.ts';
import type { FoundRelease, SearchSubject } from './contract.ts';
import { covers, placementsOf } from './found-stream.ts';
import type { Matcher } from './matching.ts';
import { withNewer } from '../../lib/stream/merge-rows.ts';
import type { Source } from './source.ts';
import { streamKey } from '../../lib/stream/stream-key.ts';

/** Why a release is not shown, for the trace. */
export interface Rejection {
  readonly source: string;
  readonly release: string;
  readonly reason: string;
}

/** What became of the releases of one source. */
export interface SourceCount {
  readonly found: number;
  readonly accepted: number;
}

interface Find {
  row: StreamRow;
  readonly parts: readonly Placement[];
  placements: FoundStream['placements'];
}

interface Waiting {
  readonly sourceId: string;
  readonly release: FoundRelease;
}

/** One source may send thousands; beyond this the rest of a search is left out. */
const RELEASES_MAX = 20_000;
const STREAMS_MAX = 4000;
const REJECTIONS_MAX = 200;
const SLICE_MS = 4;

export class Finds {
  readonly #subject: SearchSubject;
  readonly #match: Matcher;
  readonly #onAccepted: () => void;
  readonly #finds = new Map<string, Find>();
  readonly #counts = new Map<string, { found: number; accepted: number }>();
  readonly #rejections: Rejection[] = [];
  #waiting: Waiting[] = [];
  #taken = 0;
  #isAtWork = false;
  #hasPlayable = false;
  #idle: (() => void)[] = [];

  /** @param onAccepted told when there may be more to show */
  constructor(subject: SearchSubject, match: Matcher, onAccepted: () => void) {
    this.#subject = subject;
    this.#match = match;
    this.#onAccepted = onAccepted;
  }

  /** Whether anything plays what was searched for. */
  get hasPlayable(): boolean {
    return this.#hasPlayable;
  }

  get rejections(): readonly Rejection[] {
    return this.#rejections;
  }

  countOf(sourceId: string): SourceCount {
    return this.#counts.get(sourceId) ?? { found: 0, accepted: 0 };
  }

  add({ id }: Source, releases: readonly FoundRelease[]): void {
    const room = Math.max(0, RELEASES_MAX - this.#taken);
    for (const release of releases.slice(0, room)) this.#waiting.push({ sourceId: id, release });
    this.#taken += Math.min(room, releases.length);
    if (!this.#isAtWork) this.#work();
  }

  /** Whether everything that was added has been compared. */
  get isSettled(): boolean {
    return !this.#isAtWork;
  }

  /** Resolves when everything that was added has been compared. */
  settled(): Promise<void> {
    if (!this.#isAtWork) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }

  /** Streams that play what was searched for. */
  rows(): readonly StreamRow[] {
    return this.#playing(this.#subject).map(({ row }) => row);
  }

  /** Everything that plays some part of the title, in the order of keys: writers in one order do not block each other. */
  streams(): readonly FoundStream[] {
    return [...this.#finds.entries()]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { row, placements }]) => ({ row, placements }));
  }

  /** Known episodes that something plays, but the one that was searched for. */
  otherEpisodes(): readonly EpisodeNumber[] {
    const { season, episode, episodes } = this.#subject;
    return episodes
      .filter((one) => one.season !== season || one.episode !== episode)
      .filter((one) => this.#playing(one).length > 0);
  }

  #playing(episode: EpisodeNumber): readonly Find[] {
    return [...this.#finds.values()].filter(({ parts }) =>
      parts.some((part) => covers(part, episode)),
    );
  }

  #work(): void {
    this.#isAtWork = true;
    const endsAtMs = performance.now() + SLICE_MS;
    let at = 0;
    while (at < this.#waiting.length && performance.now() < endsAtMs) {
      const next = this.#waiting[at++];
      if (next !== undefined) this.#compare(next);
    }
    this.#waiting = this.#waiting.slice(at);
    if (this.#hasPlayable) this.#onAccepted();
    if (this.#waiting.length > 0) {
      setImmediate(() => this.#work());
      return;
    }
    this.#isAtWork = false;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  #compare({ sourceId, release }: Waiting): void {
    const count = this.#counts.get(sourceId) ?? { found: 0, accepted: 0 };
    this.#counts.set(sourceId, count);
    count.found++;
    const verdict = this.#match(release);
    if ('reason' in verdict) {
      if (this.#rejections.length < REJECTIONS_MAX)
        this.#rejections.push({ source: sourceId, release: release.name, reason: verdict.reason });
      return;
    }
    count.accepted++;
    this.#keep(release, verdict.parts, releaseRow(release, verdict.title));
  }

  #keep(release: FoundRelease, parts: readonly Placement[], row: StreamRow): void {
    const key = streamKey(row);
    const placements = placementsOf(release, parts, this.#subject);
    const known = this.#finds.get(key);
    if (known !== undefined) {
      // The same torrent from another source: of one moment, the higher number of seeders.
      const seeders = Math.max(known.row.seeders, row.seeders);
      const merged = { ...withNewer(known.row, row), seeders };
      const isFileNew =
        merged.fileIndex !== known.row.fileIndex || merged.filename !== known.row.filename;
      if (isFileNew) known.placements = placements;
      known.row = merged;
      return;
    }
    if (this.#finds.size >= STREAMS_MAX) return;
    this.#finds.set(key, { row, parts, placements });
    this.#hasPlayable ||= parts.some((part) => covers(part, this.#subject));
  }
}
