/**
 * Servers that manage indexers. Each indexer is asked by itself, at its own Torznab endpoint: the answer that gathers all of
 * them comes when the slowest tracker has answered.
 */
import { allowManyListeners, type CancelSignal } from '../../../lib/async/cancel.ts';
import type {
  IndexerSettings,
  ManagerSettings,
} from '../../../lib/source-settings/source-settings.ts';
import type { Upstream, Upstreams } from '../../../platform/upstream/upstream.ts';
import type { SearchSubject } from '../contract.ts';
import { NO_VALIDATORS, type LatestAnswer, type LatestCall } from '../contract.ts';
import type { Source, SourceCall, SourceReport } from '../source.ts';
import { badAnswer } from './json-answer.ts';
import { newznabSource } from './newznab.ts';
import { openUpstream } from './open-upstream.ts';
import { Remembered } from './remembered.ts';
import { reportOf } from './source-test.ts';
import { torznabSource } from './torznab.ts';

/** One indexer, as its manager lists it. */
export interface ManagedIndexer {
  /** The manager's own: a number, or a word. */
  readonly id: string;
  readonly name: string;
  readonly kind: IndexerSettings['kind'];
  /** Of its own endpoint. */
  readonly url: string;
  /** A tracker with accounts: nobody else can use what it finds. */
  readonly isPrivate: boolean;
  readonly hasMovies: boolean;
  readonly hasSeries: boolean;
  /** The manager leaves it out for a while, after failures. */
  readonly isPaused: boolean;
}

export type ListIndexers = (
  manager: Upstream,
  settings: ManagerSettings,
  signal: CancelSignal,
) => Promise<readonly ManagedIndexer[]>;

/** Which ones it has and which of them fail changes within minutes. */
const LIST_LIFETIME_MS = 5 * 60_000;
const LIST_TIMEOUT_MS = 10_000;
const INDEXERS_MAX = 50;
/** Of calls for the list; indexers have each their own. */
const POLITENESS = { callsPerMinute: 60, burst: 12, concurrencyMax: 4 } as const;

export class ManagerSource implements Source {
  readonly id: string;
  readonly name: string;
  readonly #settings: ManagerSettings;
  readonly #upstreams: Upstreams;
  readonly #upstream: Upstream;
  readonly #list: ListIndexers;
  readonly #indexers: Remembered<readonly Source[]>;
  /** By what makes them: an indexer that stays in the list keeps what is known of it. */
  #opened: ReadonlyMap<string, Source> = new Map();

  constructor(settings: ManagerSettings, upstreams: Upstreams, list: ListIndexers) {
    this.id = settings.id;
    this.name = settings.name;
    this.#settings = settings;
    this.#upstreams = upstreams;
    this.#upstream = openUpstream(settings, POLITENESS, upstreams);
    this.#list = list;
    this.#indexers = new Remembered({
      lifetimeMs: LIST_LIFETIME_MS,
      timeoutMs: LIST_TIMEOUT_MS,
      load: async (signal) =>
        this.#openAll(await this.#list(this.#upstream, this.#settings, signal)),
    });
  }

  canSearch(subject: SearchSubject): boolean {
    return this.#indexers.latest?.some((indexer) => indexer.canSearch(subject)) ?? true;
  }

  async search(subject: SearchSubject, call: SourceCall): Promise<void> {
    const indexers = await this.#indexers.value(call.signal);
    const able = indexers.filter((indexer) => indexer.canSearch(subject));
    await ofSome(able, call.signal, (indexer) => indexer.search(subject, call));
  }

  async latest(call: LatestCall): Promise<LatestAnswer> {
    const indexers = await this.#indexers.value(call.signal);
    await ofSome(indexers, call.signal, async (indexer) => indexer.latest?.(call));
    return { isUnchanged: false, validators: NO_VALIDATORS };
  }

  test(signal: CancelSignal): Promise<SourceReport> {
    return reportOf(signal, async () => {
      const listed = await this.#list(this.#upstream, this.#settings, signal);
      const paused = listed.filter(({ isPaused }) => isPaused).length;
      const usable = listed.filter(({ hasMovies, hasSeries }) => hasMovies || hasSeries).length;
      if (usable === 0)
        throw badAnswer(
          `${this.name} answers, but has no indexer for films or series: add one there`,
        );
      const left = paused === 0 ? '' : `; ${paused} left out for a while, after failures`;
      return `${this.name} answers: ${usable} ${usable === 1 ? 'indexer' : 'indexers'} for films or series${left}`;
    });
  }

  #openAll(listed: readonly ManagedIndexer[]): readonly Source[] {
    const opened = new Map<string, Source>();
    for (const indexer of listed.filter(({ isPaused }) => !isPaused).slice(0, INDEXERS_MAX)) {
      const key = JSON.stringify(indexer);
      opened.set(key, this.#opened.get(key) ?? this.#open(indexer));
    }
    this.#opened = opened;
    return [...opened.values()];
  }

  #open(indexer: ManagedIndexer): Source {
    const { apiKey, isPersonal, proxyUrl } = this.#settings;
    const settings: IndexerSettings = {
      kind: indexer.kind,
      id: `${this.id}/${indexer.id}`,
      name: indexer.name,
      url: indexer.url,
      apiKey,
      headers: {},
      movieCategories: indexer.hasMovies ? null : [],
      seriesCategories: indexer.hasSeries ? null : [],
      isPersonal,
      proxyUrl,
    };
    const open = indexer.kind === 'newznab' ? newznabSource : torznabSource;
    const source = open(settings, this.#upstreams);
    return indexer.isPrivate ? new PrivateIndexer(source) : source;
  }
}

/** One indexer that fails is no failure while another one answers: trackers are ill every day. */
async function ofSome(
  indexers: readonly Source[],
  signal: CancelSignal,
  ask: (indexer: Source) => Promise<unknown>,
): Promise<void> {
  allowManyListeners(signal);
  const outcomes = await Promise.allSettled(indexers.map(ask));
  signal.throwIfAborted();
  const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
  if (failures.length === outcomes.length) for (const { reason } of failures) throw reason;
}

/** Everything that a private tracker has is private, whether its items say so or not. */
class PrivateIndexer implements Source {
  readonly id: string;
  readonly name: string;
  readonly #source: Source;

  constructor(source: Source) {
    this.id = source.id;
    this.name = source.name;
    this.#source = source;
  }

  canSearch(subject: SearchSubject): boolean {
    return this.#source.canSearch(subject);
  }

  search(subject: SearchSubject, { signal, found }: SourceCall): Promise<void> {
    return this.#source.search(subject, {
      signal,
      found: (releases) =>
        found(releases.map((release) => ({ ...release, isPrivate: true, trackers: [] }))),
    });
  }

  async latest(call: LatestCall): Promise<LatestAnswer> {
    const answer = await this.#source.latest?.({
      ...call,
      found: (items) =>
        call.found(
          items.map(({ key, release }) => ({
            key,
            release: { ...release, isPrivate: true, trackers: [] },
          })),
        ),
    });
    return answer ?? { isUnchanged: true, validators: NO_VALIDATORS };
  }

  test(signal: CancelSignal): Promise<SourceReport> {
    return this.#source.test(signal);
  }
}
