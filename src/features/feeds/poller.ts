/** One poll of a feed or a source: what is new of it is imported, and how far it was read is kept, also where it fails. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { ReleaseImport } from '../ingest/contract.ts';
import { NO_VALIDATORS, type LatestItem, type LatestSource } from '../sources/contract.ts';
import { SeenSet } from './seen-set.ts';
import type { FeedStore, PollOutcome } from './store.ts';

export interface PollerParts {
  readonly store: Pick<FeedStore, 'position' | 'keep'>;
  readonly releases: ReleaseImport;
}

export interface PollOptions {
  /** What the mark is found by. */
  readonly source: string;
  /** Null: names of items say it. */
  readonly type: MediaType | null;
  readonly intervalMinutes: number;
  /** Also when its time has not come. */
  readonly isForced: boolean;
}

export interface PollReport {
  readonly items: number;
  readonly linked: number;
  readonly refused: number;
  /** Why it failed, in words; empty when it did not. */
  readonly error: string;
  /** It was not asked: its time has not come. */
  readonly isEarly: boolean;
}

/** Of one poll; what is left comes with the next one. */
const ITEMS_MAX = 5000;
const PAUSE_MAX_MINUTES = 24 * 60;
const FAILURES_MAX = 1000;

export class Poller {
  readonly #parts: PollerParts;

  constructor(parts: PollerParts) {
    this.#parts = parts;
  }

  /** Rejects with what the database says, and with the signal's reason; what the source does wrong is in the report. */
  async poll(
    latest: LatestSource,
    options: PollOptions,
    signal: CancelSignal,
  ): Promise<PollReport> {
    const { store } = this.#parts;
    const position = await store.position(options.source, signal);
    if (position !== null && !position.isDue && !options.isForced) return EARLY;
    const seen = new SeenSet(position?.seen ?? new Uint8Array());
    const { items, validators, error } = await this.#ask(
      latest,
      seen,
      // What the seen-set has forgotten must be sent again.
      position === null || position.seen.byteLength === 0 ? NO_VALIDATORS : position,
      signal,
    );
    const counts = await this.#import(items, seen, options, signal);
    const failures = error === '' ? 0 : Math.min(FAILURES_MAX, (position?.failures ?? 0) + 1);
    const outcome: PollOutcome = {
      etag: validators.etag,
      lastModified: validators.lastModified,
      ...counts,
      failures,
      lastError: error,
      seen: seen.toBytes(),
      waitS: 60 * pauseMinutes(options.intervalMinutes, failures),
    };
    await store.keep(options.source, outcome, signal);
    return { ...counts, error, isEarly: false };
  }

  async #ask(
    latest: LatestSource,
    seen: SeenSet,
    validators: typeof NO_VALIDATORS,
    signal: CancelSignal,
  ) {
    const items = new Map<string, LatestItem>();
    const found = (given: readonly LatestItem[]) => {
      for (const item of given)
        if (items.size < ITEMS_MAX && !isSeen(seen, item.key)) items.set(item.key, item);
    };
    const call = { signal, validators, isSeen: (key: string) => isSeen(seen, key), found };
    try {
      const answer = await latest.latest(call);
      return { items: [...items.values()], validators: answer.validators, error: '' };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      // The same answer is not to be taken for unchanged the next time.
      return { items: [...items.values()], validators: NO_VALIDATORS, error: textOf(error) };
    }
  }

  async #import(
    items: readonly LatestItem[],
    seen: SeenSet,
    { type }: PollOptions,
    signal: CancelSignal,
  ) {
    const outcomes = await this.#parts.releases.importReleases(
      items.map(({ release }) => release),
      { type, asksMetadata: true },
      signal,
    );
    let linked = 0;
    for (const [at, { key }] of items.entries()) {
      const isLinked = outcomes[at]?.state === 'linked';
      if (isLinked) linked++;
      seen.add(isLinked ? key : untilTomorrow(key));
    }
    return { items: items.length, linked, refused: items.length - linked };
  }
}

const EARLY: PollReport = { items: 0, linked: 0, refused: 0, error: '', isEarly: true };

function isSeen(seen: SeenSet, key: string): boolean {
  return seen.has(key) || seen.has(untilTomorrow(key));
}

/** What is of no known title is looked at again the next day: somebody may know the title by then. */
function untilTomorrow(key: string): string {
  return `${key} ${new Date().toISOString().slice(0, 10)}`;
}

function pauseMinutes(intervalMinutes: number, failures: number): number {
  const pause = intervalMinutes * 2 ** Math.min(failures, 20);
  return failures === 0
    ? intervalMinutes
    : Math.max(intervalMinutes, Math.min(PAUSE_MAX_MINUTES, pause));
}

/** Addresses of the operator's are in no message but that of a redirect into a private network. */
function textOf({ code, message }: AppError): string {
  const said =
    code === 'fetch.blocked-address' ? 'it leads to an address that is not public' : message;
  return `${said} (${code})`;
}
