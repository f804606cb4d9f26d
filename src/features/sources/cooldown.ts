/**
 * When a title is searched for again: late after success, soon and ever later after emptiness, and what a source did not
 * answer soon after that. A search that no source answered leaves no trace here.
 */
import { SEARCH_PHASES, type SearchMark } from '../../lib/stream-set/search-mark.ts';

/** What the database says of the last search. Epoch milliseconds. */
export interface SearchState {
  readonly searchedAtMs: number;
  /** When all sources are asked again. */
  readonly nextAtMs: number;
  /** When those are asked that have not answered. */
  readonly retryAtMs: number;
  /** Searches in a row that found nothing, and in which a source failed. */
  readonly emptyCount: number;
  readonly failedCount: number;
  /** Ids of the sources that answered since all were asked. */
  readonly answered: readonly string[];
}

/** What came of a search. */
export interface SearchOutcome {
  /** Ids of sources that answered, or had nothing to be asked. */
  readonly answered: readonly string[];
  readonly hasFailures: boolean;
  /** Whether anything plays the title now. */
  readonly isEmpty: boolean;
  /** Epoch milliseconds of its release, NaN when that is not known. */
  readonly releasedAtMs: number;
  /** The longest time until the next search of a title that has streams. */
  readonly foundMaxMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What came out lately gets new releases by the hour. */
const FOUND_MIN_MS = 30 * MINUTE_MS;
/** Of a title's age: two hours after its release in half an hour, after twelve days in three. */
const AGE_SHARE = 1 / 4;

interface Ramp {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** After each search in a row that found nothing twice as long. */
const EMPTY: Ramp = { firstMs: 5 * MINUTE_MS, maxMs: DAY_MS };
/** Within a day of its release: any minute may bring the first stream, and everybody asks for it. */
const PREMIERE: Ramp = { firstMs: 5000, maxMs: 5 * MINUTE_MS };
const RETRY: Ramp = { firstMs: 30_000, maxMs: HOUR_MS };
const COUNT_MAX = 1000;

/** @param sourceIds of all sources of the instance */
export function markOf(
  state: SearchState | null,
  sourceIds: readonly string[],
  nowMs: number,
): SearchMark {
  if (state === null) return { phase: SEARCH_PHASES.due, nextAtS: 0 };
  const dueAtMs = nextOf(state, sourceIds);
  return nowMs >= dueAtMs
    ? { phase: SEARCH_PHASES.renewal, nextAtS: 0 }
    : { phase: SEARCH_PHASES.done, nextAtS: Math.ceil(dueAtMs / 1000) };
}

/** Ids of the sources that are to be asked now; none when it is too early. */
export function sourcesDue(
  state: SearchState | null,
  sourceIds: readonly string[],
  nowMs: number,
): readonly string[] {
  if (state === null || nowMs >= state.nextAtMs) return sourceIds;
  return nowMs >= state.retryAtMs ? missingOf(state, sourceIds) : [];
}

/** @param before that of the last search, where only some sources were asked now; else null */
export function stateAfter(
  before: SearchState | null,
  outcome: SearchOutcome,
  nowMs: number,
): SearchState {
  const { isEmpty, hasFailures, answered, releasedAtMs, foundMaxMs } = outcome;
  const isRetry = before !== null && nowMs < before.nextAtMs;
  const emptyCount = isEmpty
    ? Math.min(COUNT_MAX, (before?.emptyCount ?? 0) + (isRetry ? 0 : 1))
    : 0;
  const failedCount = hasFailures ? Math.min(COUNT_MAX, (before?.failedCount ?? 0) + 1) : 0;
  const waitMs = isEmpty
    ? rampMs(isPremiere(releasedAtMs, nowMs) ? PREMIERE : EMPTY, Math.max(1, emptyCount))
    : foundWaitMs(nowMs - releasedAtMs, foundMaxMs);
  return {
    searchedAtMs: nowMs,
    nextAtMs: isRetry && isEmpty ? before.nextAtMs : nowMs + waitMs,
    retryAtMs: nowMs + rampMs(RETRY, Math.max(1, failedCount)),
    emptyCount,
    failedCount,
    answered: isRetry ? [...new Set([...before.answered, ...answered])] : answered,
  };
}

/** A date is a whole day, and begins and ends elsewhere at other times. */
function isPremiere(releasedAtMs: number, nowMs: number): boolean {
  return nowMs >= releasedAtMs - DAY_MS && nowMs < releasedAtMs + 2 * DAY_MS;
}

function foundWaitMs(ageMs: number, foundMaxMs: number): number {
  if (Number.isNaN(ageMs)) return foundMaxMs;
  return Math.min(foundMaxMs, Math.max(FOUND_MIN_MS, ageMs * AGE_SHARE));
}

function rampMs({ firstMs, maxMs }: Ramp, count: number): number {
  return Math.min(maxMs, firstMs * 2 ** (count - 1));
}

function nextOf(state: SearchState, sourceIds: readonly string[]): number {
  return missingOf(state, sourceIds).length === 0
    ? state.nextAtMs
    : Math.min(state.nextAtMs, state.retryAtMs);
}

function missingOf({ answered }: SearchState, sourceIds: readonly string[]): readonly string[] {
  return sourceIds.filter((id) => !answered.includes(id));
}
