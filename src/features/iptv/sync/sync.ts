/** One sync of one provider: its list is staged, compared, kept as a snapshot, and published unless a tripwire holds it. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { ReasonCounts, type ReasonCount } from '../../../lib/import-line/reason-counts.ts';
import type { AccountMarks } from '../../../lib/iptv/account-marks.ts';
import { vodOfEntry, type ListedEntry } from '../../../lib/iptv/vod-facts.ts';
import type { M3uProblem } from '../../../lib/m3u/entry.ts';
import { M3uReader } from '../../../lib/m3u/reader.ts';
import type { Platform } from '../../../platform/platform.ts';
import { maskedEntry } from '../accounts/masked-entry.ts';
import type { EntryCounts, SyncResult } from '../contract.ts';
import type { IptvStore } from '../store.ts';
import { playlistText } from './playlist-file.ts';
import { StageStore, type Standing } from './store.ts';
import { stagedRow } from './staged-entry.ts';
import { tripwire } from './tripwire.ts';

const ROWS_PER_COPY = 2000;
const PROBLEMS_KEPT_MAX = 100;
const PUBLISH_TIMEOUT_MS = 20 * 60_000;
const FIRST_STREAMS = 200;

export interface SyncParts extends Pick<Platform, 'openBulkLoad'> {
  readonly store: IptvStore;
}

export interface SyncListener {
  progress(entries: number): void;
}

/** Entries as they come, whatever kind of provider has them. */
export interface EntrySource {
  /** @param entry told of each, in order @param refused told of what is none @param guides of addresses that the list names */
  read(
    entry: (entry: ListedEntry) => void,
    refused: (problem: M3uProblem) => void,
    guides?: (urls: readonly string[]) => void,
  ): AsyncIterable<void>;
}

/** @param baseUrl of the list, for relative addresses; empty where it was handed in */
export function m3uSource(path: string, baseUrl: string): EntrySource {
  return {
    async *read(listener, refused, guides = () => undefined) {
      const entry = (read: ListedEntry['entry']) =>
        listener({ entry: read, vod: vodOfEntry(read) });
      const reader = new M3uReader({ entry, refused, guides }, baseUrl);
      for await (const text of playlistText(path)) {
        reader.write(text);
        yield;
      }
      reader.end();
    },
  };
}

export interface SyncedProvider {
  readonly id: number;
  /** Of its account. */
  readonly marks: AccountMarks;
}

/** What the beginning of a list says. */
export interface ListHead {
  /** Addresses of its first entries. */
  readonly streams: readonly string[];
  /** Addresses of guides. */
  readonly guides: readonly string[];
}

/** A list that cannot be read says so when it is read whole. */
export async function readHead(source: EntrySource): Promise<ListHead> {
  const streams: string[] = [];
  const guides: string[] = [];
  const reading = source.read(
    ({ entry: { url } }) => streams.push(url),
    () => undefined,
    (urls) => guides.push(...urls),
  );
  try {
    for await (const _ of reading) if (streams.length >= FIRST_STREAMS) break;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return { streams: streams.slice(0, FIRST_STREAMS), guides };
}

/** @throws AppError `iptv.bad-playlist`, `iptv.no-provider`; what was published before stays then */
export async function syncProvider(
  { openBulkLoad, store }: SyncParts,
  { id: providerId, marks }: SyncedProvider,
  source: EntrySource,
  listener: SyncListener,
  signal: CancelSignal,
): Promise<SyncResult> {
  await using load = await openBulkLoad(signal);
  const stage = new StageStore(load);
  await stage.prepare();
  const read = await stageEntries(stage, source, marks, listener);
  const kept = await stage.transaction(() => keepDifference(stage, providerId, read));
  if (kept === null) return { ...read, snapshot: null };
  if (kept.reason === '')
    await store.publish(providerId, kept.snapshot, signal, PUBLISH_TIMEOUT_MS);
  const snapshots = await store.snapshots(providerId, signal);
  return { ...read, snapshot: snapshots.find((one) => one.snapshot === kept.snapshot) ?? null };
}

interface Read {
  readonly entries: number;
  readonly counts: EntryCounts;
  readonly problems: readonly M3uProblem[];
  readonly refused: number;
  readonly reasons: readonly ReasonCount[];
}

async function stageEntries(
  stage: StageStore,
  source: EntrySource,
  marks: AccountMarks,
  listener: SyncListener,
): Promise<Read> {
  const problems: M3uProblem[] = [];
  const reasons = new ReasonCounts();
  const counts = { channels: 0, films: 0, series: 0, episodes: 0 };
  let [rows, waiting, entries, refused] = ['', 0, 0, 0];
  // One batch is written while the next one is read.
  let writing: Promise<void> = Promise.resolve();
  const copy = async () => {
    await writing;
    writing = stage.stage(rows);
    // Heard of by whoever waits for it next.
    writing.catch(() => undefined);
    [rows, waiting] = ['', 0];
    listener.progress(entries);
  };
  const reading = source.read(
    (entry) => {
      rows += stagedRow(maskedEntry(entry, marks), entries++);
      counts[countedAs(entry)]++;
      waiting++;
    },
    (problem) => {
      reasons.add(problem.reason);
      if (refused++ < PROBLEMS_KEPT_MAX) problems.push(problem);
    },
  );
  try {
    for await (const _ of reading) if (waiting >= ROWS_PER_COPY) await copy();
    await copy();
    await writing;
  } catch (error) {
    await writing.catch(() => undefined);
    throw error;
  }
  return { entries, counts, problems, refused, reasons: reasons.list() };
}

function countedAs({ vod }: ListedEntry): keyof EntryCounts {
  if (vod === null) return 'channels';
  if (vod.kind === 'movie') return 'films';
  return vod.season < 0 ? 'series' : 'episodes';
}

interface Kept {
  readonly snapshot: number;
  readonly reason: string;
}

async function keepDifference(
  stage: StageStore,
  providerId: number,
  { refused }: Read,
): Promise<Kept | null> {
  const standing: Standing | null = await stage.lockProvider(providerId);
  if (standing === null)
    throw new AppError('iptv.no-provider', 'the provider was deleted meanwhile');
  await stage.discardAfter(providerId, standing.published);
  const counts = await stage.compare(providerId);
  const isSame = counts.added + counts.removed + counts.changed === 0;
  const snapshot = standing.last + 1;
  await stage.tookPlace(providerId, isSame ? standing.last : snapshot);
  if (isSame) return null;
  const reason = standing.wasRolledBack ? 'the snapshot before was rolled back' : tripwire(counts);
  await stage.keep(providerId, snapshot, counts, { reason, refused });
  return { snapshot, reason };
}
