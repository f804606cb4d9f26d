/** One sync of one provider: its list is staged, compared, kept as a snapshot, and published unless a tripwire holds it. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import type { M3uEntry, M3uProblem } from '../../../lib/m3u/entry.ts';
import { M3uReader } from '../../../lib/m3u/reader.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { SyncResult } from '../contract.ts';
import type { IptvStore } from '../store.ts';
import { playlistText } from './playlist-file.ts';
import { StageStore, type Standing } from './store.ts';
import { stagedRow } from './staged-entry.ts';
import { tripwire } from './tripwire.ts';

const ROWS_PER_COPY = 2000;
const PROBLEMS_KEPT_MAX = 100;

export interface SyncParts extends Pick<Platform, 'openBulkLoad'> {
  readonly store: IptvStore;
}

export interface SyncListener {
  progress(entries: number): void;
}

/** Entries as they come, whatever kind of provider has them. */
export interface EntrySource {
  /** @param entry told of each, in order @param refused told of what is none */
  read(
    entry: (entry: M3uEntry) => void,
    refused: (problem: M3uProblem) => void,
  ): AsyncIterable<void>;
}

/** @param baseUrl of the list, for relative addresses; empty where it was handed in */
export function m3uSource(path: string, baseUrl: string): EntrySource {
  return {
    async *read(entry, refused) {
      const reader = new M3uReader({ entry, refused }, baseUrl);
      for await (const text of playlistText(path)) {
        reader.write(text);
        yield;
      }
      reader.end();
    },
  };
}

/** @throws AppError `iptv.bad-playlist`, `iptv.no-provider`; what was published before stays then */
export async function syncProvider(
  { openBulkLoad, store }: SyncParts,
  providerId: number,
  source: EntrySource,
  listener: SyncListener,
  signal: CancelSignal,
): Promise<SyncResult> {
  await using load = await openBulkLoad(signal);
  const stage = new StageStore(load);
  await stage.prepare();
  const read = await stageEntries(stage, source, listener);
  const kept = await stage.transaction(() => keepDifference(stage, providerId, read));
  const { entries, problems, refused } = read;
  const result = { entries, problems, refused };
  if (kept === null) return { ...result, snapshot: null };
  if (kept.reason === '') await store.publish(providerId, kept.snapshot, signal);
  const snapshots = await store.snapshots(providerId, signal);
  return { ...result, snapshot: snapshots.find((one) => one.snapshot === kept.snapshot) ?? null };
}

interface Read {
  readonly entries: number;
  readonly problems: readonly M3uProblem[];
  readonly refused: number;
}

async function stageEntries(
  stage: StageStore,
  source: EntrySource,
  listener: SyncListener,
): Promise<Read> {
  const problems: M3uProblem[] = [];
  let [rows, waiting, entries, refused] = ['', 0, 0, 0];
  const copy = async () => {
    await stage.stage(rows);
    [rows, waiting] = ['', 0];
    listener.progress(entries);
  };
  const reading = source.read(
    (entry) => {
      rows += stagedRow(entry, entries++);
      waiting++;
    },
    (problem) => {
      if (refused++ < PROBLEMS_KEPT_MAX) problems.push(problem);
    },
  );
  for await (const _ of reading) if (waiting >= ROWS_PER_COPY) await copy();
  await copy();
  return { entries, problems, refused };
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
