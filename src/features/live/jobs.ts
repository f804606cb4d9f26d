/** What workers do about live streams: tell of one that begins, picture one that ended, delete files of deleted ones. */
import { z } from 'zod';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Fetcher } from '../../platform/fetch/fetcher.ts';
import { defineJob, handleJob, type JobHandler } from '../../platform/jobs/definition.ts';
import { schedule } from '../../platform/jobs/schedule.ts';
import type { BitrateStore } from './bitrate/store.ts';
import type { LiveStream } from './contract.ts';
import type { PositionStore } from './positions/store.ts';
import type { SegmentStore } from './segment-store.ts';
import type { LiveStore } from './store.ts';
import type { ThumbnailMaker } from './thumbnail.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const ANNOUNCE_TIMEOUT_MS = 15_000;
const ANSWER_BYTES_MAX = 64 * 1024;
const SUCCESS_MAX = 299;
const BATCH = 20;
const ROWS_BATCH = 5000;
const MINUTES_KEEP_DAYS = 30;
const POSITIONS = { keepDays: 183, rowsMax: 1_000_000 };

/** Somebody waits for it: viewers. */
export const announceJob = defineJob({
  name: 'live.announce',
  queue: 'priority',
  payload: z.object({ streamId: z.uuid(), title: z.string() }),
  timeoutMs: MINUTE_MS,
  dedupeKey: ({ streamId }) => streamId,
});

/** Where the files are. */
export const thumbnailJob = defineJob({
  name: 'live.thumbnail',
  queue: 'transcode',
  payload: z.object({ streamId: z.uuid() }),
  timeoutMs: 5 * MINUTE_MS,
  dedupeKey: ({ streamId }) => streamId,
});

const purgeJob = defineJob({
  name: 'live.purge',
  queue: 'transcode',
  payload: z.object({}),
  timeoutMs: HOUR_MS,
});

export const liveSchedules = [
  schedule(purgeJob, {}, { name: 'live.purge', cron: '50 * * * *', jitterS: 60 }),
];

export interface LiveJobParts {
  readonly store: LiveStore;
  readonly minutes: Pick<BitrateStore, 'purge'>;
  readonly positions: Pick<PositionStore, 'purge'>;
  readonly files: SegmentStore;
  readonly thumbnails: ThumbnailMaker;
  readonly fetcher: Fetcher;
  /** Null: streams are not announced. */
  readonly announceUrl: string | null;
  /** What addresses of ours begin with; null while unknown. */
  readonly baseUrl: string | null;
  readonly deletedKeepDays: number;
}

export function liveJobs(parts: LiveJobParts): readonly JobHandler[] {
  return [
    handleJob(announceJob, (stream, { signal }) => announce(parts, stream, signal)),
    handleJob(thumbnailJob, async ({ streamId }, { signal }) => ({
      isMade: await parts.thumbnails.make(streamId, signal),
    })),
    handleJob(purgeJob, async (_, { signal }) => ({
      streams: await purgeStreams(parts, signal),
      minutes: await purgeRows((limit) => parts.minutes.purge(MINUTES_KEEP_DAYS, limit, signal)),
      positions: await purgeRows((limit) => parts.positions.purge(POSITIONS, limit, signal)),
    })),
  ];
}

async function announce(
  { fetcher, announceUrl, baseUrl }: LiveJobParts,
  { streamId, title }: Pick<LiveStream, 'title'> & { readonly streamId: string },
  signal: CancelSignal,
): Promise<{ readonly status: number } | undefined> {
  if (announceUrl === null) return undefined;
  const page = baseUrl === null ? {} : { page: `${baseUrl}/live/${streamId}` };
  const { origin } = new URL(announceUrl);
  const { status } = await fetcher.fetchBytes(announceUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ event: 'live.started', id: streamId, title, ...page }),
    signal,
    timeoutMs: ANNOUNCE_TIMEOUT_MS,
    bodyBytesMax: ANSWER_BYTES_MAX,
    route: { lane: 'shared', proxyUrl: null, trustedOrigins: [origin] },
  });
  if (status > SUCCESS_MAX) throw new Error(`the announcement was answered ${status}`);
  return { status };
}

async function purgeStreams(
  { store, files, deletedKeepDays }: LiveJobParts,
  signal: CancelSignal,
): Promise<number> {
  for (let purged = 0; ;) {
    const ids = await store.longDeleted(deletedKeepDays, BATCH, signal);
    for (const id of ids) {
      await files.removeAll(id, signal);
      await store.purge(id, signal);
    }
    purged += ids.length;
    if (ids.length < BATCH) return purged;
  }
}

/** @returns how many rows were deleted */
async function purgeRows(purge: (limit: number) => Promise<number>): Promise<number> {
  for (let purged = 0; ;) {
    const rows = await purge(ROWS_BATCH);
    purged += rows;
    if (rows < ROWS_BATCH) return purged;
  }
}
