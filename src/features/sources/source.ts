/** Sources as live search sees them: one interface for indexers, managers of indexers, add-ons and peers. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { FoundRelease, LatestAnswer, LatestCall, SearchSubject } from './contract.ts';

/** What one search of one source may use. */
export interface SourceCall {
  /** Aborts when nobody waits for the source any more, 30 s after the search began at the latest. */
  readonly signal: CancelSignal;
  /** Given what is found as it comes; may be called many times and must not throw. */
  readonly found: (releases: readonly FoundRelease[]) => void;
}

/** What a test of a source says to whoever configured it. */
export interface SourceReport {
  readonly isWorking: boolean;
  /** One line: what it is and offers, or what is wrong and what to do. Never holds a key. */
  readonly message: string;
}

export interface Source {
  /** Stable and unique on this instance: `torznab:name`. In metrics, logs and traces. */
  readonly id: string;
  /** As users read it. */
  readonly name: string;
  /** False for what it cannot know: a movie-only indexer, an id form that an add-on does not take. Costs no call. */
  canSearch(subject: SearchSubject): boolean;
  /**
   * Resolves when everything was found; what was found before a failure counts.
   * @throws AppError `source.*`, `fetch.*`, `upstream.*`, saying what was wrong without addresses' secrets
   */
  search(subject: SearchSubject, call: SourceCall): Promise<void>;
  /** What it has of one torrent; left out where a source cannot look one up. @param infohash 40 lower-case digits */
  byInfohash?(infohash: string, call: SourceCall): Promise<void>;
  /** @see LatestSource.latest; left out where a source cannot tell what is new */
  latest?(call: LatestCall): Promise<LatestAnswer>;
  /** One cheap call that proves address and key. Never rejects, except with the signal's reason. */
  test(signal: CancelSignal): Promise<SourceReport>;
}
