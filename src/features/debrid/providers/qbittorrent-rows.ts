/** What qBittorrent says of torrents and files. */
import { countOf, textOf } from '../../../lib/json/json-fields.ts';
import type { JsonObject } from '../../../lib/json/json-value.ts';
import type { DebridFile, Transfer, TransferState } from '../contract.ts';
import { fileOf, torrentTransfer } from '../transfers.ts';

/** Marks what Sluice has added: nothing else is ever started, chosen from or removed. */
export const OWN_TAG = 'sluice';

/** `paused…` up to version 4, `stopped…` since. What is not here is downloading. */
const STATES: Readonly<Record<string, TransferState>> = {
  error: 'failed',
  missingFiles: 'failed',
  metaDL: 'queued',
  forcedMetaDL: 'queued',
  queuedDL: 'queued',
  pausedDL: 'queued',
  stoppedDL: 'queued',
  checkingResumeData: 'queued',
  allocating: 'queued',
  unknown: 'queued',
};
const STOPPED: ReadonlySet<string> = new Set(['pausedDL', 'stoppedDL', 'error', 'missingFiles']);

/** A row of `torrents/info`, read. */
export interface ClientTorrent {
  /** What it calls the torrent by: of a hybrid one, the beginning of the v2 hash. */
  readonly hash: string;
  /** Lower case; empty for one that has a v2 hash alone. */
  readonly infohash: string;
  readonly isOwn: boolean;
  /** It does not go on by itself. */
  readonly isStopped: boolean;
  /** Its files are known. */
  readonly hasMetadata: boolean;
  /** Folder that its files are in now. */
  readonly folder: string;
  /** Of what is wanted; all when it is complete. */
  readonly doneBytes: number;
  readonly row: JsonObject;
}

/** Null for what is no torrent. */
export function clientTorrent(row: JsonObject): ClientTorrent | null {
  const hash = textOf(row['hash']);
  if (hash === '') return null;
  const state = textOf(row['state']);
  const tags = textOf(row['tags']).split(',');
  const isIncomplete = row['progress'] !== 1;
  return {
    hash,
    infohash: textOf(row['infohash_v1'] ?? row['hash']).toLowerCase(),
    isOwn: tags.some((tag) => tag.trim() === OWN_TAG),
    isStopped: STOPPED.has(state),
    // Before them the amount that is left is 0.
    hasMetadata: (countOf(row['total_size']) ?? 0) > 0,
    doneBytes: isIncomplete
      ? Math.max(0, (countOf(row['size']) ?? 0) - (countOf(row['amount_left']) ?? 0))
      : Infinity,
    folder: (isIncomplete && textOf(row['download_path'])) || textOf(row['save_path']),
    row,
  };
}

/** Null where there is no v1 hash. @param playFrom 0 to 1: from where on a torrent plays */
export function transferOf(
  { hash, infohash, row, hasMetadata }: ClientTorrent,
  playFrom: number,
  files: readonly ClientFile[] = [],
): Transfer | null {
  const progress = Number(row['progress']);
  const isReady =
    hasMetadata &&
    row['state'] !== 'moving' &&
    [progress, ...files.map((file) => file.progress)].some((reached) => reached >= playFrom);
  return torrentTransfer({
    id: hash,
    infohash,
    name: row['name'],
    state: isReady ? 'ready' : (STATES[textOf(row['state'])] ?? 'downloading'),
    failure: row['state'] === 'missingFiles' ? 'debrid.transfer-failed' : 'debrid.torrent-failed',
    progress,
    size: countOf(row['total_size']) ?? 0,
    addedAtS: countOf(row['added_on']) ?? 0,
    files: files.map(({ file }) => file),
  });
}

export interface ClientFile {
  readonly file: DebridFile;
  /** 0 to 1. */
  readonly progress: number;
  readonly isWanted: boolean;
}

/**
 * A row of `torrents/files`; older versions do not number them. Just after the metadata came all files are called complete
 * (4.5.2): none is further than its torrent.
 */
export function clientFile(
  row: JsonObject,
  position: number,
  { doneBytes }: ClientTorrent,
): ClientFile | null {
  const index = countOf(row['index']) ?? position;
  const file = fileOf({ id: index, path: row['name'], size: row['size'] });
  if (file === null) return null;
  const said = Number(row['progress']) || 0;
  const progress = file.sizeBytes * said > doneBytes ? doneBytes / file.sizeBytes : said;
  return { file, progress, isWanted: row['priority'] !== 0 };
}
